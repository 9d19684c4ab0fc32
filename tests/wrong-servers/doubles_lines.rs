//! Every tenth line of a client is sent twice.
//!
//!   ✗ received twice: …
//!       client … received "… says: crowd …"
//!     It means   your server sends some lines twice.
//!     Look at    clients that may be in the list twice, and what is sent again
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
