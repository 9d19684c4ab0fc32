//! An answer is written by the thread that reads from the client, while broadcasts go through the
//! room.
//!
//! check 7
//!   ✗ bob sends "one\n/up two\nthree\n" and also hears "TWO"
//!     It means   your server says something that was not expected then.
//!     Look at    where your server writes this: what led to it, and who should get
//!                it?

use std::io::Write;
use std::net::TcpStream;

use super::right::{Chat, Hear};

#[derive(Clone, Copy)]
struct Mistaken;

impl Chat for Mistaken {
    const STEP: u32 = 7;

    fn listen(self, mut stream: &TcpStream, hear: Hear) {
        self.lines(&mut { stream }, &mut |message| {
            let line = String::from_utf8_lossy(message.as_deref().unwrap_or_default()).into_owned();
            let (command, text) = self.words(&line);
            if !["/help", "/time", "/up", "/down"].contains(&command) {
                return hear(message);
            }
            let answer = format!("{}\n", self.answer(command, text));
            stream.write_all(answer.as_bytes()).is_ok()
        });
    }
}

pub fn main() {
    Mistaken.serve();
}
