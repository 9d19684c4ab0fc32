//! One connection is answered, whichever asked.
//!
//! check 2
//!   ✗ bob says "yo" and hears nothing for 1 s
//!       where "yo" was expected
//!     It means   your server replies to a different client than the one that sent
//!                the data.
//!     Look at    which connection the reply is written to: the one it was read
//!                from.

use std::io::Write;
use std::net::Shutdown;

use super::{read, serve_each};

pub fn main() {
    serve_each(|clients, mut client, address| {
        clients
            .lock()
            .unwrap()
            .push((address, client.try_clone().unwrap()));
        while let Some(text) = read(&mut client) {
            let (_, first) = &mut clients.lock().unwrap()[0];
            let _ = first.write_all(&text);
        }
        let _ = client.shutdown(Shutdown::Both);
    });
}
