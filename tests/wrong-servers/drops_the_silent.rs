//! A client that says nothing for a second is taken for gone, and disconnected: a read timeout
//! counts as the end.
//!
//! check 2
//! is not seen by check

use std::io::{Read, Write};
use std::time::Duration;

use super::right::serve_each;

pub fn main() {
    serve_each(|mut client, _, _| {
        let _ = client.set_read_timeout(Some(Duration::from_secs(1)));
        let mut buffer = [0; 4096];
        while let Ok(length @ 1..) = client.read(&mut buffer) {
            let _ = client.write_all(&buffer[..length]);
        }
    });
}
