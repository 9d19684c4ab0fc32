//! A client that comes tells those who are there, and keeps the list locked until it leaves. The
//! first one finds nobody there.
//!
//! check 3
//!   ✗ bob connects, then alice says "ping 2" and hears nothing for 1 s
//!       where "{alice} says: ping 2" was expected
//!       then bob left, and it came … ms later
//!     It means   a thread of your server waits for a lock. Cause unknown.
//!     Look at    which thread holds the lock: one that waits in read() or write()
//!                must hold none, and one that locks the same mutex twice
//!                deadlocks.

use super::{chat, read, said, say, tell};

pub fn main() {
    chat(|clients, mut client, address| {
        let room = clients.lock().unwrap();
        let mut held = (room.len() > 1).then_some(room);
        while let Some(text) = read(&mut client) {
            match &mut held {
                Some(room) => tell(room, said(address, &text)),
                None => say(clients, address, &text),
            }
        }
    });
}
