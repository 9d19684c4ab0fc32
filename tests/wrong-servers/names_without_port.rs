//! Everybody is called by the IP address alone, without the port: on one machine all have the same
//! name.
//!
//! check 3
//!   ✗ alice says "hi" and hears "127.0.0.1 says: hi"
//!       where "{alice} says: hi" was expected
//!     It means   your server shows only part of a client's address.
//!     Look at    where {who} comes from: an address is host:port; many clients may
//!                share a host.

use super::right::{Chat, Client, Room};

#[derive(Clone, Copy)]
struct Mistaken;

impl Chat for Mistaken {
    const STEP: u32 = 3;

    fn join(self, room: &mut Room, mut client: Client) {
        client.name.truncate(client.name.rfind(':').unwrap());
        room.tell_all(format!("{} joined the chat.", client.name).as_bytes());
        room.clients.push(client);
    }
}

pub fn main() {
    Mistaken.serve();
}
