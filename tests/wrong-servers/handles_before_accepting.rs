//! The next client is accepted after the last one was handled.
//!
//! check 2
//!   ✗ bob says "yo" and hears nothing for 1 s
//!       where "yo" was expected
//!       then alice left, and bob's "yo" came … ms later
//!     It means   your server talks to one client at a time.
//!     Look at    the call after accept() that returns only when alice leaves.

use super::echo;

pub fn main() {
    let listener = super::listen();
    let (mut client, _) = listener.accept().unwrap();
    loop {
        echo(client);
        (client, _) = listener.accept().unwrap();
    }
}
