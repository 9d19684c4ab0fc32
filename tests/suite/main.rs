//! Tests of the steps and of the workshop command. They run the programs and speak raw TCP to them.

#[macro_use]
mod step;

mod parts;

mod client;
mod redis;
mod server;
mod wait;

/// What the workshop knows of the operating system, tried from outside.
#[allow(dead_code)]
#[path = "../../src/os/mod.rs"]
mod os;

mod every_step;

mod blocking;
mod broadcast;
mod chat;
mod crowd;
mod echo;
#[cfg(target_os = "linux")]
mod limits;
mod threads;

mod abuse;
mod accounts;
mod floods;
mod goodbyes;
mod instances;
mod naming;
mod outlets;
mod printing;
mod random;

mod chapters;
mod like;
mod pictures;
mod sessions;

#[cfg(target_os = "linux")]
mod meanwhile;
mod rooms_of_src;
mod workshop;

mod bugs; // What takes longest. Tests start in the order of their names: it must not come last.
mod check;
mod crowd_command;
mod ports;
mod talk;
#[cfg(not(windows))] // There, no shell runs a script.
mod watch;
