//! Each client has a thread that writes, which is woken for each line.
//!
//! check 9
//!   ✗ one of 50 says 200 lines, and the server's threads are woken … times for 10000 deliveries; with 5 in the room, … times
//!     It means   your server wakes a thread for most lines that go to a client.
//!     Look at    how many threads write, and how much each finds to do when it is
//!                woken: one that is awake already can write to all clients that
//!                keep up.

use super::right::Chat;

#[derive(Clone, Copy)]
struct Mistaken;

impl Chat for Mistaken {
    const STEP: u32 = 9;
}

pub fn main() {
    Mistaken.serve();
}
