//! Every tenth line of a client is sent twice.
//!
//!   ✗ heard twice: …
//!       client … heard "… says: crowd …"
//!     It means   your server sends some lines again.
//!     Look at    who may be in the list more than once, and what is sent again
//!                after a write that took only a part.

use super::{chat, lines, say};

pub fn main() {
    chat(|clients, client, address| {
        client.set_nodelay(true).unwrap();
        for (number, line) in lines(&client).enumerate() {
            say(clients, address, &line);
            if number % 10 == 9 {
                say(clients, address, &line);
            }
        }
    });
}
