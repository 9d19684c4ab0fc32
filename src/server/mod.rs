//! Builds, starts and stops the server under test.

mod announcement;
mod build;
mod job;
mod output;
mod port;
pub mod program;
pub mod redis;
mod running;
mod starting;

pub use job::left_running;
pub use output::{Output, Printed};
pub use running::Server;
