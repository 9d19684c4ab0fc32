//! What is not UTF-8 is made UTF-8, and passed on: nobody said that.
//!
//! check 4: lines that are refused
//!   ✓ bob says "\n\r", says "that was nothing", alice and bob hear "{bob} says: that was nothing"
//!   ✗ bob says "caf\xe9 \xff\xfe" and hears "{bob} says: caf� ��"
//!       where "Not valid UTF-8: the line was not sent." was due
//!     It means   your server passes on a line that is not UTF-8, or what it made
//!                of it.
//!     Look at    where bytes become text: from_utf8 says that they are none,
//!                from_utf8_lossy does not.
//!     Next       cargo run -- hint 4 · cargo run -- show 3

use std::io::{BufRead, BufReader};
use std::thread;

use super::{Clients, broadcast, join, leave};

pub fn main() {
    let clients = Clients::default();
    let listener = super::listen();
    loop {
        let (client, address) = listener.accept().unwrap();
        let clients = Clients::clone(&clients);
        thread::spawn(move || {
            join(&clients, &client, address);
            for line in BufReader::new(&client).split(b'\n').map_while(Result::ok) {
                let text = String::from_utf8_lossy(&line);
                let text = text.trim_end_matches('\r').replace(|c: char| c.is_control() && c != '\t', "\u{fffd}");
                if !text.is_empty() {
                    broadcast(&clients, &format!("{address} says: {text}\n"));
                }
            }
            leave(&clients, address);
        });
    }
}
