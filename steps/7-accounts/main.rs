//! Step 7, accounts: a chat server where a name can be somebody's own, with a key.
//!
//! Step 6, and beside it:
//!
//! - The room owns the accounts (`accounts.rs`), as it owns the clients: it says whose a name is.
//! - A file keeps them (`ledger.rs`). A disk is slow, so the thread of the client that asks waits for it (`members.rs`).
//! - A key is made at random (`key.rs`); only its hash is kept (`sha256.rs`).
//! - Tries at a name take turns, a second each (`turns.rs`).

use std::process;
use std::sync::mpsc::{self, SyncSender};
use std::sync::{Arc, Mutex};
use std::thread;

use commands::Command;
use door::Client;
use ledger::Ledger;
use lines::Lines;
use pace::Pace;
use printing::STDOUT;
use requests::Request;
use room::{Event, Room};
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
mod members;
#[path = "../6-backpressure/outbox.rs"]
mod outbox;
#[path = "../6-backpressure/outlet.rs"]
mod outlet;
#[path = "../6-backpressure/pace.rs"]
mod pace;
#[path = "../6-backpressure/printing.rs"]
mod printing;
mod requests;
mod room;
#[path = "../4-lines/server.rs"]
mod server;
mod sha256;
mod turns;

/// What a client's reading thread knows of it.
struct Reader {
    client: Client,
    to_room: SyncSender<(u64, Event)>,
    pace: Pace,
    desk: Arc<Desk>,
    /// How often in a row its key was wrong.
    wrong: usize,
}

/// What all reading threads share: where accounts are opened, and keys are tried.
struct Desk {
    ledger: Mutex<Ledger>,
    turns: Turns,
}

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
    thread::spawn(move || Room::new(accounts).run(&events));
    let desk = Arc::new(Desk {
        ledger: Mutex::new(ledger),
        turns: Turns::default(),
    });
    door::accept_loop(&listener, move |client| {
        let (to_room, pace) = (to_room.clone(), Pace::new());
        let reader = Reader {
            client,
            to_room,
            pace,
            desk: Arc::clone(&desk),
            wrong: 0,
        };
        reader.serve();
    });
}

impl Reader {
    /// The reading thread, from the client's arrival to its departure.
    fn serve(mut self) {
        let (outlet, taken) = self.client.way_out();
        self.tell_room(Event::Joined { outlet });
        self.listen();
        self.tell_room(Event::Left);
        self.client.goes(&taken);
    }

    /// Passes on what the client asks for, line by line, until it goes.
    fn listen(&mut self) {
        let stream = Arc::clone(&self.client.stream);
        for line in Lines::new(&*stream) {
            let length = line.as_ref().map_or(0, String::len);
            self.pace.wait(length);
            let request =
                line.map_or_else(|bad| requests::answer(&bad.to_string()), requests::parse);
            let goes_on = match request {
                Request::Register { name } => self.register(name),
                Request::Login { name, key } => self.login(name, &key),
                Request::Room(command) => self.pass_on(command),
            };
            if !goes_on {
                return; // Lines after that stay unread.
            }
        }
    }

    /// Leaves it to the room. Returns false if it was the client's last wish.
    fn pass_on(&self, command: Command) -> bool {
        let goes_on = command != Command::Exit;
        self.tell_room(Event::Asked { command });
        goes_on
    }

    /// Tells the room about the client. Waits if too many events wait already.
    fn tell_room(&self, event: Event) {
        let _ = self.to_room.send((self.client.id, event)); // Fails only without a room, and the room outlives all clients.
    }
}
