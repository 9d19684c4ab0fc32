//! A write to a client may take one second, then the client is disconnected: whoever reads nothing for a moment
//! is gone, though little waits for it.
//!
//! check 6
//!   ✗ carol reads and is disconnected
//!     It means   your server disconnects a client that is merely slow.
//!     Look at    the bound of a client's queue: 1 MiB may wait before it is too
//!                much.

use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::time::Duration;

use super::outbox::Outbox;
use super::right::{Chat, Way};

#[derive(Clone, Copy)]
struct Mistaken;

impl Chat for Mistaken {
    const STEP: u32 = 6;

    fn way(self, stream: &Arc<TcpStream>, address: SocketAddr) -> Box<dyn Way> {
        let _ = stream.set_write_timeout(Some(Duration::from_secs(1)));
        Box::new(Outbox::open(stream, address))
    }
}

pub fn main() {
    Mistaken.serve();
}
