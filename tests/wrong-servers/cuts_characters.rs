//! What one read returns is made text at once, half characters and all.
//!
//! check 4
//!   ✗ alice says "\xa9" and hears "{alice} says: caf��"
//!       where "{alice} says: café" was expected
//!     It means   your server decodes each packet, not each line: a character was
//!                cut in two.
//!     Look at    where bytes become text: collect the bytes of a line first, then
//!                decode them.

use std::io::{self, Read};
use std::net::TcpStream;

use super::right::{Chat, Hear};

struct Lossy<'a>(&'a TcpStream);

impl Read for Lossy<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut part = vec![0; buffer.len() / 3]; // So much longer can it become.
        let length = self.0.read(&mut part)?;
        let text = String::from_utf8_lossy(&part[..length]);
        buffer[..text.len()].copy_from_slice(text.as_bytes());
        Ok(text.len())
    }
}

#[derive(Clone, Copy)]
struct Mistaken;

impl Chat for Mistaken {
    const STEP: u32 = 4;

    fn listen(self, stream: &TcpStream, hear: Hear) {
        self.lines(&mut Lossy(stream), hear);
    }
}

pub fn main() {
    Mistaken.serve();
}
