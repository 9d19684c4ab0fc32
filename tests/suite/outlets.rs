//! The outlets and outboxes of step 12, without the rest of the server: what a client that falls
//! behind receives, and that everything is freed.

use std::io::Read;
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, TryRecvError};
use std::thread;
use std::time::Duration;

use crate::wait::{WAIT, eventually};

use outlet::Outlet;

#[path = "../../steps/12-instances/outbox.rs"]
mod outbox;
#[path = "../../steps/12-instances/outlet.rs"]
pub mod outlet;
#[path = "../../steps/12-instances/printing.rs"]
#[expect(dead_code, reason = "the outbox prints only to stderr")]
pub mod printing;

/// An outlet, its reports of progress, and the client's end of the connection.
struct Connection {
    outlet: Outlet,
    stream: Arc<TcpStream>,
    written: Receiver<()>,
    client: TcpStream,
    sent: Vec<u8>,
}

fn connect() -> Connection {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    client.set_read_timeout(Some(WAIT)).unwrap(); // A deadline.
    let (stream, address) = listener.accept().unwrap();
    let stream = Arc::new(stream);
    let (progress, written) = mpsc::sync_channel(0);
    Connection {
        outlet: Outlet::new(Arc::clone(&stream), address, progress),
        stream,
        written,
        client,
        sent: Vec::new(),
    }
}

impl Connection {
    /// Sends so many letters, `abc…`. Returns whether the room may still wait.
    fn send(&mut self, length: usize, may_wait: bool) -> bool {
        let letters = ('a'..='z').cycle().skip(self.sent.len() % 26);
        let text: String = letters.take(length).collect();
        self.sent.extend(text.as_bytes());
        let mut has_waited = !may_wait;
        self.outlet.send(text.as_bytes(), &mut has_waited);
        !has_waited
    }

    /// Sends until the room has waited for the client, which does not read.
    fn fall_behind(&mut self) {
        if cfg!(windows) {
            self.send(500_000, true); // There the room never waits.
        } else {
            while self.send(50_000, true) {}
        }
        self.send(50_000, true);
    }

    fn receive_all(&mut self) {
        let mut bytes = vec![0; self.sent.len()];
        self.client.read_exact(&mut bytes).unwrap();
        assert!(bytes == self.sent, "something else came");
        self.sent.clear();
    }
}

#[test]
fn the_room_waits_once_for_a_client_and_it_misses_nothing() {
    let mut carol = connect();
    carol.fall_behind();
    carol.receive_all();
    assert!(carol.send(500_000, true), "the room waited again");
    carol.receive_all();
}

#[test]
fn a_room_that_must_not_wait_does_not() {
    let mut carol = connect();
    for may_wait in [false, true, false, false, true, true] {
        assert_eq!(carol.send(10, may_wait), may_wait);
        carol.receive_all();
    }
    while carol.written.try_recv() == Err(TryRecvError::Empty) && carol.sent.len() < 1 << 20 {
        carol.send(50_000, false);
    }
    carol.receive_all();
}

#[test]
fn a_lost_connection_costs_no_wait_and_no_outbox() {
    let mut carol = connect();
    carol.send(10, true);
    let before = Arc::strong_count(&carol.stream);
    carol.client = connect().client; // Drops hers with unread input, which resets it.
    for _ in 0..20 {
        assert!(carol.send(10, true), "the room has waited");
        thread::sleep(Duration::from_millis(1));
    }
    assert!(cfg!(windows) || Arc::strong_count(&carol.stream) == before);
}

#[test]
fn a_leaving_client_that_is_behind_gets_everything() {
    let mut carol = connect();
    carol.fall_behind();
    let Connection {
        outlet,
        stream,
        written,
        mut client,
        sent,
    } = carol;
    drop(outlet);
    // Under Wine, the socket may have taken more by now.
    assert!(cfg!(windows) || written.try_recv() == Err(TryRecvError::Empty));
    let mut bytes = vec![0; sent.len()];
    client.read_exact(&mut bytes).unwrap();
    assert!(bytes == sent);
    while written.recv_timeout(WAIT).is_ok() {} // Progress.
    assert_eq!(
        written.recv_timeout(WAIT),
        Err(RecvTimeoutError::Disconnected)
    );
    drop(stream);
    assert_eq!(client.read(&mut [0]).unwrap(), 0);
}

#[test]
fn a_client_too_far_behind_is_disconnected_and_freed() {
    let mut carol = connect();
    carol.fall_behind();
    for _ in 0..200 {
        carol.send(50_000, true);
    }
    let mut bytes = Vec::new();
    let _ = carol.client.read_to_end(&mut bytes); // Until the end.
    assert!(carol.sent.starts_with(&bytes) && bytes.len() < carol.sent.len());
    carol.send(50_000, true); // The room may not know yet.
    drop(carol.outlet);
    assert_eq!(
        carol.written.recv_timeout(WAIT),
        Err(RecvTimeoutError::Disconnected)
    );
    eventually("the end of the outbox's thread", || {
        Arc::strong_count(&carol.stream) == 1
    });
}

/// Elsewhere the kernel reports late or never how much a client has read.
#[cfg(target_os = "linux")]
#[test]
fn only_a_client_that_reads_is_behind() {
    let mut carol = connect();
    assert!(!carol.outlet.is_behind(), "it has got nothing yet");
    carol.fall_behind();
    for _ in 0..16 {
        carol.send(50_000, true);
    }
    eventually("a client that counts as one that stopped", || {
        !carol.outlet.is_behind()
    });
    let mut read = 0;
    eventually("a client that is behind, and reads", || {
        read += carol.client.read(&mut [0; 10_000]).unwrap();
        carol.send(1, true); // The room checks when it sends.
        carol.outlet.is_behind()
    });
    carol.client.read_exact(&mut carol.sent[read..]).unwrap();
    eventually("a client that has caught up", || !carol.outlet.is_behind());
}

/// Windows buffers more than the test sends.
#[cfg(not(windows))]
#[test]
fn an_outbox_reports_progress() {
    let mut carol = connect();
    carol.fall_behind();
    // The kernel may take more by and by. What it has not taken after half a second is queued.
    let (moment, mut waiting) = (Duration::from_millis(50), 0);
    while waiting < 10 {
        carol.send(50_000, false);
        let is_taken = carol.written.recv_timeout(moment).is_ok();
        waiting = if is_taken { 0 } else { waiting + 1 };
    }
    let reader = thread::spawn(move || {
        // Slowly, as a report is lost while no one waits for it.
        for piece in vec![0; carol.sent.len()].chunks_mut(1 << 16) {
            carol.client.read_exact(piece).unwrap();
            thread::sleep(Duration::from_millis(5));
        }
    });
    assert_eq!(carol.written.recv_timeout(WAIT), Ok(()));
    drop(carol.outlet);
    while carol.written.recv_timeout(WAIT).is_ok() {}
    let end = carol.written.recv_timeout(WAIT);
    assert_eq!(end, Err(RecvTimeoutError::Disconnected));
    reader.join().unwrap();
}

#[test]
fn an_unused_outbox_is_taken_back() {
    let mut carol = connect();
    carol.send(10, false);
    carol.receive_all();
    let before = Arc::strong_count(&carol.stream);
    eventually("a client without an outbox", || {
        carol.send(10, true);
        Arc::strong_count(&carol.stream) < before || cfg!(windows)
    });
    carol.receive_all();
}
