//! The program does something, but never listens.
//!
//! check 1
//!   ✗ alice connects and finds nothing at 127.0.0.1:… for 5 s
//!     It means   your program runs, but does not listen at the address it was
//!                given.
//!     Look at    the call that binds: does it use the program's argument,
//!                host:port?

use std::thread;

pub fn main() {
    loop {
        thread::park();
    }
}
