//! A client that has taken nothing for half a second counts as one that reads nothing: nobody waits for
//! it any more, and the flood goes on.
//!
//! check 8
//!   ✗ bob talks without a pause, …, and … is disconnected
//!     It means   your server disconnects a client that reads, because somebody
//!                else talks too much.
//!     Look at    what happens when a client that reads falls behind: the one that
//!                talks must wait, in its own reading thread; then TCP slows it
//!                down.

use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::time::Duration;

use super::outbox::Outbox;
use super::right::{Chat, Way};

#[derive(Clone, Copy)]
struct Mistaken;

impl Chat for Mistaken {
    const STEP: u32 = 8;

    fn way(self, stream: &Arc<TcpStream>, address: SocketAddr) -> Box<dyn Way> {
        Box::new(Impatient(Outbox::open(stream, address)))
    }
}

struct Impatient(Outbox);

impl Way for Impatient {
    fn send(&mut self, bytes: &[u8]) {
        self.0.send(bytes);
    }

    fn is_behind(&self) -> bool {
        self.0.is_behind_within(Duration::from_millis(500))
    }

    fn finish(&mut self) {
        self.0.finish();
    }
}

pub fn main() {
    Mistaken.serve();
}
