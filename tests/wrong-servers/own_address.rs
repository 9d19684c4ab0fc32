//! A client is called by the address of the server.
//!
//! check 3: two people in one room
//!   ✗ alice says "hi" and hears "127.0.0.1:… says: hi"
//!       where "{alice} says: hi" was due
//!     It means   your server does not call a client what it should.
//!     Look at    where {who} comes from: accept() and peer_addr() tell the
//!                client's address, with its port; local_addr() is the server's
//!                own.
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
                let who = client.local_addr().unwrap();
                broadcast(&clients, &format!("{who} says: {}\n", text.trim()));
            }
            leave(&clients, address);
        });
    }
}
