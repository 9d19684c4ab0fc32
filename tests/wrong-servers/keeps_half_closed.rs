//! A client's thread ends, but a handle to its connection stays in a list.
//!
//! check 3: people leave
//!   ✓ alice, bob and carol are in the room
//!   ✓ bob leaves, alice and carol hear "{bob} left the chat."
//!   ✓ the talk goes on
//!   ✓ carol sends no more (half-closes), alice hears "{carol} left the chat."
//!   ✗ carol is still connected after 1 s
//!     It means   your server keeps a connection whose client has said its last
//!                word.
//!     Look at    what follows the read that returns 0: answer what is due, then
//!                close.
//!     Next       cargo run -- hint 3 · cargo run -- show 2

use std::io::Read;
use std::net::TcpStream;
use std::sync::{Arc, Mutex};
use std::thread;

use super::{Clients, broadcast, join, leave};

pub fn main() {
    let clients = Clients::default();
    let history: Arc<Mutex<Vec<TcpStream>>> = Arc::default();
    let listener = super::listen();
    loop {
        let (mut client, address) = listener.accept().unwrap();
        let clients = Clients::clone(&clients);
        history.lock().unwrap().push(client.try_clone().unwrap());
        thread::spawn(move || {
            join(&clients, &client, address);
            let mut buffer = [0; 512];
            while let Ok(length @ 1..) = client.read(&mut buffer) {
                let text = String::from_utf8_lossy(&buffer[..length]);
                broadcast(&clients, &format!("{address} says: {}\n", text.trim()));
            }
            leave(&clients, address);
        });
    }
}
