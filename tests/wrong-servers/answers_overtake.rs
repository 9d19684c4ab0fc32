//! An answer is written by the thread that reads from the client, while broadcasts go through the room.
//!
//! check 6: an answer among broadcasts
//!   ✗ bob says "one\n/up two\nthree" and hears "TWO\n{bob} says: one\n{bob} says: three"
//!       where "{bob} says: one" was due
//!     It means   your server lets a private answer overtake, or fall behind, what
//!                everybody hears.
//!     Look at    the ways to a client: there must be one, for answers and
//!                broadcasts alike.
//!     Next       cargo run -- hint 6 · cargo run -- show 5

use super::rooms::{Queue, serve};

pub fn main() {
    serve(Queue::open, drop, true);
}
