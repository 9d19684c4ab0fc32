//! The newcomer is in the list when the others are told of it.
//!
//! check 3
//!   ✗ alice says "hi" and also hears "{alice} joined the chat."
//!     It means   your server announces a newcomer to itself.
//!     Look at    the order: first notify the clients already there, then add the
//!                newcomer.

use super::{broadcast, leave, read, say, serve_each};

pub fn main() {
    serve_each(|clients, mut client, address| {
        clients
            .lock()
            .unwrap()
            .push((address, client.try_clone().unwrap()));
        broadcast(clients, format!("{address} joined the chat.\n"));
        while let Some(text) = read(&mut client) {
            say(clients, address, &text);
        }
        leave(clients, address);
    });
}
