//! The way to a client in step 7: a queue that holds 1 MiB, and the thread that writes it. This one
//! is right.

use std::io::Write;
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::sync::{Arc, Condvar, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use super::right::Way;

pub const MOST: usize = 1 << 20;
pub const PART: usize = 1 << 16;

pub struct Outbox(Arc<Shared>);

struct Shared {
    stream: Arc<TcpStream>,
    queue: Mutex<Queue>,
    changed: Condvar,
    /// The most that may wait.
    most: usize,
}

struct Queue {
    waiting: Vec<u8>,
    is_closed: bool,
    /// Nothing more can be sent.
    has_failed: bool,
    is_too_slow: bool,
    /// When the client last took something.
    moved_at: Instant,
}

impl Outbox {
    pub fn open(stream: &Arc<TcpStream>, address: SocketAddr) -> Outbox {
        Outbox::bounded(stream, address, MOST)
    }

    pub fn bounded(stream: &Arc<TcpStream>, address: SocketAddr, most: usize) -> Outbox {
        let shared = Arc::new(Shared {
            stream: Arc::clone(stream),
            queue: Mutex::new(Queue {
                waiting: Vec::new(),
                is_closed: false,
                has_failed: false,
                is_too_slow: false,
                moved_at: Instant::now(),
            }),
            changed: Condvar::new(),
            most,
        });
        let writer = Arc::clone(&shared);
        thread::spawn(move || writer.run(address));
        Outbox(shared)
    }

    pub fn waiting(&self) -> usize {
        self.0.queue.lock().unwrap().length()
    }

    /// Whether the client is behind, and has taken something within this time.
    pub fn is_behind_within(&self, time: Duration) -> bool {
        let queue = self.0.queue.lock().unwrap();
        queue.length() > MOST / 2 && queue.moved_at.elapsed() < time
    }

    /// Closes it, and waits so long until all is sent.
    pub fn finish_within(&self, time: Duration) {
        let mut queue = self.0.queue.lock().unwrap();
        queue.is_closed = true;
        self.0.changed.notify_all();
        let is_waiting = |queue: &mut Queue| queue.length() > 0;
        let changed = &self.0.changed;
        drop(changed.wait_timeout_while(queue, time, is_waiting).unwrap());
    }
}

impl Shared {
    fn run(&self, address: SocketAddr) {
        loop {
            let is_idle = |queue: &mut Queue| queue.length() == 0 && !queue.is_closed;
            let queue = self.queue.lock().unwrap();
            let queue = self.changed.wait_while(queue, is_idle).unwrap();
            if queue.length() == 0 {
                break;
            }
            // A part at a time, so that what waits counts until it is written.
            let part = queue.waiting[..queue.waiting.len().min(PART)].to_vec();
            drop(queue);
            let written = (&*self.stream).write(&part);
            let mut queue = self.queue.lock().unwrap();
            let Ok(length) = written else {
                queue.fail();
                let _ = self.stream.shutdown(Shutdown::Both);
                self.changed.notify_all();
                break;
            };
            queue.waiting.drain(..length);
            queue.moved_at = Instant::now();
            self.changed.notify_all();
        }
        if self.queue.lock().unwrap().is_too_slow {
            let _ = writeln!(std::io::stderr(), "Disconnected {address}: too slow.");
        }
    }
}

impl Queue {
    /// How much is still to be sent.
    fn length(&self) -> usize {
        if self.has_failed {
            0
        } else {
            self.waiting.len()
        }
    }

    fn fail(&mut self) {
        self.is_closed = true;
        self.has_failed = true;
    }
}

impl Way for Outbox {
    fn send(&mut self, bytes: &[u8]) {
        let mut queue = self.0.queue.lock().unwrap();
        if queue.is_closed {
            return;
        }
        queue.waiting.extend_from_slice(bytes);
        if queue.waiting.len() > self.0.most {
            queue.is_too_slow = true;
            queue.fail();
            let _ = self.0.stream.shutdown(Shutdown::Both);
        }
        self.0.changed.notify_all();
    }

    fn is_behind(&self) -> bool {
        self.is_behind_within(Duration::from_secs(3))
    }

    fn finish(&mut self) {
        self.finish_within(Duration::from_secs(300));
    }
}
