//! One thread writes to all, and waits for each full socket a fifth of a second.
//!
//! check 9
//!   ✗ bob talks, and 20 stop reading at the same moment, and alice, who types, waits up to … ms, and … without them
//!     It means   your server makes others wait for each client that stops reading,
//!                one after the other.
//!     Look at    how long the thread that writes to all waits for one full socket,
//!                and how many can be full at once.

use std::io::Write;
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::sync::{Arc, Condvar, Mutex};
use std::{mem, thread};
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

/// What is to be written, a line for each client. Too much makes everybody wait.
static QUEUE: Mutex<Vec<Job>> = Mutex::new(Vec::new());
static CHANGED: Condvar = Condvar::new();
const MOST: usize = 4096;

fn write_to_all() {
    loop {
        let mut queue = CHANGED
            .wait_while(QUEUE.lock().unwrap(), |queue| queue.is_empty())
            .unwrap();
        let jobs = mem::take(&mut *queue);
        CHANGED.notify_all();
        drop(queue);
        for (stream, bytes) in jobs {
            if (&*stream).write_all(&bytes).is_err() {
                let _ = stream.shutdown(Shutdown::Both);
            }
        }
    }
}

struct Shared(Arc<TcpStream>);

impl Way for Shared {
    fn send(&mut self, bytes: &[u8]) {
        let queue = QUEUE.lock().unwrap();
        let is_full = |queue: &mut Vec<Job>| queue.len() >= MOST;
        let mut queue = CHANGED.wait_while(queue, is_full).unwrap();
        queue.push((Arc::clone(&self.0), bytes.to_vec()));
        if queue.len() == 1 {
            CHANGED.notify_all();
        }
    }

    fn finish(&mut self) {
        thread::sleep(Duration::from_millis(50));
    }
}

pub fn main() {
    thread::spawn(write_to_all);
    Mistaken.serve();
}
