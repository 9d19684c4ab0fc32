//! A chat that is right, of one of the steps 3 to 11 as `STEP` says. Each of its parts can be done
//! wrongly: a server that makes the mistake overrides that part.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread;
use std::time::{Duration, Instant, SystemTime};
use std::{env, mem, str};

use super::accounts;
use super::outbox::Outbox;

pub const LIMIT: usize = 4096;
pub const TOO_LONG: &str = "Line too long: the limit is 4096 bytes.";
pub const NOT_UTF8: &str = "Not valid UTF-8: the line was not sent.";
const HELP: &str = "/help\n/time\n/up TEXT\n/down TEXT\n/exit";

/// What a client says, or why it is refused.
pub type Message = Result<Vec<u8>, &'static str>;

/// Hears a message. False: that was the last one.
pub type Hear<'a> = &'a mut dyn FnMut(Message) -> bool;

/// The way to a client.
pub trait Way: Send {
    fn send(&mut self, bytes: &[u8]);

    /// Whether the client reads, but not fast enough.
    fn is_behind(&self) -> bool {
        false
    }

    /// Waits until all is sent.
    fn finish(&mut self) {}
}

impl Way for Arc<TcpStream> {
    fn send(&mut self, bytes: &[u8]) {
        let _ = (&**self).write_all(bytes);
    }
}

pub struct Client {
    pub id: u64,
    pub name: String,
    pub address: SocketAddr,
    pub stream: Arc<TcpStream>,
    pub way: Box<dyn Way>,
}

#[derive(Default)]
pub struct Room {
    pub clients: Vec<Client>,
    /// Names, and their keys.
    pub accounts: Vec<(String, String)>,
    /// From when on somebody may speak again, while there is somebody who is behind.
    free_at: Option<Instant>,
}

impl Room {
    pub fn find(&mut self, id: u64) -> Option<&mut Client> {
        self.clients.iter_mut().find(|client| client.id == id)
    }

    pub fn name(&self, id: u64) -> String {
        let mut clients = self.clients.iter();
        let client = clients.find(|client| client.id == id);
        client.map(|client| client.name.clone()).unwrap_or_default()
    }

    pub fn tell(&mut self, id: u64, text: &str) {
        if let Some(client) = self.find(id) {
            client.way.send(format!("{text}\n").as_bytes());
        }
    }

    pub fn tell_all(&mut self, line: &[u8]) {
        let line = [line, b"\n"].concat();
        for client in &mut self.clients {
            client.way.send(&line);
        }
    }

    pub fn remove(&mut self, id: u64) -> Option<Client> {
        let place = self.clients.iter().position(|client| client.id == id)?;
        Some(self.clients.remove(place))
    }

    /// Whether somebody else than `id` has this name, letter case aside.
    pub fn is_taken(&self, id: u64, name: &str) -> bool {
        let mut others = self.clients.iter().filter(|client| client.id != id);
        others.any(|client| client.name.eq_ignore_ascii_case(name))
    }
}

/// Serves each client in a thread of its own.
pub fn serve_each(serve: impl Fn(TcpStream, SocketAddr, u64) + Copy + Send + 'static) {
    let address = env::args().nth(2).expect("an address");
    let listener = TcpListener::bind(address).expect("a free address");
    let _ = writeln!(
        io::stdout(),
        "Listening on {} ...",
        listener.local_addr().unwrap()
    );
    for id in 0.. {
        match listener.accept() {
            Ok((client, address)) => {
                let _ = client.set_nodelay(true);
                let _ = thread::Builder::new().spawn(move || serve(client, address, id));
            }
            Err(_) => thread::sleep(Duration::from_millis(100)),
        }
    }
}

pub trait Chat: Copy + Send + Sync + 'static {
    const STEP: u32;

    fn serve(self) {
        let room: &'static Mutex<Room> = Box::leak(Box::default());
        room.lock().unwrap().accounts = accounts::kept();
        if Self::STEP > 10 && env::args().nth(3).is_none() {
            println!("Accounts are kept in memory: name a file to keep them.");
        }
        serve_each(move |stream, address, id| {
            let _ = writeln!(io::stdout(), "Accepted new client: {address}");
            self.client(&Arc::new(stream), address, id, room);
            let _ = writeln!(io::stdout(), "Client disconnected: {address}");
        });
    }

    fn client(self, stream: &Arc<TcpStream>, address: SocketAddr, id: u64, room: &Mutex<Room>) {
        let mut everybody = room.lock().unwrap();
        if Self::STEP > 6 && everybody.clients.len() >= 10_000 {
            drop(everybody);
            let _ = (&**stream).write_all(b"The room is full.\n");
            return;
        }
        let way = self.way(stream, address);
        let client = Client {
            id,
            name: address.to_string(),
            address,
            stream: Arc::clone(stream),
            way,
        };
        self.join(&mut everybody, client);
        drop(everybody);
        let mut last_words = "";
        let mut wrong = 0;
        self.listen(stream, &mut |message| {
            let is_command = message.as_ref().is_ok_and(|text| text.starts_with(b"/"));
            match message {
                Ok(text) if self.is_exit(&text) => last_words = "Bye.",
                Ok(text) if Self::STEP > 9 && accounts::concerns(&text) => {
                    let is_right = self.obey_account(room, id, str::from_utf8(&text).unwrap());
                    wrong = self.count(wrong, is_right);
                }
                Ok(text) if is_command && Self::STEP > 4 => {
                    self.command(room, id, str::from_utf8(&text).unwrap());
                    self.pace_answers(room);
                }
                Ok(text) => {
                    self.say(&mut room.lock().unwrap(), id, &text);
                    pace(room, text.len());
                }
                Err(refusal) => self.refuse(&mut room.lock().unwrap(), id, refusal),
            }
            last_words.is_empty() && wrong < 3
        });
        let gone = self.leave(room.lock().unwrap(), id, last_words);
        self.close(gone, stream);
    }

    fn obey_account(self, room: &Mutex<Room>, id: u64, line: &str) -> bool {
        accounts::obey(self, room, id, line)
    }

    /// The longest answer has everybody's name in it.
    fn pace_answers(self, room: &Mutex<Room>) {
        if Self::STEP > 7 {
            let clients = room.lock().unwrap().clients.len();
            pace(room, 25 * clients);
        }
    }

    fn command(self, room: &Mutex<Room>, id: u64, line: &str) {
        self.obey(&mut room.lock().unwrap(), id, line);
    }

    fn way(self, stream: &Arc<TcpStream>, address: SocketAddr) -> Box<dyn Way> {
        if Self::STEP > 6 {
            return Box::new(Outbox::open(stream, address));
        }
        Box::new(Arc::clone(stream))
    }

    fn join(self, room: &mut Room, client: Client) {
        room.tell_all(format!("{} joined the chat.", client.name).as_bytes());
        room.clients.push(client);
    }

    fn say(self, room: &mut Room, id: u64, text: &[u8]) {
        if room.find(id).is_some() {
            room.tell_all(&[room.name(id).as_bytes(), b" says: ", text].concat());
        }
    }

    fn refuse(self, room: &mut Room, id: u64, refusal: &str) {
        room.tell(id, refusal);
    }

    /// Lets a client go, and returns it.
    fn leave(self, mut room: MutexGuard<Room>, id: u64, last_words: &str) -> Option<Client> {
        if !last_words.is_empty() {
            room.tell(id, last_words);
        }
        let client = room.remove(id)?;
        room.tell_all(format!("{} left the chat.", client.name).as_bytes());
        Some(client)
    }

    fn close(self, gone: Option<Client>, stream: &TcpStream) {
        if let Some(mut client) = gone {
            client.way.finish();
        }
        hang_up(stream);
    }

    // From bytes to messages.

    fn listen(self, mut stream: &TcpStream, hear: Hear) {
        if Self::STEP > 3 {
            return self.lines(&mut stream, hear);
        }
        let mut buffer = [0; 4096];
        while let Ok(length @ 1..) = stream.read(&mut buffer) {
            hear(Ok(buffer[..length].trim_ascii().to_vec()));
        }
    }

    fn lines(self, input: &mut dyn Read, hear: Hear) {
        let mut input = BufReader::new(input);
        while self.line(&mut input, hear) {}
    }

    /// Hears a line. False: that was the last one.
    fn line(self, input: &mut dyn BufRead, hear: Hear) -> bool {
        let mut line = Vec::new();
        let mut start = (&mut *input).take(LIMIT as u64 + 2);
        if !matches!(start.read_until(b'\n', &mut line), Ok(1..)) {
            return false;
        }
        let is_cut = line.len() > LIMIT + 1 && !line.ends_with(b"\n");
        self.message(line).is_none_or(hear) && !(is_cut && input.skip_until(b'\n').is_err())
    }

    /// What a line says; none if it is empty.
    fn message(self, line: Vec<u8>) -> Option<Message> {
        let text = self.without_end(&line);
        if self.is_too_long(text) {
            return Some(Err(TOO_LONG));
        }
        let Some(text) = self.text(text) else {
            return Some(Err(NOT_UTF8));
        };
        let text = self.shown(&text);
        (!text.trim().is_empty()).then(|| Ok(text.into_bytes()))
    }

    fn without_end(self, line: &[u8]) -> &[u8] {
        without_end(line)
    }

    fn text(self, bytes: &[u8]) -> Option<String> {
        str::from_utf8(bytes).ok().map(str::to_string)
    }

    fn is_too_long(self, text: &[u8]) -> bool {
        text.len() > LIMIT
    }

    fn shown(self, text: &str) -> String {
        if text.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
            return text.to_string(); // Cheap, as floods are of such lines.
        }
        text.replace(|c| self.is_obeyed(c), "\u{fffd}")
    }

    fn is_obeyed(self, c: char) -> bool {
        let turns = matches!(c, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
        turns || c.is_control() && c != '\t'
    }

    // Commands.

    fn is_exit(self, line: &[u8]) -> bool {
        Self::STEP > 4 && self.words(&String::from_utf8_lossy(line)).0 == "/exit"
    }

    fn obey(self, room: &mut Room, id: u64, line: &str) {
        match self.words(line) {
            ("/nick", name) if Self::STEP > 5 => self.nick(room, id, name),
            ("/who", _) if Self::STEP > 5 => {
                let mut names: Vec<_> = room.clients.iter().map(|c| c.name.clone()).collect();
                self.arrange(&mut names);
                room.tell(id, &names.join(", "));
            }
            (command, text) => room.tell(id, &self.answer(command, text)),
        }
    }

    fn words(self, line: &str) -> (&str, &str) {
        words(line)
    }

    fn answer(self, command: &str, text: &str) -> String {
        match command {
            "/help" if Self::STEP > 9 => {
                format!("{HELP}\n/nick NAME\n/who\n/register NAME\n/login NAME KEY")
            }
            "/help" if Self::STEP > 5 => format!("{HELP}\n/nick NAME\n/who"),
            "/help" => HELP.to_string(),
            "/time" => self.time(),
            "/up" | "/down" if text.is_empty() => self.usage(command),
            "/up" => self.upper(text),
            "/down" => text.to_lowercase(),
            _ => format!("Unknown command: {command}. Try /help."),
        }
    }

    fn usage(self, command: &str) -> String {
        format!("Type the text after the command: {command} TEXT")
    }

    fn upper(self, text: &str) -> String {
        text.to_uppercase()
    }

    fn time(self) -> String {
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
        let seconds = now.unwrap_or_default().as_secs();
        let clock = (seconds / 3600 % 24, seconds / 60 % 60, seconds % 60);
        let date = self.date(seconds / 86_400);
        format!(
            "{:04}-{:02}-{:02} {:02}:{:02}:{:02} UTC",
            date.0, date.1, date.2, clock.0, clock.1, clock.2
        )
    }

    fn date(self, days: u64) -> (u64, usize, u64) {
        date(days)
    }

    fn nick(self, room: &mut Room, id: u64, name: &str) {
        if !self.is_name(name) {
            room.tell(id, "A name takes 3 to 15 letters, digits, - or .");
        } else if room.name(id) == name {
            room.tell(id, &format!("You are {name}."));
        } else if self.is_taken(room, id, name) {
            room.tell(id, &format!("{name} is taken."));
        } else {
            self.rename(room, id, name);
        }
    }

    fn is_name(self, name: &str) -> bool {
        let is_allowed = |c: char| c.is_ascii_alphanumeric() || "-.".contains(c);
        (3..=15).contains(&name.len())
            && name.starts_with(|c: char| c.is_ascii_alphabetic())
            && name.chars().all(is_allowed)
    }

    fn is_taken(self, room: &Room, id: u64, name: &str) -> bool {
        room.is_taken(id, name) || self.account(room, name).is_some()
    }

    fn rename(self, room: &mut Room, id: u64, name: &str) {
        if let Some(client) = room.find(id) {
            let old = mem::replace(&mut client.name, name.to_string());
            room.tell_all(format!("{old} is now {name}").as_bytes());
        }
    }

    // Accounts.

    /// The account of a name: the name as it was registered, and its key.
    fn account(self, room: &Room, name: &str) -> Option<(String, String)> {
        let mut accounts = room.accounts.iter();
        accounts
            .find(|(its, _)| its.eq_ignore_ascii_case(name))
            .cloned()
    }

    /// The account is kept, then its owner is told the key.
    fn register(self, room: &mut Room, id: u64, name: &str, key: &str) {
        accounts::keep(name, key);
        self.tell_key(room, id, &accounts::told(name, key));
    }

    /// The client is called by the name that it has registered.
    fn takes_registered(self, room: &mut Room, id: u64, name: &str) {
        if room.name(id) != name {
            self.rename(room, id, name);
        }
    }

    fn tell_key(self, room: &mut Room, id: u64, line: &str) {
        room.tell(id, line);
    }

    fn is_key(self, key: &str, typed: &str) -> bool {
        key == typed
    }

    /// How many wrong logins in a row there were, after one more login.
    fn count(self, wrong: u32, is_right: bool) -> u32 {
        if is_right { 0 } else { wrong + 1 }
    }

    fn refuse_login(self, room: &Mutex<Room>, id: u64, _has_account: bool) {
        thread::sleep(Duration::from_secs(1));
        room.lock().unwrap().tell(id, "Wrong name or key.");
    }

    /// Ends an older connection of somebody who logs in.
    fn replace(self, room: &mut Room, id: u64) {
        room.tell(id, "You logged in elsewhere.");
        if let Some(client) = room.remove(id) {
            dismiss(client);
        }
    }

    fn arrange(self, names: &mut [String]) {
        names.sort_by_key(|name| name.to_ascii_lowercase());
    }
}

/// A line without `\n` or `\r\n`.
pub fn without_end(line: &[u8]) -> &[u8] {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    line.strip_suffix(b"\r").unwrap_or(line)
}

/// The first word of a line, and the rest.
pub fn words(line: &str) -> (&str, &str) {
    let (command, text) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
    (command, text.trim())
}

/// The date so many days after 1970-01-01.
pub fn date(mut days: u64) -> (u64, usize, u64) {
    let is_leap = |year: u64| {
        year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400))
    };
    let mut year = 1970;
    while days >= 365 + u64::from(is_leap(year)) {
        days -= 365 + u64::from(is_leap(year));
        year += 1;
    }
    let february = 28 + u64::from(is_leap(year));
    let mut month = 1;
    for length in [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30] {
        if days < length {
            break;
        }
        days -= length;
        month += 1;
    }
    (year, month, days + 1)
}

/// While somebody is behind, others speak at the pace of people.
fn pace(room: &Mutex<Room>, length: usize) {
    const SECOND: Duration = Duration::from_secs(1);
    let is_behind = |client: &Client| client.way.is_behind();
    let mut everybody = room.lock().unwrap();
    if !everybody.clients.iter().any(is_behind) {
        return;
    }
    let now = Instant::now();
    let begin = everybody
        .free_at
        .map_or(now, |at| at.clamp(now, now + SECOND));
    let free_at = begin + SECOND * u32::try_from(length).unwrap_or(u32::MAX) / (16 << 10);
    everybody.free_at = Some(free_at);
    while free_at > Instant::now() + SECOND && everybody.clients.iter().any(is_behind) {
        drop(everybody);
        thread::sleep(Duration::from_millis(20));
        everybody = room.lock().unwrap();
    }
}

/// Ends a client's connection, once it has got all that was sent.
pub fn dismiss(mut client: Client) {
    thread::spawn(move || {
        client.way.finish();
        let _ = client.stream.shutdown(Shutdown::Read); // Its thread hangs up.
    });
}

/// Closes a connection so that all that was sent arrives.
pub fn hang_up(stream: &TcpStream) {
    let _ = stream.shutdown(Shutdown::Write);
    let deadline = Instant::now() + Duration::from_secs(1);
    let _ = stream.set_read_timeout(Some(Duration::from_secs(1)));
    let (mut rest, mut buffer) = (stream.take(1 << 20), vec![0; 4096]);
    while matches!(rest.read(&mut buffer), Ok(1..)) && Instant::now() < deadline {}
}
