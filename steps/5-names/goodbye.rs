//! How to close a connection so that everything arrives that was sent before.

use std::io::Read;
use std::net::{Shutdown, TcpStream};
use std::time::{Duration, Instant};

/// Says that nothing more comes, and waits until the other side has closed, too. Closing while there is unread input
/// resets the connection, and what has not arrived yet may be lost. So this reads on, but not for ever: a second or two,
/// a megabyte.
pub fn hang_up(client: &TcpStream) {
    let _ = client.shutdown(Shutdown::Write);
    let until = Instant::now() + Duration::from_secs(1);
    let _ = client.set_read_timeout(Some(Duration::from_secs(1)));
    // On the heap: on the stack, every client's thread would have this buffer
    // for as long as it runs.
    let (mut rest, mut buffer) = (client.take(1 << 20), vec![0; 4096]);
    while matches!(rest.read(&mut buffer), Ok(1..)) && Instant::now() < until {}
}
