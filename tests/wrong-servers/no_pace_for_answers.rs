//! Who talks waits for those that are behind, but who asks does not: its answers pile up.
//!
//! check 8
//!   ✗ bob asks for /who without a pause, and reads the answers, and he is disconnected
//!     It means   your server disconnects a client that asks much, though it reads
//!                all the answers.
//!     Look at    what makes a client wait that has much waiting for itself: its
//!                answers count as what others say does.

use std::sync::Mutex;

use super::right::{Chat, Room};

#[derive(Clone, Copy)]
struct Mistaken;

impl Chat for Mistaken {
    const STEP: u32 = 8;

    fn pace_answers(self, _: &Mutex<Room>) {}
}

pub fn main() {
    Mistaken.serve();
}
