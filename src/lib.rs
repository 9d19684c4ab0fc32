//! # A TCP chat server in Rust, one bug at a time
//!
//! How does a server come to serve many? These pages grow one chat server, a step at a time, with
//! plain threads and the standard library alone. Each step is a short program and ends with a bug.
//! The next step is the fix.
//!
//! 1. [A blocking echo server][step_1_blocking]: one client at a time
//! 2. [A thread for each client][step_2_threads]: everybody at once, but alone
//! 3. [One list that all threads share][step_3_broadcast]: a chat
//! 4. [Whole lines][step_4_lines]: a message is a line, however the network cuts it
//! 5. [Names and commands][step_5_names]: who is who, and what the server can be asked
//! 6. [A room that nobody can freeze][step_6_backpressure]: backpressure, and how far plain threads go
//! 7. [Accounts][step_7_accounts]: a name with a key, kept in a file
//! 8. [Instances][step_8_instances]: several servers, one room, over Redis Streams
//!
//! For teachers: [the instructor's plan][teaching].
//!
//! These are the chapters of the workshop, from the folders of the steps; there is no API here. The
//! programs run with `cargo run --bin 3-broadcast`. The workshop itself, which checks what you
//! write and explains what is wrong with it, runs with `cargo run`.

#![warn(missing_docs)]

/// Chapters in order: first the targets of pictures and links in this book, then the text, then the
/// linked files of its program.
macro_rules! chapters {
    ([$($previous:ident)?] $name:ident $folder:literal [$($label:literal $file:literal $(as $language:literal)?),*] $($next:ident $next_folder:literal $next_files:tt $($rest:tt)*)?) => {
        #[doc = include_str!(concat!("../steps/", $folder, "/book.md"))]
        $(#[doc = concat!("[previous]: crate::", stringify!($previous))])?
        $(#[doc = concat!("[next]: crate::", stringify!($next))])?
        $(#[doc = concat!("[", $label, "]: #", $label)])*
        #[doc = ""]
        #[doc = include_str!(concat!("../steps/", $folder, "/README.md"))]
        #[doc = way!([$($previous)?] [$($next)?])]
        $(
            #[doc = concat!("\n<h2 id=\"", $label, "\">", $file, "</h2>\n\n```", language!($($language)?))]
            #[doc = include_str!(concat!("../steps/", $folder, "/", $file))]
            #[doc = "```"]
        )*
        pub mod $name {}

        $(chapters! { [$name] $next $next_folder $next_files $($rest)* })?
    };
}

/// The links from a page to its neighbours. The teachers' page comes last.
macro_rules! way {
    ([$($previous:ident)?] []) => {
        way!([$($previous)?] [teaching])
    };
    ([] [$next:ident]) => {
        concat!("\n---\n\n[All steps](crate) · [Next](crate::", stringify!($next), ")\n")
    };
    ([$previous:ident] [$next:ident]) => {
        concat!(
            "\n---\n\n[Previous](crate::", stringify!($previous),
            ") · [All steps](crate) · [Next](crate::", stringify!($next), ")\n"
        )
    };
}

/// The language of a program's file.
macro_rules! language {
    () => {
        "rust,ignore"
    };
    ($language:literal) => {
        $language
    };
}

chapters! {
    []
    step_1_blocking "1-blocking" ["program" "main.rs"]
    step_2_threads "2-threads" ["program" "main.rs"]
    step_3_broadcast "3-broadcast" ["program" "main.rs"]
    step_4_lines "4-lines" ["program" "main.rs", "framing" "lines.rs"]
    step_5_names "5-names" ["program" "main.rs", "commands" "commands.rs"]
    step_6_backpressure "6-backpressure" ["program" "main.rs", "door" "door.rs", "room" "room.rs", "audience" "audience.rs", "outbox" "outbox.rs", "outlet" "outlet.rs", "pace" "pace.rs", "printing" "printing.rs"]
    step_7_accounts "7-accounts" ["program" "main.rs", "office" "office.rs", "members" "members.rs", "login" "login.rs", "accounts" "accounts.rs", "ledger" "ledger.rs", "lock" "lock.rs", "key" "key.rs", "sha256" "sha256.rs", "turns" "turns.rs"]
    step_8_instances "8-instances" ["program" "main.rs", "room" "room.rs", "clients" "clients.rs", "members" "members.rs", "log" "log.rs", "memory" "memory.rs", "writer" "writer.rs", "reader" "reader.rs", "script" "script.rs", "rules" "room.lua" as "text", "redis" "redis.rs"]
}

#[doc = include_str!("../steps/INSTRUCTOR.md")]
#[doc = "\n---\n\n[Previous](crate::step_8_instances) · [All steps](crate)\n"]
pub mod teaching {}
