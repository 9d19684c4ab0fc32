//! What went wrong, in types, and what it means, in words.

use std::net::SocketAddr;
use std::process::ExitStatus;
use std::time::Duration;

use crate::stage::quoted;

/// What we saw instead of what was due.
#[derive(Clone, Debug)]
pub enum Verdict {
    /// The program ended.
    Exited(ExitStatus),
    /// Nothing ever listened at this address, for this long.
    NeverListened(SocketAddr, Duration),
    /// The server was there, and a later client could not connect.
    Refused,
    /// The server closed the connection.
    Closed,
    /// The server closed the connection, and threw away what the client had sent.
    ConnectionReset,
    /// The server said nothing for this long.
    Silent(Duration),
    /// The server should have closed the connection, and did not for this long.
    StaysOpen(Duration),
    /// The server said something else.
    WrongBytes { due: String, got: String },
    /// The server said something of another kind than what was due; `due` is a description.
    WrongKind { due: String, got: String },
    /// The server said something before, or instead of, what was due.
    ExtraBytes(String),
    /// The server takes more and more memory: by so many bytes.
    Grows(u64),
    /// Lines that all heard did not come to one, or not to the end.
    Misses,
    /// Nobody could tell one client from another.
    Fooled,
}

impl Verdict {
    /// What the client saw, as the end of a sentence that its name begins.
    pub fn seen(&self) -> String {
        match self {
            Verdict::Exited(status) => format!("sees the server exit ({status})"),
            Verdict::NeverListened(address, limit) => {
                format!("finds nothing at {address} for {} s", limit.as_secs_f32())
            }
            Verdict::Refused => "is refused".to_string(),
            Verdict::Closed => "is disconnected".to_string(),
            Verdict::ConnectionReset => "is disconnected by a reset".to_string(),
            Verdict::Silent(limit) => format!("hears nothing for {} s", limit.as_secs_f32()),
            Verdict::StaysOpen(limit) => {
                format!("is still connected after {} s", limit.as_secs_f32())
            }
            Verdict::WrongBytes { got, .. } | Verdict::WrongKind { got, .. } => {
                format!("hears {}", quoted(got))
            }
            Verdict::ExtraBytes(extra) if extra == "\\n" => "also hears an empty line".to_string(),
            Verdict::ExtraBytes(extra) => format!("also hears {}", quoted(extra)),
            Verdict::Misses => "misses some of the lines".to_string(),
            Verdict::Fooled => "is taken for Alice".to_string(),
            Verdict::Grows(bytes) => {
                format!("leave the server with {} MiB more than before", bytes >> 20)
            }
        }
    }

    /// What it means, and what to look at, where nothing more is known.
    pub fn explanation(&self) -> (&'static str, &'static str) {
        match self {
            Verdict::Exited(status) if status.success() => (
                "your server came to its end: where main returns, the program ends, and all its threads with it.",
                "the end of main, and of the accept loop: it goes on for ever.",
            ),
            Verdict::Exited(_) => (
                "your server ended, though nothing that a client does may end it.",
                "what it printed last; `?`, `unwrap` and `expect` outside one client's own code.",
            ),
            Verdict::NeverListened(..) => (
                "your program runs, but does not listen where it was told to.",
                "the call that binds: does it use the program's argument, host:port?",
            ),
            Verdict::Refused => (
                "your server no longer listens.",
                "how long the listener lives: dropping it closes it.",
            ),
            Verdict::Closed | Verdict::ConnectionReset => (
                "your server closed the connection of a client that had done nothing wrong.",
                "how that client's loop can end: an error that concerns another client?",
            ),
            Verdict::Silent(_) => (
                "your server did not say what is due, or still waits for something else.",
                "the call it waits in: who would have to do something for it to return?",
            ),
            Verdict::StaysOpen(_) => (
                "your server keeps a connection whose client has finished.",
                "what happens after the read that returns 0: every handle must be dropped or shut down.",
            ),
            Verdict::WrongBytes { .. } | Verdict::WrongKind { .. } => (
                "your server says something else than what is due.",
                "the two texts above: where do they differ first, and where does your server write that?",
            ),
            Verdict::ExtraBytes(_) => (
                "your server says something to a client that nobody should tell it.",
                "who is written to, and when.",
            ),
            Verdict::Misses => (
                "your server does not send everybody everything.",
                "what happens to a line on its way to a client that reads slowly.",
            ),
            Verdict::Fooled => (
                "your server cannot tell one person from another.",
                "what makes a name somebody's own.",
            ),
            Verdict::Grows(_) => (
                "your server keeps something of clients that have gone.",
                "all that belongs to a client: its handles, its name, what waits for it.",
            ),
        }
    }
}
