//! The load test: many clients connect to one server and talk. Does each receive every message, in
//! the same order; how fast; and at what cost?

mod client;
pub mod faults;
pub mod load_test;
pub mod metrics;
pub mod options;
mod progress;
mod room;
mod transcript;
