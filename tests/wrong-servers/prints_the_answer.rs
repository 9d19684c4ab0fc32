//! The answer is printed, and not written to the connection.
//!
//! check 1
//!   ✗ alice says "hi" and hears nothing for 1 s
//!       where "hi" was expected
//!       your server printed it to stdout instead of sending it
//!     It means   your server answers nobody.
//!     Look at    the path from the read to the write: does it write to the
//!                connection, and at once? println! writes to your terminal, and a
//!                BufWriter holds its data until flush().

use std::io::Read;

use super::right::serve_each;

pub fn main() {
    serve_each(|mut client, _, _| {
        let mut buffer = [0; 1024];
        while let Ok(length @ 1..) = client.read(&mut buffer) {
            print!("{}", String::from_utf8_lossy(&buffer[..length]));
        }
    });
}
