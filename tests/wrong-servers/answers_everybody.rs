//! An echo that is sent to all clients.
//!
//! check 2
//!   ✗ alice says "still here" and also hears "yo\nping 2"
//!     It means   your server sends one client's data to others too; an echo
//!                replies only to the sender.
//!     Look at    which connections the reply is written to: only the one it was
//!                read from.

use super::{broadcast, read, serve_each};

pub fn main() {
    serve_each(|clients, mut client, address| {
        clients
            .lock()
            .unwrap()
            .push((address, client.try_clone().unwrap()));
        while let Some(text) = read(&mut client) {
            broadcast(clients, &text);
        }
    });
}
