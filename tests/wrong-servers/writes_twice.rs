//! A line is written in two pieces, each under a lock of its own.
//!
//! check 3: everybody talks at once
//!   ✗ all four talk at once, and … hears …
//!       where … was due
//!     It means   your server lets two threads write at the same time: their lines
//!                mix.
//!     Look at    how a line is written: put it together first, then one write of
//!                it all, under the lock.
//!     Next       cargo run -- hint 3 · cargo run -- show 2

use std::io::Read;
use std::thread;

use super::{Clients, broadcast, join, leave};

pub fn main() {
    let clients = Clients::default();
    let listener = super::listen();
    loop {
        let (mut client, address) = listener.accept().unwrap();
        let clients = Clients::clone(&clients);
        thread::spawn(move || {
            join(&clients, &client, address);
            let mut buffer = [0; 512];
            while let Ok(length @ 1..) = client.read(&mut buffer) {
                let text = String::from_utf8_lossy(&buffer[..length]);
                broadcast(&clients, &format!("{address} says: "));
                thread::yield_now();
                broadcast(&clients, &format!("{}\n", text.trim()));
            }
            leave(&clients, address);
        });
    }
}
