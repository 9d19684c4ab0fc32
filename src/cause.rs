//! The mistakes behind a failure, and what is said of them.

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
    pub fn explanation(self) -> (&'static str, &'static str) {
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
