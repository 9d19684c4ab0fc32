//! A client is told of, but gets into the list only with its first word.
//!
//! check 3: people leave
//!   ✗ carol joins, and bob hears nothing for 1 s
//!       then bob said something, and from then on he heard the others
//!     It means   your server tells nothing to those who have said nothing yet.
//!     Look at    when a client gets into the list: as soon as it has come.
//!     Next       cargo run -- hint 3 · cargo run -- show 2

use super::{broadcast, leave, read, say, serve_each};

pub fn main() {
    serve_each(|clients, mut client, address| {
        broadcast(clients, &format!("{address} joined the chat.\n"));
        let mut is_in = false;
        while let Some(text) = read(&mut client) {
            if !is_in {
                clients
                    .lock()
                    .unwrap()
                    .push((address, client.try_clone().unwrap()));
                is_in = true;
            }
            say(clients, address, text.trim());
        }
        leave(clients, address);
    });
}
