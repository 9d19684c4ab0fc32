//! A write to a client may take one second, then the client is disconnected: whoever reads nothing
//! for a moment is gone, though little waits for it.
//!
//! check 7
//!   ✗ alice says long lines, carol reads none and is disconnected, and the server's stderr says nothing
//!     It means   your server disconnects a client that reads nothing, and does not
//!                say so.
//!     Look at    what happens when too much waits for a client: somebody who runs
//!                the server wants to know why it was let go.

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
