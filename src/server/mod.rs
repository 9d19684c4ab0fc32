//! Starts, finds and stops one program.

mod announcement;
mod background;
mod build;
mod output;
mod port;
pub mod program;
pub mod redis;
mod running;
mod starting;

pub use background::left_running;
pub use output::{Output, Printed};
pub use running::Server;
