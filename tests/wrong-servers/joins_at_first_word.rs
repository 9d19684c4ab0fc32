//! A client is told of, but gets into the list only with its first word.
//!
//! check 3: people leave
//!   ✗ carol joins, and bob hears nothing for 1 s
//!       then bob said something, and from then on he heard the others
//!     It means   your server tells nothing to those who have said nothing yet.
//!     Look at    when a client gets into the list: as soon as it has come.
//!     Next       cargo run -- hint 3 · cargo run -- show 2

use std::io::Read;
use std::thread;

use super::{Clients, broadcast, leave};

pub fn main() {
    let clients = Clients::default();
    let listener = super::listen();
    loop {
        let (mut client, address) = listener.accept().unwrap();
        let clients = Clients::clone(&clients);
        thread::spawn(move || {
            broadcast(&clients, &format!("{address} joined the chat.\n"));
            let mut buffer = [0; 512];
            let mut is_in = false;
            while let Ok(length @ 1..) = client.read(&mut buffer) {
                if !is_in {
                    clients.lock().unwrap().push((address, client.try_clone().unwrap()));
                    is_in = true;
                }
                let text = String::from_utf8_lossy(&buffer[..length]);
                broadcast(&clients, &format!("{address} says: {}\n", text.trim()));
            }
            leave(&clients, address);
        });
    }
}
