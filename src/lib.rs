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
//! 5. [Commands][step_5_commands]: what the server can be asked, and a clean goodbye
//! 6. [Names][step_6_names]: who is who
//! 7. [Outboxes][step_7_outboxes]: a room that nobody can freeze
//! 8. [Backpressure][step_8_backpressure]: a flood costs the flooder its speed, nobody a connection
//! 9. [One writer][step_9_one_writer]: how far plain threads go
//! 10. [Accounts][step_10_accounts]: a name with a key
//! 11. [The ledger][step_11_ledger]: accounts in a file that survives `kill -9`
//! 12. [Instances][step_12_instances]: several servers, one room, over Redis Streams
//!
//! [Threads or async][threads_or_async] measures how far plain threads go.
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
    (
        [$($previous:ident)?] $name:ident $folder:literal
        [$($label:literal $file:literal $(as $language:literal)?),*]
        $($next:ident $next_folder:literal $next_files:tt $($rest:tt)*)?
    ) => {
        #[doc = include_str!(concat!("../steps/", $folder, "/book.md"))]
        $(#[doc = concat!("[previous]: crate::", stringify!($previous))])?
        $(#[doc = concat!("[next]: crate::", stringify!($next))])?
        $(#[doc = concat!("[", $label, "]: #", $label)])*
        #[doc = "[how-far]: crate::threads_or_async"]
        #[doc = ""]
        #[doc = include_str!(concat!("../steps/", $folder, "/README.md"))]
        #[doc = way!([$($previous)?] [$($next)?])]
        $(
            #[doc = concat!(
                "\n<h2 id=\"", $label, "\">", $file, "</h2>\n\n```", language!($($language)?)
            )]
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
    step_5_commands "5-commands" ["program" "main.rs", "commands" "commands.rs",
        "goodbye" "goodbye.rs"]
    step_6_names "6-names" ["program" "main.rs", "room" "room.rs", "commands" "commands.rs"]
    step_7_outboxes "7-outboxes" ["program" "main.rs", "room" "room.rs", "outbox" "outbox.rs",
        "output" "output.rs"]
    step_8_backpressure "8-backpressure" ["program" "main.rs", "room" "room.rs",
        "outbox" "outbox.rs", "pace" "pace.rs"]
    step_9_one_writer "9-one-writer" ["program" "main.rs", "outbox" "outbox.rs", "pace" "pace.rs"]
    step_10_accounts "10-accounts" ["program" "main.rs", "room" "room.rs",
        "commands" "commands.rs", "accounts" "accounts.rs", "key" "key.rs",
        "sha256" "sha256.rs"]
    step_11_ledger "11-ledger" ["program" "main.rs", "room" "room.rs", "ledger" "ledger.rs"]
    step_12_instances "12-instances" ["program" "main.rs", "room" "room.rs",
        "clients" "clients.rs", "members" "members.rs", "log" "log.rs", "memory" "memory.rs",
        "writer" "writer.rs", "reader" "reader.rs", "script" "script.rs",
        "rules" "room.lua" as "text", "redis" "redis.rs", "door" "door.rs",
        "audience" "audience.rs", "outbox" "outbox.rs", "outlet" "outlet.rs", "pace" "pace.rs",
        "printing" "printing.rs", "login" "login.rs", "turns" "turns.rs"]
}

#[doc = include_str!("../steps/9-one-writer/book.md")]
#[doc = "[one-writer]: crate::step_9_one_writer\n"]
#[doc = include_str!("../steps/THREADS.md")]
#[doc = "\n---\n\n[Step 9](crate::step_9_one_writer) · [All steps](crate)\n"]
pub mod threads_or_async {}

#[doc = include_str!("../steps/INSTRUCTOR.md")]
#[doc = "\n---\n\n[Previous](crate::step_12_instances) · [All steps](crate)\n"]
pub mod teaching {}
