//! What somebody says goes to everybody else.
//!
//! check 3: two people in one room
//!   ✗ alice says "hi" and hears nothing for 1 s
//!       then bob came, and alice heard what he said
//!     It means   your server tells everybody but the one who spoke.
//!     Look at    the loop that writes to all: it must not skip the sender.
//!     Next       cargo run -- hint 3 · cargo run -- show 2

use std::io::{Read, Write};
use std::thread;

use super::{Clients, join, leave};

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
                let line = format!("{address} says: {}\n", text.trim());
                for (other, stream) in clients.lock().unwrap().iter_mut() {
                    if *other != address {
                        let _ = stream.write_all(line.as_bytes());
                    }
                }
            }
            leave(&clients, address);
        });
    }
}
