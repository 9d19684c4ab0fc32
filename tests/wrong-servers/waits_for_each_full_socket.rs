//! One thread writes to all, and waits for each full socket a fifth of a second.
//!
//! check 9
//!   ✗

use std::io::Write;
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::sync::mpsc::{self, SyncSender};
use std::sync::{Arc, LazyLock};
use std::thread;
use std::time::Duration;

use super::right::{Chat, Way};

#[derive(Clone, Copy)]
struct Mistaken;

impl Chat for Mistaken {
    const STEP: u32 = 9;

    fn way(self, stream: &Arc<TcpStream>, _: SocketAddr) -> Box<dyn Way> {
        let _ = stream.set_write_timeout(Some(Duration::from_millis(200)));
        Box::new(Shared(Arc::clone(stream)))
    }
}

type Job = (Arc<TcpStream>, Vec<u8>);

/// Few lines wait: who talks waits for the thread.
static WRITER: LazyLock<SyncSender<Job>> = LazyLock::new(|| {
    let (sender, jobs) = mpsc::sync_channel::<Job>(64);
    thread::spawn(move || {
        for (stream, bytes) in jobs {
            if (&*stream).write_all(&bytes).is_err() {
                let _ = stream.shutdown(Shutdown::Both);
            }
        }
    });
    sender
});

struct Shared(Arc<TcpStream>);

impl Way for Shared {
    fn send(&mut self, bytes: &[u8]) {
        let _ = WRITER.send((Arc::clone(&self.0), bytes.to_vec()));
    }

    fn finish(&mut self) {
        thread::sleep(Duration::from_millis(50));
    }
}

pub fn main() {
    Mistaken.serve();
}
