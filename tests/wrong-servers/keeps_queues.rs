//! The queue of a client that has left is kept, with all that waits in it.
//!
//! check 6: many come, read nothing, and go
//!   ✗ three clients come, read nothing, and go and leave the server with … MiB more than before
//!     It means   your server keeps what waited for a client that has left.
//!     Look at    the end of a client: its queue and its writing thread must end
//!                with it, though that thread is blocked.
//!     Next       cargo run -- hint 6 · cargo run -- show 5

use super::rooms::{Queue, serve};

pub fn main() {
    serve(Queue::open, std::mem::forget, false);
}
