//! What would make a terminal obey is passed on.
//!
//! check 4: lines that are refused
//!   ✓ bob says "\n\r", says "that was nothing", alice and bob hear "{bob} says: that was nothing"
//!   ✓ bob says "caf\xe9 \xff\xfe", hears "Not valid UTF-8: the line was not sent."
//!   ✗ bob says "\u{1b}[2Jgone?\u{7}\tno", and alice hears "{bob} says: \u{1b}[2Jgone?\u{7}\tno"
//!       where "{bob} says: �[2Jgone?�\tno" was due
//!     It means   your server passes on what makes a terminal obey: one client can
//!                clear another's screen.
//!     Look at    the characters of a line: whatever is_control() must not go out
//!                as it is.
//!     Next       cargo run -- hint 4 · cargo run -- show 3

use std::io::{BufRead, BufReader, Write};
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
                    let _ = (&client).write_all(b"Not valid UTF-8: the line was not sent.\n");
                    continue;
                };
                let text = text.trim_end_matches('\r');
                if !text.is_empty() {
                    broadcast(&clients, &format!("{address} says: {text}\n"));
                }
            }
            leave(&clients, address);
        });
    }
}
