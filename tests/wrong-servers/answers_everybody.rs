//! An echo that is sent to all clients.
//!
//! check 2: two clients at once
//!   ✓ alice says "hi", gets "hi" back
//!   ✓ bob connects while alice stays
//!   ✓ bob says "yo", gets "yo" back
//!   ✗ alice says "still here" and also hears "yo"
//!     It means   your server sends what one client says to others too; an echo
//!                answers one.
//!     Look at    which connections the answer is written to: only the one it was
//!                read from.
//!     Next       cargo run -- hint 2 · cargo run -- show 1

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
