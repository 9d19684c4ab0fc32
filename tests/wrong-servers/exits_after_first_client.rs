//! The end of the first client's input ends the program.
//!
//! check 1
//!   ✗ bob connects and sees the server exit (exit status: 0)
//!     It means   your server stops serving when a client leaves.
//!     Look at    what follows the read that returns 0: it ends this client's loop,
//!                not the accept loop.

use std::io::{Read, Write};

pub fn main() {
    let (mut client, _) = super::listen().accept().unwrap();
    let mut buffer = [0; 512];
    loop {
        let length = client.read(&mut buffer).unwrap();
        if length == 0 {
            return;
        }
        client.write_all(&buffer[..length]).unwrap();
    }
}
