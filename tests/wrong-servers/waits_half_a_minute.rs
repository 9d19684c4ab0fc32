//! Who talks waits up to half a minute for a client that takes nothing.
//!
//! check 8
//!   ✗ bob talks without a pause, carol reads nothing, and after 20 s he still waits for her: … kB a second, and … once she has left
//!     It means   your server makes others wait for a client that reads nothing at
//!                all.
//!     Look at    which clients are waited for: only those that took something in
//!                the last five seconds.

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
        Box::new(Patient(Outbox::open(stream, address)))
    }
}

struct Patient(Outbox);

impl Way for Patient {
    fn send(&mut self, bytes: &[u8]) {
        self.0.send(bytes);
    }

    fn is_behind(&self) -> bool {
        self.0.is_behind_within(Duration::from_secs(30))
    }

    fn finish(&mut self) {
        self.0.finish();
    }
}

pub fn main() {
    Mistaken.serve();
}
