//! Step 7, accounts: a chat server where a name can be somebody's own, with a key.
//!
//! Step 6, and beside it:
//!
//! - The room owns the accounts (`accounts.rs`), as it owns the clients: it says whose a name is.
//! - A file keeps them (`ledger.rs`). A disk is slow, so the thread of the client that asks waits for it (`members.rs`).
//! - A key is made at random (`key.rs`); only its hash is kept (`sha256.rs`).
//! - Tries at a name take turns, a second each (`turns.rs`).

use std::io::Write;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process;
use std::sync::mpsc::{self, SyncSender};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use commands::Command;
use goodbye::hang_up;
use ledger::Ledger;
use lines::Lines;
use outlet::Outlet;
use pace::Pace;
use printing::{STDERR, STDOUT};
use requests::Request;
use room::{Event, Room};
use turns::Turns;

mod accounts;
#[path = "../5-names/clock.rs"]
mod clock;
#[path = "../5-names/commands.rs"]
mod commands;
#[path = "../4-lines/display.rs"]
mod display;
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

/// The stack of a client's threads. The default of 2 MiB is for functions that call each other deeper than ours.
const STACK: usize = 128 << 10;

/// The most clients at a time.
const CLIENTS: usize = 10_000;

/// How long a client that leaves may pause while it takes what still waits for it.
const PAUSE: Duration = Duration::from_secs(30);

/// What a client's reading thread knows of it.
struct Reader {
    /// No other client ever has this number, while an address may come back.
    id: u64,
    address: SocketAddr,
    stream: Arc<TcpStream>,
    to_room: SyncSender<(u64, Event)>,
    pace: Pace,
    desk: Arc<Desk>,
    /// How often in a row its key was wrong.
    wrong: usize,
    _seat: Arc<()>,
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
    accept_loop(&listener, &to_room, &desk);
}

/// The main thread: accepts one client after the other, for ever.
fn accept_loop(listener: &TcpListener, to_room: &SyncSender<(u64, Event)>, desk: &Arc<Desk>) {
    let seats = Arc::new(()); // Each client holds a handle to this.
    for id in 0.. {
        match listener.accept() {
            Ok((mut stream, _)) if Arc::strong_count(&seats) > CLIENTS => {
                let _ = stream.write_all(b"The room is full.\n");
            }
            Ok((stream, address)) => start(Reader {
                id,
                address,
                stream: Arc::new(stream),
                to_room: to_room.clone(),
                pace: Pace::new(),
                desk: Arc::clone(desk),
                wrong: 0,
                _seat: Arc::clone(&seats),
            }),
            Err(error) => {
                // Out of file descriptors, say. Trying again at once would spin.
                STDERR.print(format!("Could not accept a client: {error}"));
                thread::sleep(Duration::from_millis(100));
            }
        }
    }
}

/// Starts a client's reading thread.
fn start(reader: Reader) {
    let thread = thread::Builder::new().stack_size(STACK);
    // `thread::spawn` would panic where the operating system refuses a thread; this returns the
    // error, and drops the reader: its connection closes.
    if let Err(error) = thread.spawn(move || reader.serve()) {
        STDERR.print(format!("Could not start a thread: {error}"));
    }
}

impl Reader {
    /// The reading thread, from the client's arrival to its departure.
    fn serve(mut self) {
        let _ = self.stream.set_nodelay(true); // Without it, Nagle's algorithm may hold small answers back.
        let (progress, taken) = mpsc::sync_channel(0); // Reports are lost while nobody waits for them.
        let outlet = Outlet::new(Arc::clone(&self.stream), self.address, progress);
        self.tell_room(Event::Joined { outlet });
        STDOUT.print(format!("Accepted new client: {}", self.address));
        self.listen();
        self.tell_room(Event::Left);
        // A report comes whenever the client takes something, and their end when everything is written.
        while taken.recv_timeout(PAUSE).is_ok() {}
        hang_up(&self.stream);
        STDOUT.print(format!("Client disconnected: {}", self.address));
    }

    /// Passes on what the client asks for, line by line, until it goes.
    fn listen(&mut self) {
        let stream = Arc::clone(&self.stream);
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
        let _ = self.to_room.send((self.id, event)); // Fails only without a room, and the room outlives all clients.
    }
}
