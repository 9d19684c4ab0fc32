//! Nobody is told of a newcomer.
//!
//! check 3: two people in one room
//!   ✓ alice says "hi", hears "{alice} says: hi"
//!   ✗ bob connects, and alice hears nothing for 1 s
//!     It means   your server tells nobody that somebody joined.
//!     Look at    what happens between accept and the first read: the others must
//!                be told.
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
            let mut buffer = [0; 512];
            while let Ok(length @ 1..) = client.read(&mut buffer) {
                let text = String::from_utf8_lossy(&buffer[..length]);
                broadcast(&clients, &format!("{address} says: {}\n", text.trim()));
            }
            leave(&clients, address);
        });
    }
}
