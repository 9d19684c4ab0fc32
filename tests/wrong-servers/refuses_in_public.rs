//! Whoever sends what is not UTF-8 is refused in front of everybody.
//!
//! check 4: lines that are refused
//!   ✓ bob says "\n\r", says "that was nothing", alice and bob hear "{bob} says: that was nothing"
//!   ✓ bob says "caf\xe9 \xff\xfe", hears "Not valid UTF-8: the line was not sent."
//!   ✗ bob says "\u{1b}[2Jgone?\u{7}\tno", and alice also hears "Not valid UTF-8: the line was not sent."
//!     It means   your server tells everybody what it should answer to one.
//!     Look at    who is written to: an answer, or a refusal, goes to its sender
//!                alone.
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
                let Ok(text) = String::from_utf8(line) else {
                    broadcast(&clients, "Not valid UTF-8: the line was not sent.\n");
                    continue;
                };
                let text = text.trim_end_matches('\r').replace(|c: char| c.is_control() && c != '\t', "\u{fffd}");
                if !text.is_empty() {
                    broadcast(&clients, &format!("{address} says: {text}\n"));
                }
            }
            leave(&clients, address);
        });
    }
}
