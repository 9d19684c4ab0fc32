//! An echo that is sent to all clients.
//!
//! check 2
//!   ✗ alice says "still here" and also hears "yo\nping 2"
//!     It means   your server says something that was not expected then.
//!     Look at    where your server writes this: what led to it, and who should get
//!                it?

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
