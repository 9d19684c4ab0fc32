//! The queue of a client has no bound: whoever never reads fills the memory.
//!
//! check 6: somebody never reads
//!   ✓ carol connects, and reads nothing, alice and bob hear "{carol} joined the chat."
//!   ✗ alice says "where is carol?" and hears "{alice} says: where is carol?"
//!       where "{carol} left the chat." was due
//!     It means   your server keeps for a client whatever it does not read, without
//!                end.
//!     Look at    the bound of a client's queue: beyond 1 MiB that client is
//!                disconnected.
//!     Next       cargo run -- hint 6 · cargo run -- show 5

use std::io::Write;
use std::net::TcpStream;
use std::sync::mpsc::{self, Sender};
use std::thread;

use super::rooms::{Way, serve};

struct Unbounded(Sender<String>);

impl Way for Unbounded {
    fn send(&mut self, line: &str) -> bool {
        let _ = self.0.send(line.to_string());
        true
    }
}

fn open(mut stream: TcpStream) -> Unbounded {
    let (queue, lines) = mpsc::channel::<String>();
    thread::spawn(move || {
        lines
            .iter()
            .all(|line| stream.write_all(line.as_bytes()).is_ok())
    });
    Unbounded(queue)
}

pub fn main() {
    serve(open, drop, false);
}
