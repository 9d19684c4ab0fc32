//! Plays one session on one server and records it.

mod clients;
mod display;
pub mod events;
pub mod harness;
mod keys;
mod output;
pub mod patience;
pub mod playback;
pub mod played;
