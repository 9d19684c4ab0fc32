//! The room waits until there is room in a client's queue.
//!
//! check 7
//!   ✗ alice says long lines and hears nothing for 2 s, where alice's lines were expected
//!       bob said "hello?", and nothing came; then carol read, and it came …
//!     It means   your server makes everybody wait for one client that does not
//!                read.
//!     Look at    the write that blocks, and what is held or not done meanwhile:
//!                nobody may wait for it but a thread of that client's own.

use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use super::outbox::{Outbox, PART};
use super::right::{Chat, Way};

struct Waiting(Outbox);

impl Way for Waiting {
    fn send(&mut self, bytes: &[u8]) {
        while self.0.waiting() > PART {
            thread::sleep(Duration::from_millis(1));
        }
        self.0.send(bytes);
    }

    fn is_behind(&self) -> bool {
        self.0.is_behind()
    }

    fn finish(&mut self) {
        self.0.finish();
    }
}

#[derive(Clone, Copy)]
struct Mistaken;

impl Chat for Mistaken {
    const STEP: u32 = 7;

    fn way(self, stream: &Arc<TcpStream>, address: SocketAddr) -> Box<dyn Way> {
        Box::new(Waiting(Outbox::open(stream, address)))
    }
}

pub fn main() {
    Mistaken.serve();
}
