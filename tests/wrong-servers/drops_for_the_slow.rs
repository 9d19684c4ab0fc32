//! What does not fit into a client's queue is dropped: it misses lines.
//!
//! check 6: somebody reads nothing for a while
//!   ✓ carol connects, and reads nothing, alice and bob hear "{carol} joined the chat."
//!   ✓ alice says long lines, alice and bob hear them all
//!   ✗ carol reads and misses some of the lines
//!     It means   your server drops messages for a client that reads slowly.
//!     Look at    what happens when a client's queue is full: it may wait, or go;
//!                it must not miss a line.
//!     Next       cargo run -- hint 6 · cargo run -- show 5

use std::io::Write;
use std::net::TcpStream;
use std::sync::mpsc::{self, SyncSender};
use std::thread;

use super::rooms::{Way, serve};

struct Bounded(SyncSender<String>);

impl Way for Bounded {
    fn send(&mut self, line: &str) -> bool {
        let _ = self.0.try_send(line.to_string());
        true
    }
}

fn open(mut stream: TcpStream) -> Bounded {
    let (queue, lines) = mpsc::sync_channel::<String>(16);
    thread::spawn(move || {
        lines
            .iter()
            .all(|line| stream.write_all(line.as_bytes()).is_ok())
    });
    Bounded(queue)
}

pub fn main() {
    serve(open, drop, false);
}
