//! One connection is answered, whoever asked.
//!
//! check 2: two clients at once
//!   ✓ alice says "hi", gets "hi" back
//!   ✓ bob connects while alice stays
//!   ✗ bob says "yo" and hears nothing for 1 s
//!       alice heard it instead
//!     It means   your server answers somebody else than who asked.
//!     Look at    which connection the answer is written to: the one it was read
//!                from.
//!     Next       cargo run -- hint 2 · cargo run -- show 1

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::{Arc, Mutex};
use std::thread;

pub fn main() {
    let connection: Arc<Mutex<Option<TcpStream>>> = Arc::default();
    for client in super::listen().incoming() {
        let mut client = client.unwrap();
        connection.lock().unwrap().get_or_insert(client.try_clone().unwrap());
        let connection = Arc::clone(&connection);
        thread::spawn(move || {
            let mut buffer = [0; 512];
            while let Ok(length @ 1..) = client.read(&mut buffer) {
                if let Some(connection) = connection.lock().unwrap().as_mut() {
                    let _ = connection.write_all(&buffer[..length]);
                }
            }
        });
    }
}
