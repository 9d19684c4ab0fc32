//! The room waits until there is room in a client's queue.
//!
//! check 6: somebody reads nothing for a while
//!   ✓ carol connects, and reads nothing, alice and bob hear "{carol} joined the chat."
//!   ✗ alice says long lines and hears nothing for 1 s
//!       bob said "hello?", and nothing came; then carol read, and it came at once
//!     It means   your server makes everybody wait for one client that does not
//!                read.
//!     Look at    the write that blocks, and what is held or not done meanwhile:
//!                nobody may wait for it but a thread of that client's own.
//!     Next       cargo run -- hint 6 · cargo run -- show 5

use std::io::Write;
use std::net::TcpStream;
use std::sync::mpsc::{self, SyncSender};
use std::thread;

use super::rooms::{Way, serve};

struct Bounded(SyncSender<String>);

impl Way for Bounded {
    fn send(&mut self, line: &str) -> bool {
        let _ = self.0.send(line.to_string());
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
