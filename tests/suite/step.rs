//! The steps, and how they differ for tests that run on all of them.

use crate::client::Client;

/// The server of one step.
#[derive(Clone, Copy)]
pub struct Step {
    pub name: &'static str,
    pub program: &'static str,
    kind: Kind,
}

#[derive(Clone, Copy)]
enum Kind {
    /// Sends everything back.
    Echo,
    /// Sends each message to everybody, with the name of its sender.
    Chat,
}

macro_rules! steps {
    ($($function:ident $name:literal $kind:ident)*) => {
        $(
            pub fn $function() -> Step {
                Step {
                    name: $name,
                    program: env!(concat!("CARGO_BIN_EXE_", $name)),
                    kind: Kind::$kind,
                }
            }
        )*

        /// All steps, in their order.
        pub fn all() -> Vec<Step> {
            vec![$($function()),*]
        }
    };
}

steps! {
    blocking "1-blocking" Echo
    threads "2-threads" Echo
    broadcast "3-broadcast" Chat
    lines "4-lines" Chat
    commands "5-commands" Chat
    names "6-names" Chat
    outboxes "7-outboxes" Chat
    backpressure "8-backpressure" Chat
    one_writer "9-one-writer" Chat
    accounts "10-accounts" Chat
    ledger "11-ledger" Chat
    instances "12-instances" Chat
}

impl Step {
    /// The line that a client receives after it has sent `text`.
    pub fn answer(self, client: &Client, text: &str) -> String {
        match self.kind {
            Kind::Echo => text.to_string(),
            Kind::Chat => format!("{client} says: {text}"),
        }
    }

    /// What a client receives after it has sent `text` without a newline.
    pub fn answer_to_unfinished(self, client: &Client, text: &str) -> String {
        match self.kind {
            Kind::Echo => text.to_string(),
            Kind::Chat => format!("{client} says: {text}\n"),
        }
    }
}

/// Makes a test of each function on each step: `on_each!([blocking threads] { one another })`.
macro_rules! on_each {
    ([$($step:ident)*] $functions:tt) => {
        $(mod $step { on_each!(@ $step $functions); })*
    };
    (@ $step:ident { $($(#[$attribute:meta])* $function:ident)* }) => {
        $(
            #[test]
            $(#[$attribute])*
            fn $function() {
                super::$function(crate::step::$step());
            }
        )*
    };
}
