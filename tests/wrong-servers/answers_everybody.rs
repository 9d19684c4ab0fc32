//! An echo that is sent to all clients.
//!
//! check 2: two clients at once
//!   ✓ alice says "hi", gets "hi" back
//!   ✓ bob connects while alice stays
//!   ✓ bob says "yo", gets "yo" back
//!   ✗ alice says "still here" and also hears "yo"
//!     It means   your server sends what one client says to others too; an echo
//!                answers one.
//!     Look at    which connections the answer is written to: only the one it was
//!                read from.
//!     Next       cargo run -- hint 2 · cargo run -- show 1

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::{Arc, Mutex};
use std::thread;

pub fn main() {
    let clients: Arc<Mutex<Vec<TcpStream>>> = Arc::default();
    for client in super::listen().incoming() {
        let mut client = client.unwrap();
        clients.lock().unwrap().push(client.try_clone().unwrap());
        let clients = Arc::clone(&clients);
        thread::spawn(move || {
            let mut buffer = [0; 512];
            while let Ok(length @ 1..) = client.read(&mut buffer) {
                for mut other in clients.lock().unwrap().iter() {
                    let _ = other.write_all(&buffer[..length]);
                }
            }
        });
    }
}
