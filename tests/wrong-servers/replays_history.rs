//! A client that joins is sent what was said before, the last ten lines of it.
//!
//! check 3
//!   ✗ bob connects and also hears "{alice} says: hi\n{alice} says: ping 1"
//!     It means   your server sent something that was not expected at this point.
//!     Look at    where your server writes this: what triggered it, and which
//!                client should get it?

use std::sync::Mutex;

use super::right::{Chat, Client, Room};


static SAID: Mutex<Vec<Vec<u8>>> = Mutex::new(Vec::new());

#[derive(Clone, Copy)]
struct Mistaken;

impl Chat for Mistaken {
    const STEP: u32 = 3;

    fn join(self, room: &mut Room, mut client: Client) {
        room.tell_all(format!("{} joined the chat.", client.name).as_bytes());
        let said = SAID.lock().unwrap();
        client.way.send(&said[said.len().saturating_sub(10)..].concat());
        room.clients.push(client);
    }

    fn say(self, room: &mut Room, id: u64, text: &[u8]) {
        let line = [room.name(id).as_bytes(), b" says: ", text].concat();
        room.tell_all(&line);
        SAID.lock().unwrap().push([&line[..], b"\n"].concat());
    }
}

pub fn main() {
    Mistaken.serve();
}
