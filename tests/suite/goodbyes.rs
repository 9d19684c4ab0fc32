//! `/exit`: what came before it arrives, and what comes after it is ignored.

use crate::chat::{first, next};
use crate::server::Server;
use crate::step::Step;

on_each!([commands names outboxes backpressure one_writer accounts ledger instances] {
    input_after_exit_is_ignored
});

fn input_after_exit_is_ignored(step: Step) {
    let server = Server::start(step);
    let mut alice = first(&server, "alice");
    for rest in [
        "",
        "and another thing\n/nick ghost\n",
        &"more\n".repeat(1000),
    ] {
        let mut bob = next(&server, "bob", [&mut alice]);
        bob.send_bytes(format!("last words\n/exit\n{rest}").as_bytes());
        bob.expect_line(&format!("{bob} says: last words"));
        bob.expect_line("Bye.");
        bob.expect_end();
        alice.expect_line(&format!("{bob} says: last words"));
        alice.expect_line(&format!("{bob} left the chat."));
    }
    alice.send_line("alone again");
    alice.expect_line(&format!("{alice} says: alone again"));
}
