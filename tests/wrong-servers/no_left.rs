//! Whoever leaves is forgotten, but nobody is told.
//!
//! check 3: people leave
//!   ✓ alice, bob and carol are in the room
//!   ✗ bob leaves, and alice hears nothing for 1 s
//!     It means   your server tells nobody that a client has left.
//!     Look at    what follows the read that returns 0: the others must be told.
//!     Next       cargo run -- hint 3 · cargo run -- show 2

use std::io::Read;
use std::thread;

use super::{Clients, broadcast, join};

pub fn main() {
    let clients = Clients::default();
    let listener = super::listen();
    loop {
        let (mut client, address) = listener.accept().unwrap();
        let clients = Clients::clone(&clients);
        thread::spawn(move || {
            join(&clients, &client, address);
            let mut buffer = [0; 512];
            while let Ok(length @ 1..) = client.read(&mut buffer) {
                let text = String::from_utf8_lossy(&buffer[..length]);
                broadcast(&clients, &format!("{address} says: {}\n", text.trim()));
            }
            clients.lock().unwrap().retain(|(other, _)| *other != address);
        });
    }
}
