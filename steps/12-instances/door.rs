//! The door: accepts clients, and gives each a thread of its own.

use std::io::Write;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::{Duration, Instant};

use super::goodbye::hang_up;
use super::lines::{BadLine, Lines};
use super::outbox::STACK;
use super::outlet::Outlet;
use super::pace;
use super::printing::{STDERR, STDOUT};

/// The most clients at a time.
const CLIENTS: usize = 10_000;

/// How long a client that leaves may pause while it takes what still waits for it.
const PAUSE: Duration = Duration::from_secs(30);

/// Somebody who has come in.
pub struct Client {
    /// No other client ever has this number, while an address may come back.
    pub id: u64,
    pub address: SocketAddr,
    pub stream: Arc<TcpStream>,
}

/// The main thread: accepts one client after the other, for ever. Each is served in a reading thread.
pub fn accept_loop(listener: &TcpListener, serve: impl Fn(Client) + Send + Sync + 'static) {
    let serve = Arc::new(serve); // Each reading thread holds a handle to this.
    for id in 0.. {
        match listener.accept() {
            Ok((mut stream, _)) if Arc::strong_count(&serve) > CLIENTS => {
                let _ = stream.write_all(b"The room is full.\n");
            }
            Ok((stream, address)) => {
                let stream = Arc::new(stream);
                let client = Client {
                    id,
                    address,
                    stream,
                };
                let serve = Arc::clone(&serve);
                start(move || serve(client));
            }
            Err(error) => {
                // Out of file descriptors? Trying again at once would spin.
                STDERR.print(format!("Could not accept a client: {error}"));
                thread::sleep(Duration::from_millis(100));
            }
        }
    }
}

/// Starts a client's reading thread.
fn start(serve: impl FnOnce() + Send + 'static) {
    let thread = thread::Builder::new().stack_size(STACK);
    // `thread::spawn` would panic where the operating system refuses a thread; this returns the
    // error, and drops the client: its connection closes.
    if let Err(error) = thread.spawn(serve) {
        STDERR.print(format!("Could not start a thread: {error}"));
    }
}

impl Client {
    /// Its way out, which the room gets, and what reports that the client takes something.
    pub fn way_out(&self) -> (Outlet, Receiver<()>) {
        let _ = self.stream.set_nodelay(true); // Or Nagle's algorithm delays small answers.
        let (progress, taken) = mpsc::sync_channel(0); // Reports are lost while nobody waits for them.
        let outlet = Outlet::new(Arc::clone(&self.stream), self.address, progress);
        STDOUT.print(format!("Accepted new client: {}", self.address));
        (outlet, taken)
    }

    /// What it says, line by line, at the pace at which it may talk.
    pub fn lines(&self) -> impl Iterator<Item = Result<String, BadLine>> {
        let mut next = Instant::now();
        Lines::new(&*self.stream).inspect(move |line| {
            let length = line.as_ref().map_or(0, String::len);
            pace::wait(&mut next, length);
        })
    }

    /// Closes the connection, once it has taken all that was said.
    pub fn goes(&self, taken: &Receiver<()>) {
        // A report comes whenever the client takes something, and their end
        // when everything is written.
        while taken.recv_timeout(PAUSE).is_ok() {}
        hang_up(&self.stream);
        STDOUT.print(format!("Client disconnected: {}", self.address));
    }
}
