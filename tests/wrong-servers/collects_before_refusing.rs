//! A line is collected to its end, however long it is, and only then refused: what one client can make the server
//! hold has no bound.
//!
//! check 4

use std::io::{BufRead, BufReader};
use std::net::TcpStream;

use super::right::{Chat, Hear};

#[derive(Clone, Copy)]
struct Mistaken;

impl Chat for Mistaken {
    const STEP: u32 = 4;

    fn lines(self, stream: &TcpStream, hear: Hear) {
        let mut input = BufReader::new(stream);
        let mut line = Vec::new();
        while let Ok(1..) = input.read_until(b'\n', &mut line) {
            let line = std::mem::take(&mut line);
            self.message(line).map(&mut *hear);
        }
    }
}

pub fn main() {
    Mistaken.serve();
}
