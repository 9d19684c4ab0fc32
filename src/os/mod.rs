//! What the operating system knows about processes, sockets, threads and resources.

pub mod polling;
pub mod processes;
pub mod resources;
pub mod sockets;
pub mod threads;
