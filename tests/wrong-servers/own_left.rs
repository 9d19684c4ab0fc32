//! Whoever leaves is in the list while the others are told.
//!
//! check 3: people leave
//!   ✓ alice, bob and carol are in the room
//!   ✓ bob leaves, alice and carol hear "{bob} left the chat."
//!   ✓ the talk goes on
//!   ✓ carol sends no more (half-closes), alice hears "{carol} left the chat."
//!   ✗ carol also hears "{carol} left the chat."
//!     It means   your server still has a client in its list when it tells that it
//!                left.
//!     Look at    the order: first take the client out of the list, then tell those
//!                who are left.
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
            broadcast(&clients, &format!("{address} left the chat.\n"));
            clients.lock().unwrap().retain(|(other, _)| *other != address);
        });
    }
}
