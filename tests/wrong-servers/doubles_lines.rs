//! Every tenth line of a client is sent twice.
//!
//!   ✗ heard twice: …
//!       client … heard "… says: crowd …"
//!     It means   your server sends some lines again.
//!     Look at    who may be in the list more than once, and what is sent again
//!                after a write that took only a part.

use std::io::{BufRead, BufReader};
use std::thread;

use super::{Clients, broadcast, join, leave};

pub fn main() {
    let clients = Clients::default();
    let listener = super::listen();
    loop {
        let (client, address) = listener.accept().unwrap();
        let clients = Clients::clone(&clients);
        thread::spawn(move || {
            client.set_nodelay(true).unwrap();
            join(&clients, &client, address);
            let lines = BufReader::new(client).lines();
            for (number, line) in lines.map_while(Result::ok).enumerate() {
                let line = format!("{address} says: {line}\n");
                broadcast(&clients, &line);
                if number % 10 == 9 {
                    broadcast(&clients, &line);
                }
            }
            leave(&clients, address);
        });
    }
}
