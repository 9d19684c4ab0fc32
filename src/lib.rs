//! # A TCP chat, one thread at a time
//!
//! How does a server come to serve many? These pages grow one chat server, a step at a time, with plain threads and
//! the standard library alone. Each step is a short program, ends by showing what is still wrong with it, and the
//! next one is the cure.
//!
//! 1. [A blocking echo server][step_1_blocking]: one client at a time
//! 2. [A thread for each client][step_2_threads]: everybody at once, but alone
//! 3. [One list that all threads share][step_3_broadcast]: a chat
//! 4. [Whole lines][step_4_lines]: a message is a line, however the network cuts it
//! 5. [Names and commands][step_5_names]: who is who, and what the server can be asked
//! 6. [A room that nobody can freeze][step_6_backpressure]: backpressure, and how far plain threads go
//!
//! For whoever teaches it: [the instructor's plan][instructor].
//!
//! These are the chapters of the workshop as they stand beside the steps' programs in the package; there is no API
//! here. The programs run with `cargo run --bin 3-broadcast`, and the workshop itself, which checks what you write
//! and explains what is wrong with it, with `cargo run`.

#![warn(missing_docs)]

/// Chapters, one after the other: first where the pictures and links lead to in this book, then the text.
macro_rules! chapters {
    ([$($previous:ident)?] $name:ident $folder:literal $($next:ident $next_folder:literal $($rest:tt)*)?) => {
        #[doc = include_str!(concat!("book/", $folder, ".md"))]
        $(#[doc = concat!("[previous]: crate::", stringify!($previous))])?
        $(#[doc = concat!("[next]: crate::", stringify!($next))])?
        #[doc = ""]
        #[doc = include_str!(concat!("../steps/", $folder, "/README.md"))]
        pub mod $name {}

        $(chapters! { [$name] $next $next_folder $($rest)* })?
    };
}

chapters! {
    []
    step_1_blocking "1-blocking"
    step_2_threads "2-threads"
    step_3_broadcast "3-broadcast"
    step_4_lines "4-lines"
    step_5_names "5-names"
    step_6_backpressure "6-backpressure"
}

#[doc = include_str!("../steps/INSTRUCTOR.md")]
pub mod instructor {}
