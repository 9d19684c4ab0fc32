//! A client that falls behind by a few lines is disconnected.
//!
//! check 7
//!   ✗ carol reads and is disconnected
//!     It means   your server disconnects a client that is merely slow.
//!     Look at    the bound of a client's queue: 1 MiB may wait before it is too
//!                much.

use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;

use super::outbox::Outbox;
use super::right::{Chat, Way};

#[derive(Clone, Copy)]
struct Mistaken;

impl Chat for Mistaken {
    const STEP: u32 = 7;

    fn way(self, stream: &Arc<TcpStream>, address: SocketAddr) -> Box<dyn Way> {
        Box::new(Outbox::bounded(stream, address, 1 << 17))
    }
}

pub fn main() {
    Mistaken.serve();
}
