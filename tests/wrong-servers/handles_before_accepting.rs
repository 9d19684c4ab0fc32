//! The next client is accepted after the last one was handled.
//!
//! check 2: two clients at once
//!   ✓ alice says "hi", gets "hi" back
//!   ✓ bob connects while alice stays
//!   ✗ bob says "yo" and hears nothing for 1 s
//!       then alice left, and bob's "yo" came … ms later
//!     It means   your server talks to one client at a time.
//!     Look at    the call after accept() that returns only when alice leaves.
//!     Next       cargo run -- hint 2 · cargo run -- show 1

use std::io::{Read, Write};
use std::net::TcpStream;

pub fn main() {
    let listener = super::listen();
    let (mut client, _) = listener.accept().unwrap();
    loop {
        handle(client);
        (client, _) = listener.accept().unwrap();
    }
}

fn handle(mut client: TcpStream) {
    let mut buffer = [0; 512];
    while let Ok(length @ 1..) = client.read(&mut buffer) {
        let _ = client.write_all(&buffer[..length]);
    }
}
