//! The way out to one client: straight to its socket, or through an outbox if it has fallen behind.
//!
//! To wake another thread costs several times what a write costs. So as long as a client's socket takes what it is
//! given, the room itself gives it. A socket that does not take everything within a moment belongs to somebody who
//! reads too slowly, or not at all. Such a client gets an outbox, and nobody waits for it a second time; once it has
//! caught up, it loses the outbox again.

use std::convert::Infallible;
use std::io::{self, ErrorKind, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::sync::Arc;
use std::sync::mpsc::Sender;
use std::time::Duration;

use crate::outbox::{Outbox, TooSlow};

/// How long the room waits for a socket. The system rounds it up to the ticks of its clock, of 1 to 10 ms.
const PATIENCE: Duration = Duration::from_millis(2);

/// How long a client must have kept up before its outbox is taken away, and the room may have to wait for it again.
const CALM: Duration = Duration::from_millis(500);

pub struct Outlet {
    stream: Arc<TcpStream>,
    address: SocketAddr,
    /// If there is one, only its thread writes to the stream.
    outbox: Option<Outbox>,
    /// Twice as long each time that the room has waited for the client: so it does that more and more rarely.
    calm: Duration,
}

impl Outlet {
    pub fn new(stream: Arc<TcpStream>, address: SocketAddr) -> io::Result<Self> {
        // On Windows, a write that has timed out leaves the stream unusable. There, everybody has an outbox for good.
        let (outbox, calm) = if cfg!(windows) {
            (Some(Outbox::start(&stream, address, &[])?), Duration::MAX)
        } else {
            stream.set_write_timeout(Some(PATIENCE))?;
            (None, CALM)
        };
        Ok(Outlet {
            stream,
            address,
            outbox,
            calm,
        })
    }

    /// Sends bytes to the client, or leaves them in its outbox. If the room had to wait for the client, there is one
    /// less of its `waits`; with none left, it waits for nobody.
    pub fn send(&mut self, bytes: &[u8], waits: &mut u32) -> Result<(), TooSlow> {
        if bytes.is_empty() {
            return Ok(());
        }
        self.retire_outbox();
        if let Some(outbox) = &self.outbox {
            return outbox.push(bytes);
        }
        if *waits == 0 {
            self.start_outbox(bytes);
            return Ok(());
        }
        let written = self.write(bytes);
        if written < bytes.len() {
            *waits -= 1;
            self.calm *= 2;
            self.start_outbox(&bytes[written..]);
        }
        Ok(())
    }

    /// Lets go of the client. What its outbox holds is still sent: `done` is dropped when all is.
    pub fn close(self, done: Sender<Infallible>) {
        if let Some(outbox) = self.outbox {
            outbox.close(Some(done));
        }
    }

    /// Writes what the socket takes now, and returns how much that was.
    fn write(&self, bytes: &[u8]) -> usize {
        // Not `write_all`: when it fails, nobody knows how much it has written.
        match (&*self.stream).write(bytes) {
            Ok(length) => length,
            Err(error) if is_for_now(error.kind()) => 0,
            Err(_) => self.cut(bytes),
        }
    }

    /// Gives the client an outbox, in which these bytes wait already.
    fn start_outbox(&mut self, bytes: &[u8]) {
        let _ = self.stream.set_write_timeout(None); // Its thread has all the time in the world.
        match Outbox::start(&self.stream, self.address, bytes) {
            Ok(outbox) => self.outbox = Some(outbox),
            // The system refuses a thread. Nobody says so: the room must not wait for stderr either.
            Err(_) => drop(self.cut(bytes)),
        }
    }

    /// Takes the outbox away from a client that has caught up. Nobody but the room fills it, so it stays empty.
    fn retire_outbox(&mut self) {
        if let Some(outbox) = self.outbox.take_if(|outbox| outbox.is_calm(self.calm)) {
            outbox.close(None);
            let _ = self.stream.set_write_timeout(Some(PATIENCE));
        }
    }

    /// Ends a connection that lacks these bytes, so that nothing comes after the gap. The thread that reads from the
    /// client sees the end of its input, and does the rest. Returns how many bytes need no more care: all.
    fn cut(&self, bytes: &[u8]) -> usize {
        let _ = self.stream.shutdown(Shutdown::Both);
        bytes.len()
    }
}

/// Whether an error only says that a write has to be tried again.
fn is_for_now(kind: ErrorKind) -> bool {
    // A write that has timed out is the first or the second of them, as the system likes.
    matches!(
        kind,
        ErrorKind::WouldBlock | ErrorKind::TimedOut | ErrorKind::Interrupted
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read;
    use std::net::TcpListener;
    use std::sync::mpsc::{self, RecvTimeoutError};
    use std::thread;
    use std::time::Instant;

    /// The way out to a client, and the client's end of it.
    fn connect() -> (Outlet, TcpStream) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        let limit = Some(Duration::from_secs(20)); // No test waits for ever.
        client.set_read_timeout(limit).unwrap();
        let (stream, address) = listener.accept().unwrap();
        (Outlet::new(Arc::new(stream), address).unwrap(), client)
    }

    /// Sends more and more, each byte another than the one before, until a client that does not read has an outbox in
    /// which something waits.
    fn fill(outlet: &mut Outlet) -> Vec<u8> {
        let mut sent = Vec::new();
        let is_behind = |outbox: &Outbox| !outbox.is_calm(Duration::ZERO);
        while !outlet.outbox.as_ref().is_some_and(is_behind) {
            send(outlet, &mut sent, 50_000);
            thread::sleep(Duration::from_millis(1));
        }
        send(outlet, &mut sent, 50_000);
        sent
    }

    fn send(outlet: &mut Outlet, sent: &mut Vec<u8>, length: usize) {
        let bytes: Vec<u8> = (0..251)
            .cycle()
            .skip(sent.len() % 251)
            .take(length)
            .collect();
        assert!(outlet.send(&bytes, &mut 1).is_ok());
        sent.extend(bytes);
    }

    fn receive(client: &mut TcpStream, length: usize) -> Vec<u8> {
        let mut bytes = vec![0; length];
        client.read_exact(&mut bytes).unwrap();
        bytes
    }

    #[test]
    fn a_client_that_has_caught_up_has_missed_nothing_and_needs_no_outbox() {
        let (mut outlet, mut client) = connect();
        let mut sent = fill(&mut outlet);
        assert!(receive(&mut client, sent.len()) == sent);
        let deadline = Instant::now() + Duration::from_secs(20);
        while outlet.outbox.is_some() && !cfg!(windows) && Instant::now() < deadline {
            thread::sleep(Duration::from_millis(100));
            sent.clear();
            send(&mut outlet, &mut sent, 10);
            assert_eq!(receive(&mut client, 10), sent);
        }
        assert_eq!(outlet.outbox.is_some(), cfg!(windows));
    }

    #[test]
    fn a_client_that_leaves_while_it_is_behind_still_gets_everything() {
        let (mut outlet, mut client) = connect();
        let sent = fill(&mut outlet);
        let (done, all_is_sent) = mpsc::channel();
        outlet.close(done);
        assert!(receive(&mut client, sent.len()) == sent);
        let end = all_is_sent.recv_timeout(Duration::from_secs(20));
        assert_eq!(end, Err(RecvTimeoutError::Disconnected));
        assert_eq!(client.read(&mut [0]).unwrap(), 0);
    }

    #[test]
    fn a_client_for_which_too_much_waits_is_disconnected_and_leaves_nothing_behind() {
        let (mut outlet, mut client) = connect();
        let stream = Arc::clone(&outlet.stream);
        fill(&mut outlet);
        let bytes = vec![0; 50_000];
        let sends = (0..).take_while(|_| outlet.send(&bytes, &mut 1).is_ok());
        assert!(sends.count() < 1_000);
        drop(outlet);
        let _ = client.read_to_end(&mut Vec::new()); // It ends.
        nobody_else_has(&stream);
    }

    #[test]
    fn too_much_at_once_is_too_much_for_an_idle_outbox_as_well() {
        let (mut outlet, mut client) = connect();
        let stream = Arc::clone(&outlet.stream);
        assert!(outlet.send(b"hello", &mut 0).is_ok());
        assert_eq!(receive(&mut client, 5), b"hello");
        let is_idle = |outbox: &Outbox| outbox.is_calm(Duration::from_millis(100));
        while !outlet.outbox.as_ref().is_some_and(is_idle) {
            thread::sleep(Duration::from_millis(10));
        }
        assert!(outlet.send(&vec![0; 2 << 20], &mut 0).is_err());
        drop(outlet);
        nobody_else_has(&stream);
    }

    /// Waits for the end of the outbox's thread.
    fn nobody_else_has(stream: &Arc<TcpStream>) {
        let deadline = Instant::now() + Duration::from_secs(20);
        while Arc::strong_count(stream) > 1 {
            assert!(Instant::now() < deadline, "the outbox's thread goes on");
            thread::sleep(Duration::from_millis(10));
        }
    }

    #[test]
    fn without_any_waits_left_nobody_is_waited_for() {
        let (mut outlet, mut client) = connect();
        assert!(outlet.send(b"hello", &mut 0).is_ok());
        assert!(outlet.outbox.is_some());
        assert_eq!(receive(&mut client, 5), b"hello");
    }
}
