//! A write to a client may take one second, then the client is disconnected: whoever reads nothing
//! for a moment is gone, though little waits for it.
//!
//! check 7
//!   ✗ alice says long lines, carol reads none and is disconnected, and the server prints nothing to stderr
//!     It means   your server disconnects a client that does not read, and does not
//!                report it.
//!     Look at    what happens when a client's backlog is too large: report on
//!                stderr why it was disconnected.

use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::time::Duration;

use super::outbox::Outbox;
use super::right::{Chat, Way};

#[derive(Clone, Copy)]
struct Mistaken;

impl Chat for Mistaken {
    const STEP: u32 = 7;

    fn way(self, stream: &Arc<TcpStream>, address: SocketAddr) -> Box<dyn Way> {
        let _ = stream.set_write_timeout(Some(Duration::from_secs(1)));
        Box::new(Outbox::open(stream, address))
    }
}

pub fn main() {
    Mistaken.serve();
}
