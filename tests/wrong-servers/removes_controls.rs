//! Control characters are left out: nobody sees that there was something.
//!
//! check 4: lines that are refused
//!   ✓ bob says "\n\r", says "that was nothing", alice and bob hear "{bob} says: that was nothing"
//!   ✓ bob says "caf\xe9 \xff\xfe", hears "Not valid UTF-8: the line was not sent."
//!   ✗ bob says "\u{1b}[2Jgone?\u{7}\tno", and alice hears "{bob} says: [2Jgone?no"
//!       where "{bob} says: �[2Jgone?�\tno" was due
//!     It means   your server does not show a control character as it should.
//!     Look at    whatever is_control(), but not the tab: U+FFFD comes in its
//!                place.
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
                let text = text.replace(char::is_control, "");
                if !text.is_empty() {
                    broadcast(&clients, &format!("{address} says: {text}\n"));
                }
            }
            leave(&clients, address);
        });
    }
}
