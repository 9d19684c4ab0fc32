//! How to close a connection so that everything arrives that was sent before.

use std::io::Read;
use std::net::{Shutdown, TcpStream};
use std::time::{Duration, Instant};

/// How long a client may take to close its end.
const PATIENCE: Duration = Duration::from_secs(30);

/// Ends the output, and waits until the client has closed its end, too. Where a connection is closed before that, anything
/// that the client still sends is answered with a reset, and a reset destroys what is on its way. So this reads on, and
/// ignores what it reads.
pub fn hang_up(mut client: &TcpStream) {
    let _ = client.shutdown(Shutdown::Write);
    let _ = client.set_read_timeout(Some(PATIENCE));
    let end = Instant::now() + PATIENCE;
    // On the heap: on the stack, every client's thread would have this buffer
    // for as long as it runs.
    let mut buffer = vec![0; 4096];
    while matches!(client.read(&mut buffer), Ok(1..)) && Instant::now() < end {}
}
