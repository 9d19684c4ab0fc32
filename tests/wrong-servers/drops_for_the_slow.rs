//! What does not fit into a client's queue is dropped: it misses lines.
//!
//! check 7
//!   ✗ carol reads and misses some of the lines
//!     It means   your server drops messages for a client that reads slowly.
//!     Look at    what happens when a client's queue is full: it may wait, or go;
//!                it must not miss a line.

use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;

use super::outbox::{Outbox, PART};
use super::right::{Chat, Way};

struct Dropping(Outbox);

impl Way for Dropping {
    fn send(&mut self, bytes: &[u8]) {
        if self.0.waiting() <= PART {
            self.0.send(bytes);
        }
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
        Box::new(Dropping(Outbox::open(stream, address)))
    }
}

pub fn main() {
    Mistaken.serve();
}
