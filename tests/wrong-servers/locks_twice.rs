//! A thread locks the list, and calls what locks it again: it waits for itself, for ever.
//!
//! check 3: two people in one room
//!   ✗ alice says "hi" and hears nothing for 1 s
//!       then bob came and said "hello?": neither he nor alice heard it
//!     It means   your server answers nobody.
//!     Look at    the way from the read to the write: does it write to the
//!                connection, and at once? A thread that locks a mutex which it
//!                holds already waits for ever.
//!     Next       cargo run -- hint 3 · cargo run -- show 2

use std::io::Read;
use std::thread;

use super::{Clients, broadcast, join, leave};

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
                let room = clients.lock().unwrap();
                println!("{} people hear this.", room.len());
                broadcast(&clients, &format!("{address} says: {}\n", text.trim()));
            }
            leave(&clients, address);
        });
    }
}
