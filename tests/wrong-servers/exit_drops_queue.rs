//! A client that says /exit, or half-closes, has a fifth of a second to take what waits for it: if
//! it had fallen behind, the rest of that never arrives, nor does "Bye.".
//!
//! check 7
//! is not seen by check

use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::time::Duration;

use super::outbox::Outbox;
use super::right::{Chat, Way};

struct Hasty(Outbox);

impl Way for Hasty {
    fn send(&mut self, bytes: &[u8]) {
        self.0.send(bytes);
    }

    fn is_behind(&self) -> bool {
        self.0.is_behind()
    }

    fn finish(&mut self) {
        self.0.finish_within(Duration::from_millis(200));
    }
}

#[derive(Clone, Copy)]
struct Mistaken;

impl Chat for Mistaken {
    const STEP: u32 = 7;

    fn way(self, stream: &Arc<TcpStream>, address: SocketAddr) -> Box<dyn Way> {
        Box::new(Hasty(Outbox::open(stream, address)))
    }
}

pub fn main() {
    Mistaken.serve();
}
