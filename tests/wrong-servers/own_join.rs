//! The newcomer is in the list when the others are told of it.
//!
//! check 3: two people in one room
//!   ✗ alice says "hi" and also hears "{alice} joined the chat."
//!     It means   your server tells a newcomer of its own arrival.
//!     Look at    the order: first tell those who are there, then add the newcomer.
//!     Next       cargo run -- hint 3 · cargo run -- show 2

use std::io::Read;
use std::thread;

use super::{Clients, broadcast, leave};

pub fn main() {
    let clients = Clients::default();
    let listener = super::listen();
    loop {
        let (mut client, address) = listener.accept().unwrap();
        let clients = Clients::clone(&clients);
        thread::spawn(move || {
            clients.lock().unwrap().push((address, client.try_clone().unwrap()));
            broadcast(&clients, &format!("{address} joined the chat.\n"));
            let mut buffer = [0; 512];
            while let Ok(length @ 1..) = client.read(&mut buffer) {
                let text = String::from_utf8_lossy(&buffer[..length]);
                broadcast(&clients, &format!("{address} says: {}\n", text.trim()));
            }
            leave(&clients, address);
        });
    }
}
