//! Whoever falls behind by a few lines is disconnected.
//!
//! check 6: somebody reads nothing for a while
//!   ✓ carol connects, and reads nothing, alice and bob hear "{carol} joined the chat."
//!   ✓ alice says long lines, alice and bob hear them all
//!   ✗ carol reads and is disconnected
//!     It means   your server disconnects a client that is merely slow.
//!     Look at    the bound of a client's queue: 1 MiB may wait before it is too
//!                much.
//!     Next       cargo run -- hint 6 · cargo run -- show 5

use std::io::Write;
use std::net::TcpStream;
use std::sync::mpsc::{self, SyncSender};
use std::thread;

use super::rooms::{Way, serve};

struct Bounded(SyncSender<String>);

impl Way for Bounded {
    fn send(&mut self, line: &str) -> bool {
        self.0.try_send(line.to_string()).is_ok()
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
