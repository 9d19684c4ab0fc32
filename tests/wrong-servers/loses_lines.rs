//! Of what one client says, every tenth line does not reach those who came first.
//!
//!   ✗ stuck: for 1 s nobody heard anything; 2 clients wait, such as client 1
//!   ✗ lost: … of … deliveries
//!       client 1 never heard message … of client …
//!     It means   your server loses lines.
//!     Look at    what becomes of a line that cannot be written at once, or that
//!                arrives together with another.

use std::io::{BufRead, BufReader, Write};
use std::thread;

use super::{Clients, join, leave};

pub fn main() {
    let clients = Clients::default();
    let listener = super::listen();
    loop {
        let (client, address) = listener.accept().unwrap();
        let clients = Clients::clone(&clients);
        client.set_nodelay(true).unwrap();
        join(&clients, &client, address);
        thread::spawn(move || {
            let lines = BufReader::new(client).lines();
            for (number, line) in lines.map_while(Result::ok).enumerate() {
                let line = format!("{address} says: {line}\n");
                let mut clients = clients.lock().unwrap();
                let deaf = if number % 10 == 9 { 2 } else { 0 };
                for (_, stream) in clients.iter_mut().skip(deaf) {
                    let _ = stream.write_all(line.as_bytes());
                }
            }
            leave(&clients, address);
        });
    }
}
