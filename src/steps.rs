//! The steps of the workshop: what each is called, is about, and leaves unsolved.

/// One step, with the files of its program as they were when the workshop was built.
pub struct Step {
    /// Its number, from 1.
    pub number: usize,
    /// The name of its folder and its program.
    pub name: &'static str,
    /// The one idea that it introduces.
    pub idea: &'static str,
    /// What is still wrong with it.
    pub problem: &'static str,
    /// What whoever starts from here makes of it: the next step.
    pub task: &'static str,
    /// A question, the name of the API, the shape of the code: how to get to this step.
    pub hints: [&'static str; 3],
    /// Its program: file names and contents, `main.rs` first.
    pub files: &'static [(&'static str, &'static str)],
}

impl Step {
    /// The step with this number, if there is one.
    pub fn find(number: usize) -> Option<&'static Step> {
        STEPS.iter().find(|step| step.number == number)
    }
}

/// All steps, in their order.
pub const STEPS: &[Step] = &[
    Step {
        number: 1,
        name: "1-blocking",
        idea: "accept, read, write back: one client at a time",
        problem: "the second client waits until the first one leaves",
        task: "\
Serve every client at once, each in a thread of its own. Today the accept loop
calls `echo`, and accepts nobody until that client has left.",
        hints: [
            "\
Which call waits for a client to connect, which one waits for a client to say
something, and where does the program go when a client has nothing more to say?",
            "\
std::net::TcpListener::bind and accept; std::io::Read::read, where 0 bytes mean
that the client has finished; std::io::Write::write_all.",
            "\
let listener = TcpListener::bind(address)?;
loop {
    let (mut client, _) = listener.accept()?;   // never `?` in the real loop
    loop {
        let length = client.read(&mut buffer)?;
        if length == 0 { break; }
        client.write_all(&buffer[..length])?;
    }
}",
        ],
        files: &[("main.rs", include_str!("../steps/1-blocking/main.rs"))],
    },
    Step {
        number: 2,
        name: "2-threads",
        idea: "a thread for each client",
        problem: "nobody hears anybody else",
        task: "\
Make a chat of it: what one client says goes to everybody. All threads share one
list of clients. The words on the wire, each line ended by a newline:

    {who} joined the chat.    to all who were there before
    {who} says: {text}        to everybody, whoever said it included
    {who} left the chat.      to all who remain, whichever way it left

where {who} is the client's address, such as 127.0.0.1:51234, and {text} comes
without a newline of its own.",
        hints: [
            "\
While the main thread waits in read() for alice, who could be waiting in
accept() for bob?",
            "\
std::thread::Builder::spawn (std::thread::spawn panics where the system refuses
a thread), with a `move` closure: the thread takes the client with it.",
            "\
Ok((client, _)) => {
    let thread = thread::Builder::new().spawn(move || echo(client));
    if let Err(error) = thread {
        eprintln!(\"Could not start a thread: {error}\");
    }
}",
        ],
        files: &[("main.rs", include_str!("../steps/2-threads/main.rs"))],
    },
    Step {
        number: 3,
        name: "3-broadcast",
        idea: "Arc<Mutex<Vec<TcpStream>>>, shared by all",
        problem: "a chunk is not a message: long text arrives torn, two lines as one",
        task: "\
A message is a line, however it was cut into packets on its way: it ends with \\n
or \\r\\n. Today a message is whatever one read returns.

 1. Collect bytes until a line is whole: one line in two packets is one message,
    two lines in one packet are two. A character may be cut in two as well.
 2. Leave out empty lines. A last line counts though its newline is missing.
 3. Refuse what is not UTF-8, and what is longer than 4096 bytes without its end;
    tell its sender so, and nobody else:
        Not valid UTF-8: the line was not sent.
        Line too long: the limit is 4096 bytes.
 4. Let no control character out but the tab: each becomes U+FFFD.",
        hints: [
            "\
To write to everybody, a thread needs everybody's connection. Who owns the list
of connections, if every thread changes it? When alice's thread waits in read(),
may it keep the others from the list?",
            "\
std::sync::Arc shares one value among threads, std::sync::Mutex lets one of them
use it at a time; TcpStream::try_clone gives a second handle to a connection:
one to read from, one for the list. TcpStream::shutdown closes the connection for
both handles, and Vec::retain_mut keeps only the clients whose write still works.
Use the address that accept() returned: peer_addr() fails after a reset.",
            "\
type Clients = Arc<Mutex<Vec<TcpStream>>>;

fn chat(mut client: TcpStream, address: SocketAddr, clients: &Clients) -> io::Result<()> {
    // lock; tell all that `address` joined; push client.try_clone()?; unlock
    while let Ok(length @ 1..) = client.read(&mut buffer) {
        // lock; tell all what `address` says; unlock
    }
    // shut the connection down: a write to its handle in the list fails from now on
    // lock; tell all that `address` left, and keep those whose write works; unlock
    Ok(())
}",
        ],
        files: &[("main.rs", include_str!("../steps/3-broadcast/main.rs"))],
    },
    Step {
        number: 4,
        name: "4-lines",
        idea: "framing: bytes in, whole lines out",
        problem: "everyone is an address; nobody can ask the server for anything",
        task: "\
A line that starts with / is a command. Its answer goes to its sender alone.

 1. /nick NAME gives a name, which stands in all notices from then on, and is
    announced to everybody: {old} is now {new}
    A name is 3 to 15 ASCII letters, digits, '-' or '.', the first a letter, and nobody
    else's, whatever the letter case. When its owner has left, it is free again.
    The words of a refusal are yours.
 2. /up TEXT and /down TEXT (upper and lower case), /who (all names in one line,
    sorted), /time (2026-11-22 14:05:09 UTC: `mod clock;`, then `clock::time()`;
    clock.rs is there), /help (in your words).
 3. /exit: Bye., and the connection ends; what came before arrives, what comes
    after is not read.
 4. Anything else: Unknown command: {name}. Try /help.",
        hints: [
            "\
If a read may return half a line, or three lines and a half, what has to be kept
from one read to the next? And if the newline never comes?",
            "\
std::io::BufReader keeps what was read too far; BufRead::read_until collects up to
a newline, Read::take bounds how much; BufRead::skip_until drops the rest of a
line. String::from_utf8 on the whole line; char::is_control.",
            "\
struct Lines<R> { input: BufReader<R> }

impl<R: Read> Lines<R> {
    fn read_line(&mut self) -> Option<Vec<u8>> {
        let mut line = Vec::new();
        let mut input = self.input.by_ref().take(MOST); // The limit, and the line's end.
        let length = input.read_until(b'\\n', &mut line).ok()?;
        // 0: the end. MOST without a newline: too long; skip the rest of it.
        (length > 0).then_some(line)
    }
}",
        ],
        files: &[
            ("main.rs", include_str!("../steps/4-lines/main.rs")),
            ("lines.rs", include_str!("../steps/4-lines/lines.rs")),
            ("output.rs", include_str!("../steps/4-lines/output.rs")),
            ("server.rs", include_str!("../steps/4-lines/server.rs")),
            // For the exercise: a calendar is no lesson on servers.
            ("clock.rs", include_str!("../steps/5-names/clock.rs")),
        ],
    },
    Step {
        number: 5,
        name: "5-names",
        idea: "commands, and a name for everybody",
        problem: "one reader that stops reading freezes the whole room",
        task: "\
Let nobody freeze the room: today whoever stops reading makes the write to it
block, under the lock, and everybody waits. The words stay the same.

 1. A client that reads nothing delays nobody.
 2. If it reads later, it gets all it missed, in order.
 3. Once 1 MiB waits for it, beyond what the system keeps, it is disconnected, and
    the server's stderr says so.
 4. Answers to one keep their order with what everybody hears.
 5. When a client has gone, so has all that waited for it.",
        hints: [
            "\
Who must know a client's name, and when? If a name is looked up, and changed a
moment later, what can happen in between?",
            "\
str::split_once cuts the first word off a line; match compares it whole.
str::eq_ignore_ascii_case compares names; char::is_ascii_alphabetic tests the first
character, char::is_ascii_alphanumeric the others.",
            "\
enum Command { Say(String), Answer(String), Rename(String), Who, Exit }

fn parse(line: String) -> Command {
    if !line.starts_with('/') { return Command::Say(line); }
    let (command, text) = line.split_once(char::is_whitespace).unwrap_or((&line, \"\"));
    match command {
        \"/who\" => Command::Who,
        // …
        _ => Command::Answer(format!(\"Unknown command: {command}. Try /help.\")),
    }
}

// Lock; is the name free? change it; tell everybody; unlock: all under one lock.",
        ],
        files: &[
            ("main.rs", include_str!("../steps/5-names/main.rs")),
            ("lines.rs", include_str!("../steps/4-lines/lines.rs")),
            ("output.rs", include_str!("../steps/4-lines/output.rs")),
            ("server.rs", include_str!("../steps/4-lines/server.rs")),
            ("clock.rs", include_str!("../steps/5-names/clock.rs")),
            ("commands.rs", include_str!("../steps/5-names/commands.rs")),
            ("goodbye.rs", include_str!("../steps/5-names/goodbye.rs")),
        ],
    },
    Step {
        number: 6,
        name: "6-backpressure",
        idea: "a room that owns its clients; a queue for whoever falls behind",
        problem: "anybody can take anybody's name",
        task: "",
        hints: [
            "\
While alice's thread waits for carol's socket, with the lock in its hand: who waits
for alice's thread? Who could wait for carol instead, so that nobody waits for it?",
            "\
std::sync::mpsc::sync_channel: all tell one thread, which owns the clients and needs
no lock. For each client an mpsc::channel to a thread that writes, and an
AtomicUsize that counts the bytes in it. TcpStream::shutdown wakes a write that
blocks. TcpStream::set_write_timeout and Write::write (never write_all: after an
error nobody knows how much it wrote) to write without a thread.",
            "\
enum Event {
    Joined { outlet: Outlet },
    Asked { command: Command },
    Left,
}

fn room(events: Receiver<(u64, Event)>) {
    let mut clients = BTreeMap::new();      // The room's own: no Arc, no Mutex.
    while let Ok((id, event)) = events.recv() {
        // format what everybody is to hear; then take what else waits: try_recv
        for client in clients.values_mut() {
            // first: put it into the client's queue, which a thread of its own writes;
            // over 1 MiB: shutdown. Later: write what the socket takes within a
            // moment, and only the rest goes into the queue.
        }
    }
}",
        ],
        files: &[
            ("main.rs", include_str!("../steps/6-backpressure/main.rs")),
            ("room.rs", include_str!("../steps/6-backpressure/room.rs")),
            ("server.rs", include_str!("../steps/4-lines/server.rs")),
            ("clock.rs", include_str!("../steps/5-names/clock.rs")),
            (
                "outlet.rs",
                include_str!("../steps/6-backpressure/outlet.rs"),
            ),
            (
                "outbox.rs",
                include_str!("../steps/6-backpressure/outbox.rs"),
            ),
            ("lines.rs", include_str!("../steps/4-lines/lines.rs")),
            ("output.rs", include_str!("../steps/4-lines/output.rs")),
            ("server.rs", include_str!("../steps/4-lines/server.rs")),
            ("clock.rs", include_str!("../steps/5-names/clock.rs")),
            ("commands.rs", include_str!("../steps/5-names/commands.rs")),
            ("goodbye.rs", include_str!("../steps/5-names/goodbye.rs")),
        ],
    },
];
