//! The thread that writes to a client does not wait until there is space: it looks each millisecond.
//!
//! check 7
//!   ✗ 5 clients read nothing, nobody says anything, and in a second of silence the server works for … ms; once they have left, for …
//!     It means   your server works all the time for clients that read nothing.
//!     Look at    how it waits until a client takes something: the operating system
//!                wakes a thread when there is space. Polling costs time for each
//!                client, for ever.

use std::io::{ErrorKind, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::sync::{Arc, Condvar, Mutex};
use std::thread;
use std::time::Duration;

use super::right::{Chat, Way};

#[derive(Clone, Copy)]
struct Mistaken;

impl Chat for Mistaken {
    const STEP: u32 = 7;

    fn way(self, stream: &Arc<TcpStream>, _: SocketAddr) -> Box<dyn Way> {
        let queue = Queue::default();
        let shared = Arc::new((Mutex::new(queue), Condvar::new()));
        let writer = (Arc::clone(stream), Arc::clone(&shared));
        thread::spawn(move || write_loop(&writer.0, &writer.1));
        Box::new(Looking(Arc::clone(stream), shared))
    }
}

#[derive(Default)]
struct Queue {
    waiting: Vec<u8>,
    is_closed: bool,
}

type Shared = (Mutex<Queue>, Condvar);

struct Looking(Arc<TcpStream>, Arc<Shared>);

impl Way for Looking {
    fn send(&mut self, bytes: &[u8]) {
        let (queue, changed) = &*self.1;
        let mut queue = queue.lock().unwrap();
        if queue.is_closed {
            return;
        }
        queue.waiting.extend_from_slice(bytes);
        if queue.waiting.len() > 1 << 20 {
            let _ = writeln!(std::io::stderr(), "Disconnected: too slow.");
            queue.is_closed = true;
            queue.waiting.clear();
            let _ = self.0.shutdown(Shutdown::Both);
        }
        changed.notify_all();
    }

    fn finish(&mut self) {
        let (queue, changed) = &*self.1;
        let mut queue = queue.lock().unwrap();
        queue.is_closed = true;
        changed.notify_all();
        let is_waiting = |queue: &mut Queue| !queue.waiting.is_empty();
        drop(changed.wait_while(queue, is_waiting).unwrap());
    }
}

fn write_loop(stream: &TcpStream, (queue, changed): &Shared) {
    const LOOK: Duration = Duration::from_millis(1);
    // A write that times out at once is a look.
    let _ = stream.set_write_timeout(Some(LOOK));
    loop {
        let is_idle = |queue: &mut Queue| queue.waiting.is_empty() && !queue.is_closed;
        let idle = changed.wait_while(queue.lock().unwrap(), is_idle).unwrap();
        let part = idle.waiting[..idle.waiting.len().min(1 << 16)].to_vec();
        drop(idle);
        if part.is_empty() {
            return;
        }
        let written = match (&*stream).write(&part) {
            Ok(length) => length,
            Err(error) if error.kind() == ErrorKind::WouldBlock => {
                for _ in 0..1000 {
                    std::hint::spin_loop();
                }
                continue;
            }
            Err(_) => part.len(),
        };
        let mut queue = queue.lock().unwrap();
        let length = written.min(queue.waiting.len());
        queue.waiting.drain(..length);
        changed.notify_all();
    }
}

pub fn main() {
    Mistaken.serve();
}
