//! Processes, sockets, threads and resources, from the operating system.

pub mod polling;
pub mod processes;
pub mod resources;
pub mod sockets;
pub mod threads;
