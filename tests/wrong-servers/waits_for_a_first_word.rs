//! A client counts as there once it has said something: one that says its end first is waited for,
//! for ever.
//!
//! check 2
//!   ✗ bob sends no more (half-closes) and is still connected after 1 s
//!     It means   your server keeps a connection whose client has finished.
//!     Look at    what happens after the read that returns 0: drop every handle or
//!                shut the connection down.

use std::thread;
use std::time::Duration;

use super::{echo, serve_each};

pub fn main() {
    serve_each(|_, client, _| {
        while let Ok(0) = client.peek(&mut [0]) {
            thread::sleep(Duration::from_millis(10)); // Nothing yet.
        }
        echo(client);
    });
}
