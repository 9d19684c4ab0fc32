//! What one read returns is cut into lines, and its last piece counts as one.
//!
//! check 4: a line in two packets
//!   ✗ alice says "hel", says "lo" and hears "{alice} says: hel\n{alice} says: lo"
//!       where "{alice} says: hello" was due
//!     It means   your server takes what one read returns for a message; the
//!                network cuts where it likes.
//!     Look at    where a message ends: at its newline. Keep what came before it
//!                until the rest is there.
//!     Next       cargo run -- hint 4 · cargo run -- show 3

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
            let mut buffer = [0; 8192];
            while let Ok(length @ 1..) = client.read(&mut buffer) {
                let text = String::from_utf8_lossy(&buffer[..length]).into_owned();
                for line in text.lines() {
                    broadcast(&clients, &format!("{address} says: {line}\n"));
                }
            }
            leave(&clients, address);
        });
    }
}
