//! A client that had fallen behind and has caught up is written to without a queue again: when it
//! stops reading a second time, the whole room waits for it.
//!
//! check 7
//!   ✗ alice says long lines and hears nothing for 2 s, where alice's lines were expected
//!       bob said "hello?", and nothing came; then carol read, and it came …
//!     It means   your server makes everybody wait for one client that does not
//!                read.
//!     Look at    the write that blocks, and what is held or not done meanwhile:
//!                nobody may wait for it but a thread of that client's own.

use std::io::Write;
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;

use super::outbox::{Outbox, PART};
use super::right::{Chat, Way};

struct Twice {
    stream: Arc<TcpStream>,
    outbox: Option<Outbox>,
    was_behind: bool,
}

impl Way for Twice {
    fn send(&mut self, bytes: &[u8]) {
        let has_caught_up = |outbox: &mut Outbox| self.was_behind && outbox.waiting() == 0;
        if let Some(mut outbox) = self.outbox.take_if(has_caught_up) {
            outbox.finish();
        }
        match &mut self.outbox {
            Some(outbox) => {
                outbox.send(bytes);
                self.was_behind |= outbox.waiting() > PART;
            }
            None => drop((&*self.stream).write_all(bytes)),
        }
    }

    fn is_behind(&self) -> bool {
        self.outbox.as_ref().is_some_and(Outbox::is_behind)
    }

    fn finish(&mut self) {
        self.outbox.as_mut().map(Outbox::finish);
    }
}

#[derive(Clone, Copy)]
struct Mistaken;

impl Chat for Mistaken {
    const STEP: u32 = 7;

    fn way(self, stream: &Arc<TcpStream>, address: SocketAddr) -> Box<dyn Way> {
        Box::new(Twice {
            stream: Arc::clone(stream),
            outbox: Some(Outbox::open(stream, address)),
            was_behind: false,
        })
    }
}

pub fn main() {
    Mistaken.serve();
}
