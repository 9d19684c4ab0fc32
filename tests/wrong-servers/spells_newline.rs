//! The newline is spelled: a backslash and an n, as single quotes make of it in PHP or a shell.
//!
//! check 3: two people in one room
//!   ✗ alice says "hi" and hears "{alice} says: hi\\n"
//!       where "{alice} says: hi" was due
//!     It means   your server leaves out the newline: nobody can tell where the
//!                line ends.
//!     Look at    the end of what you write: every line ends in \n, also one that
//!                was trimmed.
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
                broadcast(&clients, &format!("{address} says: {}\\n", text.trim()));
            }
            leave(&clients, address);
        });
    }
}
