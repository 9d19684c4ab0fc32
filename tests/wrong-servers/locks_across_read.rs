//! The list of clients is locked while a thread waits for its client to say something.
//!
//! check 3: two people in one room
//!   ✓ alice says "hi", hears "{alice} says: hi"
//!   ✗ bob connects, and alice hears nothing for 1 s
//!       bob said "hello?", and nothing came; then alice left, and it came at once
//!     It means   your server serves nobody else while it waits for one client to
//!                say something.
//!     Look at    what is held while it waits in read(): a lock, probably. Lock
//!                after the read, not before it. Or does it join() the client's
//!                thread?
//!     Next       cargo run -- hint 3 · cargo run -- show 2

use std::io::Read;
use std::thread;

use super::Clients;

pub fn main() {
    let clients = Clients::default();
    let listener = super::listen();
    loop {
        let (mut client, address) = listener.accept().unwrap();
        let clients = Clients::clone(&clients);
        thread::spawn(move || {
            super::join(&clients, &client, address);
            let mut room = clients.lock().unwrap();
            let mut buffer = [0; 512];
            while let Ok(length @ 1..) = client.read(&mut buffer) {
                let text = String::from_utf8_lossy(&buffer[..length]);
                let line = format!("{address} says: {}\n", text.trim());
                super::tell(&mut room, &line);
            }
            drop(room);
            super::leave(&clients, address);
        });
    }
}
