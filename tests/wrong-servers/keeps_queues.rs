//! The queue of a client that has left is kept, with all that waits in it.
//!
//! check 7
//!   ✗ clients come, read nothing, and go, and leave the server with about 1 MiB more
//!     It means   your server keeps what waited for a client that has left.
//!     Look at    the end of a client: its queue and its writing thread must end
//!                with it, though that thread is blocked.

use std::net::TcpStream;

use super::right::{Chat, Client, hang_up};

#[derive(Clone, Copy)]
struct Mistaken;

impl Chat for Mistaken {
    const STEP: u32 = 7;

    fn close(self, gone: Option<Client>, stream: &TcpStream) {
        if let Some(mut client) = gone {
            client.way.finish();
            std::mem::forget(client);
        }
        hang_up(stream);
    }
}

pub fn main() {
    Mistaken.serve();
}
