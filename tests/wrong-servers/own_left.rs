//! A client that leaves is in the list while the others are told.
//!
//! check 3
//!   ✗ carol sends no more (half-closes) and also hears "{carol} left the chat."
//!     It means   your server still has a client in its list when it announces that
//!                it left.
//!     Look at    the order: first remove the client from the list, then notify
//!                those who remain.

use super::{broadcast, join, read, say, serve_each};

pub fn main() {
    serve_each(|clients, mut client, address| {
        join(clients, &client, address);
        while let Some(text) = read(&mut client) {
            say(clients, address, &text);
        }
        broadcast(clients, format!("{address} left the chat.\n"));
        clients
            .lock()
            .unwrap()
            .retain(|(other, _)| *other != address);
    });
}
