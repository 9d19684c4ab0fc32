//! A client is told of, but gets into the list only with its first word.
//!
//! check 3
//!   ✗ bob connects, then alice says "ping 2", and bob hears nothing for 1 s
//!       where "{alice} says: ping 2" was expected
//!     It means   your server sends nothing to clients that have not spoken yet.
//!     Look at    when a client is added to the list: as soon as it connects.

use super::{broadcast, leave, read, say, serve_each};

pub fn main() {
    serve_each(|clients, mut client, address| {
        broadcast(clients, format!("{address} joined the chat.\n"));
        let mut is_in = false;
        while let Some(text) = read(&mut client) {
            if !is_in {
                clients
                    .lock()
                    .unwrap()
                    .push((address, client.try_clone().unwrap()));
                is_in = true;
            }
            say(clients, address, &text);
        }
        leave(clients, address);
    });
}
