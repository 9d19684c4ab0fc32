//! What one read returns is made text at once, half characters and all.
//!
//! check 4: lines as they come
//!   ✓ alice says "one\ntwo", alice and bob hear "{alice} says: one"
//!   ✓ alice and bob hear "{alice} says: two"
//!   ✓ bob says "as telnet ends it\r", alice and bob hear "{bob} says: as telnet ends it"
//!   ✗ alice says "caf\xc3", says "\xa9" and hears "{alice} says: caf��"
//!       where "{alice} says: café" was due
//!     It means   your server makes text of a packet, not of a line: a character
//!                was cut in two.
//!     Look at    where bytes become text: collect the bytes of a line first, then
//!                decode them.
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
            let mut text = String::new();
            while let Ok(length @ 1..) = client.read(&mut buffer) {
                text += &String::from_utf8_lossy(&buffer[..length]);
                while let Some((line, rest)) = text.split_once('\n') {
                    let line = line.trim_end_matches('\r');
                    broadcast(&clients, &format!("{address} says: {line}\n"));
                    text = rest.to_string();
                }
            }
            leave(&clients, address);
        });
    }
}
