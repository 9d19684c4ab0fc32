//! Step 7, accounts: a chat server where a name can be somebody's own, with a key.
//!
//! Step 6, and beside it:
//!
//! - The room's thread owns the accounts (`accounts.rs`), as it owns the clients: it says whose a name is (`office.rs`).
//! - A file keeps them (`ledger.rs`). A disk is slow, so the thread of the client that asks waits for it (`members.rs`).
//! - A key is made at random (`key.rs`); only its hash is kept (`sha256.rs`).
//! - Tries at a name take turns, a second each (`turns.rs`, `login.rs`).

use std::process;
use std::sync::Mutex;
use std::sync::mpsc;
use std::thread;

use door::Client;
use ledger::Ledger;
use members::{Event, Member};
use office::Office;
use printing::STDOUT;
use room::Room;
use turns::Turns;

mod accounts;
#[path = "../6-backpressure/audience.rs"]
mod audience;
#[path = "../5-names/clock.rs"]
mod clock;
#[path = "../5-names/commands.rs"]
mod commands;
#[path = "../4-lines/display.rs"]
mod display;
#[path = "../6-backpressure/door.rs"]
mod door;
#[path = "../5-names/goodbye.rs"]
mod goodbye;
mod key;
mod ledger;
#[path = "../4-lines/lines.rs"]
mod lines;
mod lock;
mod login;
mod members;
mod office;
#[path = "../6-backpressure/outbox.rs"]
mod outbox;
#[path = "../6-backpressure/outlet.rs"]
mod outlet;
#[path = "../6-backpressure/pace.rs"]
mod pace;
#[path = "../6-backpressure/printing.rs"]
mod printing;
mod requests;
#[path = "../6-backpressure/room.rs"]
#[expect(dead_code, reason = "the office handles the events here")]
mod room;
#[path = "../4-lines/server.rs"]
mod server;
mod sha256;
mod turns;

fn main() {
    printing::start();
    let mut arguments = server::arguments("[ADDRESS] [FILE]");
    let (address, file) = (arguments.next(), arguments.next());
    let (ledger, accounts) = Ledger::open(file.as_deref()).unwrap_or_else(|error| {
        eprintln!(
            "Could not open the accounts: {}: {error}",
            file.as_deref().unwrap_or_default()
        );
        process::exit(1);
    });
    let listener = server::listen(address);
    if file.is_none() {
        STDOUT.print("Accounts are kept in memory: name a file to keep them.".to_string());
    }
    let (to_room, events) = mpsc::sync_channel(room::EVENTS);
    thread::spawn(move || {
        let mut office = Office { accounts };
        Room::default().run(&events, |room, id, event| office.handle(room, id, event));
    });
    let (ledger, turns) = (Mutex::new(ledger), Turns::default());
    door::accept_loop(&listener, move |client| {
        let member = Member {
            id: client.id,
            to_room: &to_room,
            ledger: &ledger,
            turns: &turns,
            wrong: 0,
        };
        read_loop(&client, member);
    });
}

/// A client's reading thread: tells the room about it, from its arrival to its departure.
fn read_loop(client: &Client, mut member: Member) {
    let (outlet, taken) = client.way_out();
    member.tell_room(Event::Joined { outlet });
    member.listen(client);
    client.goes(&taken);
}
