//! What the operating system tells of processes, sockets, threads and resources.

pub mod processes;
pub mod resources;
pub mod sockets;
pub mod threads;
