//! An error of one client's connection ends the program.
//!
//! check 1
//!   ✗ dave connects and sees the server exit (exit status: 101)
//!     It means   your server does not survive a client's reset.
//!     Look at    errors from read and write: they end only this client, so no `?`
//!                or `unwrap` may pass them to main.

use std::io::{Read, Write};

pub fn main() {
    for client in super::listen().incoming() {
        let mut client = client.unwrap();
        let mut buffer = [0; 512];
        loop {
            let length = client.read(&mut buffer).unwrap();
            if length == 0 {
                break;
            }
            client.write_all(&buffer[..length]).unwrap();
        }
    }
}
