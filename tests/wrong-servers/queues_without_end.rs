//! The queue of a client has no bound: a client that never reads fills the memory.
//!
//! check 7
//!   ✗ alice says long lines, carol reads none and is still connected, with all that waits for her
//!     It means   your server keeps for a client whatever it does not read, without
//!                end.
//!     Look at    the bound of a client's queue: beyond 1 MiB that client is
//!                disconnected.

use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;

use super::outbox::Outbox;
use super::right::{Chat, Way};

#[derive(Clone, Copy)]
struct Mistaken;

impl Chat for Mistaken {
    const STEP: u32 = 7;

    fn way(self, stream: &Arc<TcpStream>, address: SocketAddr) -> Box<dyn Way> {
        Box::new(Outbox::bounded(stream, address, usize::MAX))
    }
}

pub fn main() {
    Mistaken.serve();
}
