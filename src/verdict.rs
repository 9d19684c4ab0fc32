//! What went wrong, in types, and what it means, in words.

use std::net::SocketAddr;
use std::process::ExitStatus;
use std::time::Duration;

use crate::stage::quoted;

/// Whether a scene, or a part of it, went as it should.
pub type Outcome = Result<(), Box<Failure>>;

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
    fn seen(&self) -> String {
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
}

/// A part of a scene that did not go as it should.
#[derive(Debug)]
pub struct Failure {
    pub verdict: Verdict,
    /// What we did: `bob says "yo"`.
    pub did: String,
    /// Who saw it, if that is somebody else than who did it.
    pub hearer: Option<&'static str>,
    /// What a further try showed.
    pub showed: Vec<String>,
    /// The mistake behind it, if the scene or its probe knows.
    pub cause: Option<Cause>,
    /// Who had which address.
    pub addresses: Vec<(&'static str, SocketAddr)>,
    /// The end of what the server wrote to its standard error, and to its standard output.
    pub complained: String,
    pub printed: String,
}

impl Failure {
    /// Adds the mistake that a probe has found, and what it showed.
    pub fn shows(mut self: Box<Self>, showed: impl Into<String>, cause: Cause) -> Box<Self> {
        self.showed.push(showed.into());
        self.because(cause)
    }

    /// Adds the mistake that is behind it, where nothing else is known of it.
    pub fn because(mut self: Box<Self>, cause: Cause) -> Box<Self> {
        self.cause.get_or_insert(cause);
        self
    }

    /// Adds the mistake if it shows in what came.
    pub fn because_of_bytes(self: Box<Self>, cause: Cause) -> Box<Self> {
        match self.verdict {
            Verdict::WrongBytes { .. } | Verdict::WrongKind { .. } | Verdict::ExtraBytes(_) => {
                self.because(cause)
            }
            _ => self,
        }
    }

    /// Adds the mistake if somebody else than who spoke heard what was not for them.
    pub fn because_if_overheard(self: Box<Self>, cause: Cause) -> Box<Self> {
        if self.hearer.is_some() {
            self.because_if_extra(cause)
        } else {
            self
        }
    }

    /// Adds the mistake if somebody heard what was not for them.
    pub fn because_if_extra(self: Box<Self>, cause: Cause) -> Box<Self> {
        match self.verdict {
            Verdict::ExtraBytes(_) => self.because(cause),
            _ => self,
        }
    }

    /// Says what we did in other words: of several steps, it may be any that failed.
    pub fn in_words(mut self: Box<Self>, did: &str) -> Box<Self> {
        self.did = did.to_string();
        self
    }

    /// The same, where whoever came last is the one who sees it.
    pub fn after(mut self: Box<Self>, did: &str) -> Box<Self> {
        self.hearer = None;
        self.in_words(did)
    }

    /// Adds the mistake if the server is there, and says nothing.
    pub fn because_if_silent(self: Box<Self>, cause: Cause) -> Box<Self> {
        match self.verdict {
            Verdict::Silent(_) => self.because(cause),
            _ => self,
        }
    }

    /// Adds the mistake if the server keeps a connection that is over.
    pub fn because_if_open(self: Box<Self>, cause: Cause) -> Box<Self> {
        match self.verdict {
            Verdict::StaysOpen(_) => self.because(cause),
            _ => self,
        }
    }

    /// Adds the mistake if the server has closed the connection, or has ended.
    pub fn because_if_closed(self: Box<Self>, cause: Cause) -> Box<Self> {
        match self.verdict {
            Verdict::Closed | Verdict::ConnectionReset | Verdict::Exited(_) => self.because(cause),
            _ => self,
        }
    }

    /// Adds the mistake if the server has told everybody what was not meant for them.
    pub fn because_if_said(self: Box<Self>, cause: Cause) -> Box<Self> {
        match &self.verdict {
            Verdict::WrongBytes { got, .. } | Verdict::WrongKind { got, .. }
                if got.contains(" says: ") =>
            {
                self.because(cause)
            }
            _ => self,
        }
    }

    /// Adds the mistake if this is in what came.
    pub fn because_if_got(self: Box<Self>, part: &str, cause: Cause) -> Box<Self> {
        match &self.verdict {
            Verdict::WrongBytes { got, .. } | Verdict::ExtraBytes(got) if got.contains(part) => {
                self.because(cause)
            }
            _ => self,
        }
    }

    /// Whether the program ended.
    pub fn is_an_end(&self) -> bool {
        matches!(self.verdict, Verdict::Exited(_))
    }

    /// Whether this is what came instead of what was due.
    pub fn got(&self, text: &str) -> bool {
        matches!(&self.verdict, Verdict::WrongBytes { got, .. } if got == text)
    }

    /// What we did, and what we saw.
    pub fn headline(&self) -> String {
        let seen = self.verdict.seen();
        match self.hearer {
            Some(hearer) if self.did.is_empty() => format!("{hearer} {seen}"),
            Some(hearer) => format!("{}, and {hearer} {seen}", self.did),
            None => format!("{} and {seen}", self.did),
        }
    }

    /// What belongs under the headline.
    pub fn details(&self) -> Vec<String> {
        let mut details = Vec::new();
        match &self.verdict {
            // Where they look alike, it has to be seen what differs: the newline, or what is too far behind.
            Verdict::WrongBytes { due, got } if quoted(due) == quoted(got) => {
                let due_there = around_difference(due, due, got);
                details.push(format!("where \"{due_there}\" was due"));
                if due_there != *due {
                    let got_there = around_difference(got, due, got);
                    details.push(format!("and \"{got_there}\" came"));
                }
            }
            Verdict::WrongBytes { due, .. } => {
                details.push(format!("where {} was due", quoted(due)));
            }
            Verdict::WrongKind { due, .. } => details.push(format!("where {due} was due")),
            _ => {}
        }
        let text = [self.headline(), details.join("")].concat();
        for (name, address) in &self.addresses {
            if text.contains(&format!("{{{name}}}")) {
                details.push(format!("{{{name}}} is {address}"));
            }
        }
        details.extend(self.showed.iter().cloned());
        details
    }

    /// What it means, and what to look at.
    pub fn explanation(&self) -> (String, String) {
        let cause = self.cause.or_else(|| self.guess());
        let (means, look_at) = match cause {
            Some(cause) => cause.explanation(),
            None => self.verdict.explanation(),
        };
        let panicked = self.complained.contains("panicked at");
        let look_at = match self.verdict {
            Verdict::Exited(_) => look_at.to_string(),
            // What ends the whole program is told as its end; this has ended one thread.
            _ if panicked => {
                format!("the panic above, first: it has ended a thread. Then {look_at}")
            }
            _ => look_at.to_string(),
        };
        (means.to_string(), look_at)
    }

    /// The mistake that the bytes alone give away.
    fn guess(&self) -> Option<Cause> {
        let (due, got) = match &self.verdict {
            Verdict::WrongBytes { due, got } => (due.as_str(), got.as_str()),
            Verdict::ExtraBytes(extra) => (" says: ", extra.as_str()),
            _ => return None,
        };
        let without_newline = due.strip_suffix("\\n").unwrap_or(due);
        if got == without_newline || got == format!("{without_newline}\\\\n") {
            Some(Cause::NoNewline)
        } else if got.eq_ignore_ascii_case(due) {
            Some(Cause::OtherCase)
        } else if got.ends_with(" joined the chat.\\n") && due.contains(" says: ") {
            Some(Cause::OwnJoin)
        } else if got.ends_with(" left the chat.\\n") && due.contains(" says: ") {
            Some(Cause::OwnLeft)
        } else if got == "\\n" {
            Some(Cause::NewlineTwice)
        } else if got.contains("\\u{0}") {
            Some(Cause::WholeBuffer)
        } else if got.contains(" says: \\n") {
            Some(Cause::EndAsMessage)
        } else if says_as_another(due, got) {
            Some(Cause::WrongWho)
        } else {
            None
        }
    }
}

/// Whether the words are right, and who says them is not.
fn says_as_another(due: &str, got: &str) -> bool {
    let words = |text: &str| text.find(" says: ").map(|at| text[at..].to_string());
    words(due).is_some_and(|due| words(got).is_some_and(|got| got == due))
}

/// A text from shortly before the place where two texts differ.
fn around_difference(text: &str, one: &str, other: &str) -> String {
    const BEFORE: usize = 30;
    const LENGTH: usize = 60;
    let same = one.chars().zip(other.chars()).take_while(|(a, b)| a == b);
    let skipped = same.count().saturating_sub(BEFORE);
    let part: String = text.chars().skip(skipped).take(LENGTH).collect();
    let mark = |cut: bool| if cut { "…" } else { "" };
    let is_cut = text.chars().count() > skipped + LENGTH;
    format!("{}{part}{}", mark(skipped > 0), mark(is_cut))
}

impl Verdict {
    fn explanation(&self) -> (&'static str, &'static str) {
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

/// The mistakes that servers are known to make. The words are the same for every language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    OneAtATime,
    AnswersSomebodyElse,
    AnswersEverybody,
    EndsWithClient,
    EndsOnReset,
    EndsBeforeListening,
    AnswersNobody,
    WaitsForFirstWord,
    LimitedNumber,
    WholeBuffer,
    EndAsMessage,
    WrongWho,
    NotInList,
    GivesUpOnBytes,
    PassesBytes,
    RefusesWrongly,
    RefusesTwice,
    LosesRest,
    RemovesControls,
    TellsOnlySender,
    BadName,
    NoBye,
    LosesBye,
    NoNewline,
    OtherCase,
    NobodyHears,
    SenderLeftOut,
    OwnJoin,
    OwnLeft,
    NewlineTwice,
    NoJoin,
    LockAcrossRead,
    DeadClientStays,
    NoLeft,
    NoLeftAfterReset,
    NoLeftAfterHalfClose,
    MixedLines,
    OrderDiffers,
    WrongPort,
    NotEndedByClient,
    TornLine,
    GluedLines,
    KeepsCarriageReturn,
    CutCharacter,
    EmptyLine,
    PassesControls,
    LimitTooLow,
    NoLimit,
    LosesLastLine,
    NoNames,
    LockWhileAsking,
    SameName,
    AddressAsName,
    LeftByAddress,
    NameStaysTaken,
    NoCommand,
    CommandByPrefix,
    PublicAnswer,
    HeardAfterExit,
    FrozenRoom,
    DropsForSlow,
    DisconnectsSlow,
    UnboundedQueue,
    AnswerOutOfOrder,
    QueueStays,
    AnybodysName,
}

impl Cause {
    /// What it means, and what to look at.
    #[allow(clippy::too_many_lines)] // It is a table.
    fn explanation(self) -> (&'static str, &'static str) {
        match self {
            Cause::OneAtATime => (
                "your server talks to one client at a time.",
                "the call after accept() that returns only when alice leaves.",
            ),
            Cause::AnswersSomebodyElse => (
                "your server answers somebody else than who asked.",
                "which connection the answer is written to: the one it was read from.",
            ),
            Cause::AnswersEverybody => (
                "your server sends what one client says to others too; an echo answers one.",
                "which connections the answer is written to: only the one it was read from.",
            ),
            Cause::EndsWithClient => (
                "your server stops serving when a client leaves.",
                "what follows the read that returns 0: it ends this client, not the accept loop.",
            ),
            Cause::EndsOnReset => (
                "your server does not survive a client's reset.",
                "the errors of read and write: they end this client, so no `?` or `unwrap` may pass them to main.",
            ),
            Cause::GivesUpOnBytes => (
                "your server gives up on a client that sends bytes which are not UTF-8.",
                "where bytes become text: that can fail, and anybody can send anything.",
            ),
            Cause::EndsBeforeListening => (
                "your program ended before anybody could connect.",
                "what it printed last: is something wrong with the command, or with the address that it was given?",
            ),
            Cause::AnswersNobody => (
                "your server answers nobody.",
                "the way from the read to the write: does it write to the connection, and at once? A thread that locks a mutex which it holds already waits for ever.",
            ),
            Cause::WaitsForFirstWord => (
                "your server waits for one client's words before it serves the next.",
                "what happens between accept() and the new thread: to read is the thread's part.",
            ),
            Cause::LimitedNumber => (
                "your server serves some clients at once, and no more.",
                "how many threads there are: each client needs one of its own.",
            ),
            Cause::WholeBuffer => (
                "your server sends the rest of its buffer as well.",
                "how much you write: read says how many bytes came, and only these count.",
            ),
            Cause::EndAsMessage => (
                "your server takes the end of what a client says for one more message.",
                "the read that returns 0: it is the end, not a message.",
            ),
            Cause::WrongWho => (
                "your server does not call a client what it should.",
                "where {who} comes from: accept() and peer_addr() tell the client's address, with its port; local_addr() is the server's own.",
            ),
            Cause::NotInList => (
                "your server tells nothing to those who have said nothing yet.",
                "when a client gets into the list: as soon as it has come.",
            ),
            Cause::RefusesTwice => (
                "your server takes the rest of a long line for another line.",
                "what follows the refusal: all up to the newline belongs to the line that was refused.",
            ),
            Cause::LosesRest => (
                "your server loses what it has read beyond a line.",
                "what keeps the bytes: a BufReader must live as long as its connection.",
            ),
            Cause::RemovesControls => (
                "your server does not show a control character as it should.",
                "whatever is_control(), but not the tab: U+FFFD comes in its place.",
            ),
            Cause::TellsOnlySender => (
                "your server tells a new name only to the one who has it.",
                "who is written to: everybody is to hear of it.",
            ),
            Cause::BadName => (
                "your server gives a name that it should refuse.",
                "which names are allowed: 3 to 15 ASCII letters, digits, '-' or '.'.",
            ),
            Cause::NoBye => (
                "your server ends the connection without a goodbye.",
                "what follows /exit: first Bye., then the end.",
            ),
            Cause::LosesBye => (
                "your server closes a connection from which it has not read all: that resets it, and what is on its way is lost.",
                "how the connection ends: shutdown(Write), read what still comes, then close.",
            ),
            Cause::PassesBytes => (
                "your server passes on a line that is not UTF-8, or what it made of it.",
                "where bytes become text: from_utf8 says that they are none, from_utf8_lossy does not.",
            ),
            Cause::RefusesWrongly => (
                "your server does not refuse a line as it should: its sender is told why, and stays.",
                "where a line is refused: the answer goes to its sender alone, and the next line counts.",
            ),
            Cause::NoNewline => (
                "your server leaves out the newline: nobody can tell where the line ends.",
                "the end of what you write: every line ends in \\n, also one that was trimmed.",
            ),
            Cause::OtherCase => (
                "what your server says differs in upper and lower case from what is due.",
                "what happens to the text between the read and the write: nothing should. And the words of the notices count, to the letter.",
            ),
            Cause::NobodyHears => (
                "your server answers each client for itself: nobody hears anybody else.",
                "what a client's thread knows of the other clients: one list that all threads share.",
            ),
            Cause::SenderLeftOut => (
                "your server tells everybody but the one who spoke.",
                "the loop that writes to all: it must not skip the sender.",
            ),
            Cause::OwnJoin => (
                "your server tells a newcomer of its own arrival.",
                "the order: first tell those who are there, then add the newcomer.",
            ),
            Cause::OwnLeft => (
                "your server still has a client in its list when it tells that it left.",
                "the order: first take the client out of the list, then tell those who are left.",
            ),
            Cause::NewlineTwice => (
                "your server ends a line twice: the text still had its own newline.",
                "what you read: trim the text before you put it into a line.",
            ),
            Cause::NoJoin => (
                "your server tells nobody that somebody joined.",
                "what happens between accept and the first read: the others must be told.",
            ),
            Cause::LockAcrossRead => (
                "your server serves nobody else while it waits for one client to say something.",
                "what is held while it waits in read(): a lock, probably. Lock after the read, not before it. Or does it join() the client's thread?",
            ),
            Cause::DeadClientStays => (
                "your server still writes to a client that has left, and others pay for it.",
                "what happens when a client leaves or a write fails: forget that client, serve the others.",
            ),
            Cause::NoLeft => (
                "your server tells nobody that a client has left.",
                "what follows the read that returns 0: the others must be told.",
            ),
            Cause::NoLeftAfterReset => (
                "your server does not tell that a client has left if it left by a reset.",
                "what follows a read that fails: the same as after one that returns 0.",
            ),
            Cause::NoLeftAfterHalfClose => (
                "your server does not tell that a client has left if it only closed its sending side.",
                "what follows the read that returns 0: it is the end, though a write would still work.",
            ),
            Cause::MixedLines => (
                "your server lets two threads write at the same time: their lines mix.",
                "how a line is written: put it together first, then one write of it all, under the lock.",
            ),
            Cause::OrderDiffers => (
                "your server shows the same lines to different clients in different order.",
                "the loop that writes to all: one lock around all of it, not one for each write.",
            ),
            Cause::WrongPort => (
                "your server listens somewhere else than it was told to.",
                "the call that binds: it must use the program's argument, host:port.",
            ),
            Cause::NotEndedByClient => (
                "your server keeps a connection whose client has said its last word.",
                "what follows the read that returns 0: answer what is due, then close.",
            ),
            Cause::TornLine => (
                "your server takes what one read returns for a message; the network cuts where it likes.",
                "where a message ends: at its newline. Keep what came before it until the rest is there.",
            ),
            Cause::GluedLines => (
                "your server takes two lines that came together for one message.",
                "what one read returns: it may hold several lines, and each is a message.",
            ),
            Cause::KeepsCarriageReturn => (
                "your server keeps the \\r of a line that ends in \\r\\n, as telnet sends it.",
                "the end of the line: cut off \\n, then \\r if there is one.",
            ),
            Cause::CutCharacter => (
                "your server makes text of a packet, not of a line: a character was cut in two.",
                "where bytes become text: collect the bytes of a line first, then decode them.",
            ),
            Cause::EmptyLine => (
                "your server passes empty lines on.",
                "what is left of a line without its end: if nothing is, there is nothing to say.",
            ),
            Cause::PassesControls => (
                "your server passes on what makes a terminal obey: one client can clear another's screen.",
                "the characters of a line: whatever is_control() must not go out as it is.",
            ),
            Cause::LimitTooLow => (
                "your server refuses, or cuts, a line that is just as long as allowed.",
                "what the limit counts: 4096 bytes of text, without the line's end.",
            ),
            Cause::NoLimit => (
                "your server keeps as much of a line as somebody likes to send: memory has an end.",
                "where a line is collected: beyond 4096 bytes drop it, say so, and skip to its newline.",
            ),
            Cause::LosesLastLine => (
                "your server loses what a client says last before it leaves.",
                "the end of the input: what came since the last newline is a line, too.",
            ),
            Cause::NoNames => (
                "your server knows no names: what should be a command is told to everybody.",
                "where a line is dealt with: one that starts with / is not for the others.",
            ),
            Cause::LockWhileAsking => (
                "your server keeps everybody waiting while it waits for one client's answer.",
                "what is held while it asks: a lock, probably. Ask first, lock afterwards.",
            ),
            Cause::SameName => (
                "your server gives one name to two: people take Alice and aLICE for the same.",
                "how a name is compared: without regard to letter case, and under one lock with the change.",
            ),
            Cause::AddressAsName => (
                "your server lets somebody pass for an address.",
                "which names are allowed: nothing that could be an IP address.",
            ),
            Cause::LeftByAddress => (
                "your server says goodbye to an address, though everybody knew a name.",
                "the order: read the name, forget the client, tell the others.",
            ),
            Cause::NameStaysTaken => (
                "your server keeps the name of somebody who has left.",
                "where names are kept: a client's name must go when the client goes.",
            ),
            Cause::NoCommand => (
                "your server does not do this command.",
                "which commands there are: /help, /time, /up, /down, /nick, /who and /exit.",
            ),
            Cause::CommandByPrefix => (
                "your server takes any word that begins like a command for that command.",
                "how a command is found: compare the whole first word, not its beginning.",
            ),
            Cause::PublicAnswer => (
                "your server tells everybody what it should answer to one.",
                "who is written to: an answer, or a refusal, goes to its sender alone.",
            ),
            Cause::HeardAfterExit => (
                "your server still listens to a client that has said /exit.",
                "what follows /exit: nothing that was sent after it may be read as a line.",
            ),
            Cause::FrozenRoom => (
                "your server makes everybody wait for one client that does not read.",
                "the write that blocks, and what is held or not done meanwhile: nobody may wait for it but a thread of that client's own.",
            ),
            Cause::DropsForSlow => (
                "your server drops messages for a client that reads slowly.",
                "what happens when a client's queue is full: it may wait, or go; it must not miss a line.",
            ),
            Cause::DisconnectsSlow => (
                "your server disconnects a client that is merely slow.",
                "the bound of a client's queue: 1 MiB may wait before it is too much.",
            ),
            Cause::UnboundedQueue => (
                "your server keeps for a client whatever it does not read, without end.",
                "the bound of a client's queue: beyond 1 MiB that client is disconnected.",
            ),
            Cause::AnswerOutOfOrder => (
                "your server lets a private answer overtake, or fall behind, what everybody hears.",
                "the ways to a client: there must be one, for answers and broadcasts alike.",
            ),
            Cause::QueueStays => (
                "your server keeps what waited for a client that has left.",
                "the end of a client: its queue and its writing thread must end with it, though that thread is blocked.",
            ),
            Cause::AnybodysName => (
                "your server gives a name to whoever asks first: anybody can be Alice.",
                "what makes a name somebody's own: a key, which nobody else has.",
            ),
        }
    }
}
