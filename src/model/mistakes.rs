//! The mistakes that servers are known to make. Each is the contract with one thing different, and the words for it.

use std::ops::RangeInclusive;

use crate::model::contract::Kind::{
    Answer, Bye, Echo, End, Joined, Left, LineRefused, LoginRefused, NameRefused, Registered,
    Renamed, Said,
};
use crate::model::contract::{
    Action, COMMANDS, ClientId, Contract, Difference, Ending, Event, Expected, Hook, INSTANCES,
    LIMIT, Message, NOT_UTF8, Pattern, Quirk, TOO_LONG, are_together, decoded, is_unsafe_to_print,
    is_well_formed, without_end,
};

pub struct Mistake {
    /// The steps whose contract can be broken so.
    pub steps: RangeInclusive<usize>,
    /// The usual sizes, where there is one to it.
    pub sizes: &'static [usize],
    /// What is different.
    pub differs: &'static [Hook],
    /// The words. `{n}` stands for the size, and stands in brackets.
    pub means: &'static str,
    pub look_at: &'static str,
}

/// A mistake of one size.
#[derive(Clone, Copy)]
pub struct Suspect {
    pub mistake: &'static Mistake,
    pub size: usize,
}

impl Suspect {
    /// What is different.
    fn differences(&self) -> impl Iterator<Item = Difference> {
        self.mistake.differs.iter().map(|differs| Difference {
            differs: *differs,
            size: self.size,
        })
    }

    /// What it means. The size is left out where other sizes explain as much.
    pub fn means(&self, is_sure_of_size: bool) -> String {
        let means = self.mistake.means;
        match (means.find(" ("), means.find("{n}")) {
            (Some(start), Some(size)) if !is_sure_of_size && start < size => {
                let end = means[size..]
                    .find(')')
                    .map_or(means.len(), |end| size + end + 1);
                [&means[..start], &means[end..]].concat()
            }
            _ => means.replace("{n}", &self.size.to_string()),
        }
    }
}

/// The contract with these mistakes.
pub fn with(contract: Contract, suspects: &[Suspect]) -> Contract {
    contract.with(suspects.iter().flat_map(Suspect::differences).collect())
}

/// Everything that can be wrong with a server of this step. Of two servers, the mistakes of one might fit by chance.
pub fn suspects(step: usize) -> Vec<Suspect> {
    let possible = MISTAKES.iter().filter(|mistake| {
        mistake.steps.contains(&step) && (step < INSTANCES || *mistake.steps.start() == step)
    });
    let sized = |mistake: &'static Mistake| {
        mistake.sizes.iter().map(move |size| Suspect {
            mistake,
            size: *size,
        })
    };
    possible.flat_map(sized).collect()
}

/// Each mistake: the steps, what it means, what to look at, and its differences, with the usual sizes if it has one.
macro_rules! mistakes {
    ($($from:literal..=$to:literal $means:literal $look_at:literal $([$($size:expr),*])? $($place:ident($differs:expr)),*;)*) => {
        const MISTAKES: &[Mistake] = &[$(Mistake {
            steps: $from..=$to,
            sizes: mistakes!(@ $([$($size),*])?),
            differs: &[$(Hook::$place($differs)),*],
            means: $means,
            look_at: $look_at,
        }),*];
    };
    (@) => { &[0] };
    (@ [$($size:expr),*]) => { &[$($size),*] };
}

mistakes! {
    // Who is served, and when.

    1..=2 "your server answers nobody."
        "the way from the read to the write: does it write to the connection, and at once? println! writes to your terminal, and a BufWriter keeps what it is given until flush()."
        Hears(|_, event, _, times, _| if event.kind == End { times } else { 0 });
    3..=8 "your server answers nobody."
        "the way from the read to the write: does it write to the connections, and at once? A BufWriter keeps what it is given until flush(), and a thread that locks a mutex which it holds already waits for ever."
        Hears(|_, event, _, times, _| if event.kind == End { times } else { 0 });
    1..=2 "your server talks to one client at a time."
        "the call after accept() that returns only when alice leaves."
        Attends(|c, who, action, _| *action != Action::Connect || others_served(c, who) < 1);
    3..=8 "your server serves nobody else while it waits for one client to say something."
        "what the accept loop waits in: a join, until a client's thread ends? Or what is held while a thread waits in read(): lock after the read, not before it."
        Attends(|c, who, action, _| *action != Action::Connect || others_served(c, who) < 1);
    1..=8 "your server serves some clients at once ({n}), and no more."
        "how many threads there are: each client needs one of its own."
        [2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 15, 16, 20]
        Attends(|c, who, action, n| *action != Action::Connect || others_served(c, who) < n);
    1..=8 "your server waits for one client's words before it serves the next."
        "what happens between accept() and the new thread: to read is the thread's part."
        Attends(|c, who, action, _| *action != Action::Connect || c.clients.iter().enumerate().all(|(other, client)| other == who || !client.is_in() || client.sent > 0));
    3..=8 "your server waits in read() with the list locked, and each client in turn: after somebody has spoken, nobody is heard until the next one has."
        "what is held while it waits in read(): lock after the read, not before it."
        Attends(|c, who, action, _| *action == Action::Connect && c.people().next().is_none() || in_turn(c) == Some(who) || *action == Action::Connect && in_turn(c).is_some_and(|next| c.clients[next].sent > 0));

    // What ends.

    1..=8 "your server stops serving when a client leaves."
        "what follows the read that returns 0: it ends this client, not the accept loop."
        Ends(|_, _, action, _| matches!(action, Action::Leave | Action::HalfClose | Action::Reset).then_some(Ending::Program));
    1..=8 "your server stops serving when a client leaves."
        "what follows the read that returns 0: it ends this client, not the accept loop."
        Ends(|_, _, action, _| matches!(action, Action::Leave | Action::HalfClose).then_some(Ending::Program));
    1..=8 "your server does not survive a client's reset."
        "the errors of read and write: they end this client, so no `?` or `unwrap` may pass them to main."
        Ends(|_, _, action, _| (*action == Action::Reset).then_some(Ending::Program));
    1..=8 "your server gives up on a client that sends bytes which are not UTF-8."
        "where bytes become text: that can fail, and anybody can send anything."
        [0, 1, 2]
        Ends(|_, _, action, n| matches!(action, Action::Send(bytes) if std::str::from_utf8(bytes).is_err()).then_some(ENDINGS[n]));
    4..=8 "your server gives up on a client that sends a line which is not UTF-8."
        "where bytes become text: that can fail, and anybody can send anything."
        [0, 1, 2]
        Ends(|c, who, action, n| matches!(action, Action::Send(bytes) if has_bad_line(&[&c.clients[who].unfinished, bytes.as_slice()].concat())).then_some(ENDINGS[n]));
    4..=8 "your server disconnects a client whose line is too long: it should be told, and stay."
        "where a line is refused: the answer goes to its sender, and the next line counts."
        [1, 2]
        Ends(|c, who, action, n| matches!(action, Action::Send(bytes) if has_long_line(&[&c.clients[who].unfinished, bytes.as_slice()].concat())).then_some(ENDINGS[n]));
    4..=8 "your server disconnects a client whose line is too long: it is to stay."
        "where a line is refused: the answer goes to its sender, and the next line counts."
        [1, 2]
        EndsAfter(|c, who, action, n| (c.clients[who].is_in() && matches!(action, Action::Send(bytes) if has_long_line(bytes))).then_some(ENDINGS[n]));
    1..=8 "your server closes a connection after the client's first message."
        "what happens after the first write: the client's loop goes on until read returns 0."
        EndsAfter(|_, _, action, _| matches!(action, Action::Send(_)).then_some(Ending::Announced));
    1..=8 "your server answers the first message of each client, and no other."
        "what happens after the first write: the client's loop goes on until read returns 0."
        Reads(|client, bytes, _| if client.sent == 0 { bytes } else { Vec::new() });

    // What is made of bytes.

    1..=2 "your server uses only the beginning ({n} bytes) of what one read returns."
        "how much of the buffer you write: as many bytes as read says."
        [8, 10, 13, 16, 20, 32, 50, 63, 64, 80, 100, 120, 127, 128, 140, 200, 250, 255, 256, 300, 400, 500, 511, 512, 1000, 1023, 1024, 1460, 2000, 2047, 2048, 4000, 4095, 4096, 5000, 8000]
        Reads(|_, mut bytes, n| { bytes.truncate(n); bytes });
    1..=2 "your server loses the last byte of what it reads."
        "how much you write: read says how many bytes came, and all of them count."
        Reads(|_, mut bytes, _| { bytes.pop(); bytes });
    1..=2 "your server sends the rest of its buffer ({n} bytes) as well."
        "how much you write: read says how many bytes came, and only these count."
        [16, 32, 64, 100, 128, 200, 256, 500, 512, 1000, 1024, 2048, 4096, 8192]
        Reads(|client, bytes, n| { client.kept.resize(n.max(bytes.len()), 0); client.kept[..bytes.len()].copy_from_slice(&bytes); client.kept.clone() });
    1..=8 "your server changes the letter case of what it is sent."
        "what happens to the text between the read and the write: nothing should."
        [0, 1, 2, 3]
        Reads(|_, bytes, n| match n { 0 => bytes.to_ascii_uppercase(), 1 => bytes.to_ascii_lowercase(), 2 => with_text(&bytes, str::to_uppercase), _ => with_text(&bytes, str::to_lowercase) });
    1..=2 "your server makes text of bytes: what is not UTF-8 comes back as something else."
        "where bytes become text: an echo sends back bytes, whatever they are."
        Reads(|_, bytes, _| String::from_utf8_lossy(&bytes).into_owned().into_bytes());
    1..=2 "your server drops bytes that are not UTF-8."
        "where bytes become text: an echo sends back bytes, whatever they are."
        Reads(|_, bytes, _| bytes.utf8_chunks().map(|chunk| chunk.valid()).collect::<String>().into_bytes());
    1..=8 "your server knows only ASCII: it drops, or replaces, every other character."
        "where bytes become text: an é is two bytes, and no mistake."
        [0, 1]
        Reads(|_, bytes, n| match n { 0 => bytes.into_iter().filter(u8::is_ascii).collect(), _ => bytes.iter().map(|byte| if byte.is_ascii() { *byte } else { b'?' }).collect() });
    1..=8 "your server takes each byte for a character: an é becomes two."
        "where bytes become text: what is sent is UTF-8, not Latin-1."
        Reads(|_, bytes, _| bytes.iter().map(|byte| char::from(*byte)).collect::<String>().into_bytes());
    1..=2 "your server leaves out white space, such as the newline at the end."
        "what happens to the text between the read and the write: nothing should."
        [0, 1, 2, 3]
        Reads(|_, bytes, n| match n { 0 => bytes.trim_ascii().to_vec(), 1 => bytes.trim_ascii_end().to_vec(), 2 => bytes.strip_suffix(b"\n").unwrap_or(&bytes).to_vec(), _ => bytes.into_iter().filter(|byte| *byte != b'\r').collect() });
    1..=2 "your server adds a newline to what it sends back."
        "what you write: the bytes that were read, and no more."
        [0, 1]
        Reads(|_, mut bytes, n| { if n == 1 { bytes = bytes.trim_ascii().to_vec(); } bytes.push(b'\n'); bytes });
    1..=2 "your server sends nothing back before it has read a whole line."
        "the call that reads: read returns what is there, read_line waits for a newline."
        Reads(|client, bytes, _| { client.unfinished.extend(bytes); let end = client.unfinished.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1); client.unfinished.drain(..end).collect() });
    1..=2 "your server sends nothing back before the client has said all."
        "the call that reads: read returns what is there, read_to_end waits for the end. Or is the answer still in a buffer that nobody flushes?"
        Reads(|client, bytes, _| { client.unfinished.extend(bytes); Vec::new() });
    1..=8 "your server stops at a zero byte."
        "where bytes become text: a zero byte is one like any other."
        Reads(|_, bytes, _| bytes.split(|byte| *byte == 0).next().unwrap_or(&[]).to_vec());
    // Who hears.

    2..=2 "your server sends what one client says to others too; an echo answers one."
        "which connections the answer is written to: only the one it was read from."
        Hears(|c, event, client, times, _| if event.kind == Echo { usize::from(c.clients[client].is_in()) } else { times });
    2..=2 "your server answers somebody else than who asked."
        "which connection the answer is written to: the one it was read from."
        [0, 1, 2]
        Hears(|c, event, client, times, n| match event.kind { Echo => usize::from(match n { 0 => c.people().next() == Some(client), 1 => c.people().last() == Some(client), _ => client != event.by && c.clients[client].is_in() }), _ => times });
    3..=3 "your server answers each client for itself: nobody hears anybody else."
        "what a client's thread knows of the other clients: one list that all threads share."
        Sets(|c, _| c.step = 2);
    3..=8 "your server tells each client only what it says itself: nobody hears anybody else."
        "what a client's thread knows of the other clients: one list that all threads share."
        [0, 1]
        Hears(|_, event, client, times, n| if client == event.by || n == 1 && event.kind != Said { times } else { 0 });
    3..=8 "your server tells nobody what somebody says."
        "the way from the read to the write: does it write to everybody in the list?"
        Hears(|_, event, _, times, _| if event.kind == Said { 0 } else { times });
    3..=8 "your server tells everybody but the one who spoke."
        "the loop that writes to all: it must not skip the sender."
        Hears(|_, event, client, times, _| if event.kind == Said && client == event.by { 0 } else { times });
    3..=8 "your server tells a newcomer of its own arrival."
        "the order: first tell those who are there, then add the newcomer."
        Hears(|_, event, client, times, _| if event.kind == Joined && client == event.by { 1 } else { times });
    3..=8 "your server still has a client in its list when it tells that it left."
        "the order: first take the client out of the list, then tell those who are left."
        Hears(|_, event, client, times, _| if event.kind == Left && client == event.by { 1 } else { times });
    3..=8 "your server tells nobody that somebody joined."
        "what happens between accept and the first read: the others must be told."
        Hears(|_, event, _, times, _| if event.kind == Joined { 0 } else { times });
    3..=8 "your server tells nobody that a client has left."
        "what follows the read that returns 0: the others must be told."
        Hears(|_, event, _, times, _| if event.kind == Left { 0 } else { times });
    3..=8 "your server does not tell that a client has left if it left by a reset."
        "what follows a read that fails: the same as after one that returns 0."
        Hears(|c, event, _, times, _| if event.kind == Left && c.doing == Action::Reset { 0 } else { times });
    3..=8 "your server does not tell that a client has left if it only closed its sending side."
        "what follows the read that returns 0: it is the end, though a write would still work."
        Hears(|c, event, _, times, _| if event.kind == Left && c.doing == Action::HalfClose { 0 } else { times });
    3..=8 "your server takes the end of what a client says for one more message."
        "the read that returns 0: it is the end, not a message."
        Sets(|c, _| c.habits.push(Quirk::SaysItsEnd));
    5..=8 "your server does not tell that a client has left if it left with /exit."
        "what follows /exit: the same as after the read that returns 0."
        Hears(|c, event, _, times, _| if event.kind == Left && has_said_exit(c) { 0 } else { times });
    3..=8 "your server takes no notice of a client that has closed its sending side."
        "what follows the read that returns 0: it is the end; say what is still to be said, then close."
        Attends(|_, _, action, _| *action != Action::HalfClose);
    1..=8 "your server keeps a connection whose client has said its last word."
        "what follows the read that returns 0: every handle to the connection must be dropped, or it must be shut down."
        Hears(|_, event, _, times, _| if event.kind == End { 0 } else { times });
    5..=8 "your server keeps a connection whose client has said /exit."
        "what follows Bye.: every handle to the connection must be dropped, or it must be shut down."
        Hears(|c, event, _, times, _| if event.kind == End && has_said_exit(c) { 0 } else { times });
    3..=8 "your server tells nothing to those who have said nothing yet."
        "when a client gets into the list: as soon as it has come."
        Hears(|c, event, client, times, _| if event.kind == End || c.clients[client].said > 0 { times } else { 0 });
    3..=8 "your server leaves out the client that came last."
        "the loop that writes to all: does it reach the end of the list?"
        [0, 1]
        Hears(|c, event, client, times, n| if c.people().last() == Some(client) && (n == 0 || client != event.by) && is_public(event) { 0 } else { times });
    3..=8 "your server leaves out the client that came first."
        "the loop that writes to all: does it begin with the first in the list?"
        Hears(|c, event, client, times, _| if c.people().next() == Some(client) && is_public(event) { 0 } else { times });
    3..=8 "your server tells everything twice."
        "how often a line is written to a connection: is a client twice in the list?"
        Hears(|_, _, _, times, _| 2 * times);
    3..=8 "your server tells the one who speaks twice what was said."
        "how often a line is written to its sender: the sender is in the list, too."
        Hears(|_, event, client, times, _| if client == event.by && event.kind == Said { 2 * times } else { times });
    3..=8 "your server tells twice that somebody joined."
        "how often the notice is written."
        Hears(|_, event, _, times, _| if event.kind == Joined { 2 * times } else { times });
    3..=8 "your server tells twice that somebody left."
        "how often the notice is written: what follows the read that returns 0 must happen once."
        Hears(|_, event, _, times, _| if event.kind == Left { 2 * times } else { times });
    3..=8 "your server loses messages (one in {n})."
        "what becomes of a message that cannot be written at once, or that arrives together with another."
        [2, 3, 4, 5, 6, 7, 8, 9, 10]
        Hears(|c, event, _, times, n| if event.kind == Said && c.clients.iter().map(|client| client.said).sum::<usize>() % n == 0 { 0 } else { times });
    3..=8 "your server loses messages (one in {n} of each client)."
        "what becomes of a message that cannot be written at once, or that arrives together with another."
        [2, 3, 4, 5, 6, 7, 8, 9, 10]
        Hears(|c, event, _, times, n| if event.kind == Said && c.clients[event.by].said % n == 0 { 0 } else { times });

    // What is written.

    3..=8 "your server leaves out the newline: nobody can tell where the line ends."
        "the end of what you write: every line ends in \\n, also one that was trimmed."
        Writes(|_, _, _, expected, _| reworded(expected, |line| line.trim_end_matches('\n').to_string()));
    3..=8 "your server leaves out the newline after what somebody says: nobody can tell where the line ends."
        "the end of what you write: every line ends in \\n, also one that was trimmed."
        Writes(|_, event, _, expected, _| if event.kind == Said { reworded(expected, |line| line.trim_end_matches('\n').to_string()) } else { Some(expected) });
    3..=8 "your server leaves out the newline after the notice that somebody joined."
        "the end of what you write: every line ends in \\n."
        Writes(|_, event, _, expected, _| if event.kind == Joined { reworded(expected, |line| line.trim_end_matches('\n').to_string()) } else { Some(expected) });
    3..=8 "your server leaves out the newline after the notice that somebody left."
        "the end of what you write: every line ends in \\n."
        Writes(|_, event, _, expected, _| if event.kind == Left { reworded(expected, |line| line.trim_end_matches('\n').to_string()) } else { Some(expected) });
    4..=8 "your server leaves out the newline after an answer or a refusal."
        "the end of what you write: every line ends in \\n."
        Writes(|_, event, _, expected, _| if matches!(event.kind, Answer | Bye | LineRefused) { reworded(expected, |line| line.trim_end_matches('\n').to_string()) } else { Some(expected) });
    3..=8 "your server ends what somebody says twice: the text still had its own newline."
        "what you read: trim the text before you put it into a line."
        Writes(|_, event, _, expected, _| if event.kind == Said { reworded(expected, |line| line.to_string() + "\n") } else { Some(expected) });
    3..=8 "your server ends every line twice."
        "the end of what you write: one \\n."
        Writes(|_, _, _, expected, _| reworded(expected, |line| line.to_string() + "\n"));
    3..=8 "your server puts one newline too many after the notice that somebody joined."
        "the end of what you write: one \\n."
        Writes(|_, event, _, expected, _| if event.kind == Joined { reworded(expected, |line| line.to_string() + "\n") } else { Some(expected) });
    3..=8 "your server puts one newline too many after the notice that somebody left."
        "the end of what you write: one \\n."
        Writes(|_, event, _, expected, _| if event.kind == Left { reworded(expected, |line| line.to_string() + "\n") } else { Some(expected) });
    4..=8 "your server puts one newline too many after an answer or a refusal."
        "the end of what you write: one \\n."
        Writes(|_, event, _, expected, _| if matches!(event.kind, Answer | Bye | LineRefused) { reworded(expected, |line| line.to_string() + "\n") } else { Some(expected) });
    3..=8 "your server writes a backslash and an n where a newline should be."
        "how the newline is written: quotes in which an escape counts, or none."
        [0, 1, 2, 3, 4]
        Writes(|_, event, _, expected, n| if concerns(event, n) { reworded(expected, |line| line.replace('\n', "\\n")) } else { Some(expected) });
    3..=8 "your server ends its lines with \\r\\n."
        "the end of what you write: one \\n, without a \\r before it."
        [0, 1, 2, 3, 4]
        Writes(|_, event, _, expected, n| if concerns(event, n) { reworded(expected, |line| line.replace('\n', "\r\n")) } else { Some(expected) });
    3..=8 "your server calls a client by the server's own address."
        "where {who} comes from: accept() and peer_addr() tell the client's address; local_addr() is the server's own."
        [0, 1, 2, 3]
        Writes(|c, event, _, expected, n| { let who = &c.clients[event.by].address; if concerns(event, n) { reworded(expected, |line| line.replacen(who, &c.server, 1)) } else { Some(expected) } });
    3..=8 "your server does not call a client by its whole address."
        "where {who} comes from: an address is host:port; many clients may share the host."
        [0, 1]
        Writes(|c, event, _, expected, n| { let who = c.clients[event.by].address.clone(); let (host, port) = who.rsplit_once(':').unwrap_or((&who, "")); reworded(expected, |line| line.replacen(&who, if n == 0 { host } else { port }, 1)) });
    3..=8 "your server handles nothing before the client has said all."
        "the call that reads: read returns what is there, read_to_end and read_to_string wait for the end. Or are the lines still in a buffer that nobody flushes?"
        Frames(|c, who, bytes, _| { c.clients[who].unfinished.extend(bytes); Vec::new() });
    4..=8 "your server takes a line for whole only at \\r\\n."
        "what ends a line: \\n alone does, too."
        Frames(|c, who, bytes, _| { let unfinished = &mut c.clients[who].unfinished; unfinished.extend(bytes); let end = unfinished.windows(2).rposition(|two| two == b"\r\n").map_or(0, |at| at + 2); let whole: Vec<u8> = unfinished.drain(..end).collect(); whole.split_inclusive(|byte| *byte == b'\n').map(|line| c.message(line)).collect() });
    3..=8 "your server keeps the \\r of a line that ends in \\r\\n, as telnet sends it."
        "the end of the line: cut off \\n, then \\r if there is one."
        [0, 1]
        Decodes(|c, line, n| { let text = decoded(without_end(line), c.limit); match text { Message::Text(text) if line.ends_with(b"\r\n") => Message::Text(text + if n == 0 { "\r" } else { "\u{fffd}" }), text => text } });

    // Lines.

    4..=4 "your server takes what one read returns for a message; the network cuts where it likes."
        "where a message ends: at its newline. Keep what came before it until the rest is there."
        Sets(|c, _| c.step = 3);
    4..=8 "your server takes what one read returns for a message; the network cuts where it likes."
        "where a message ends: at its newline. Keep what came before it until the rest is there."
        [0, 1]
        Frames(|c, _, bytes, n| vec![if n == 0 { c.message(bytes) } else { c.message(bytes.trim_ascii()) }]);
    4..=8 "your server takes what one read returns for a message; the network cuts where it likes."
        "where a message ends: at its newline. Keep what came before it until the rest is there."
        Frames(|c, _, bytes, _| bytes.split_inclusive(|byte| *byte == b'\n').map(|line| c.message(line)).collect());
    4..=8 "your server takes two lines that came together for one message."
        "what one read returns: it may hold several lines, and each is a message."
        Frames(|c, who, bytes, _| { c.clients[who].unfinished.extend(bytes); if !bytes.ends_with(b"\n") { return Vec::new(); } let all = std::mem::take(&mut c.clients[who].unfinished); vec![raw(c, without_end(&all))] });
    4..=8 "your server takes one line from what one read returns: the next one waits until more comes."
        "what one read returns: it may hold several lines. Go on until no whole line is left."
        [0, 1] // 1: what is left at the end is lost.
        Frames(|c, who, bytes, n| { let client = &mut c.clients[who]; let mut rest = std::mem::take(if n == 0 { &mut client.unfinished } else { &mut client.kept }); rest.extend(bytes); let length = rest.iter().position(|byte| *byte == b'\n').map_or(0, |at| at + 1); let line: Vec<u8> = rest.drain(..length).collect(); *(if n == 0 { &mut client.unfinished } else { &mut client.kept }) = rest; if line.is_empty() { Vec::new() } else { vec![c.message(&line)] } });
    4..=8 "your server decodes each packet by itself: half a character is no text."
        "where bytes become text: collect the bytes of a line first, then decode them."
        Frames(|c, who, bytes, _| if std::str::from_utf8(bytes).is_ok() { c.lines(who, bytes) } else { vec![Message::Refused(NOT_UTF8)] });
    4..=8 "your server loses what it has read beyond a line."
        "what keeps the bytes: a BufReader must live as long as its connection, and what one read returns may hold several lines."
        Frames(|c, who, bytes, _| { let mut messages = c.lines(who, bytes); messages.truncate(1); if bytes.contains(&b'\n') { c.clients[who].unfinished.clear(); } messages });
    4..=8 "your server says a client's earlier lines again with each new one."
        "where a line is collected: read_line and read_until append to what is there. Clear it before each line, or make a new one."
        [0, 1, 2] // What becomes of the newlines in it: they stay, are replaced, or were taken off.
        Frames(|c, who, bytes, n| { let mut messages = Vec::new(); for part in bytes.split_inclusive(|byte| *byte == b'\n') { c.clients[who].kept.extend(if n == 2 { without_end(part) } else { part }); if part.ends_with(b"\n") { let kept = without_end(&c.clients[who].kept); messages.push(if n == 0 { raw(c, kept) } else { c.message(kept) }); } } messages });
    4..=8 "your server loses what a client says last before it leaves."
        "the end of the input: what came since the last newline is a line, too."
        Sets(|c, _| c.habits.push(Quirk::ForgetsLastLine));
    4..=8 "your server makes text of a packet, not of a line: a character was cut in two."
        "where bytes become text: collect the bytes of a line first, then decode them."
        Frames(|c, who, bytes, _| { let text = String::from_utf8_lossy(bytes).into_owned(); c.lines(who, text.as_bytes()) });
    4..=8 "your server passes empty lines on."
        "what is left of a line without its end: if nothing is, there is nothing to say."
        Sets(|c, _| c.habits.push(Quirk::PassesEmptyLines));
    4..=8 "your server takes other characters than \\n for the end of a line."
        "where a line ends: at \\n and nowhere else. What splits text into lines may know more ends."
        [0, 1, 2]
        Frames(|c, who, bytes, n| { let ends = LINE_ENDS[n]; let text: Vec<u8> = bytes.utf8_chunks().flat_map(|chunk| [chunk.valid().replace(ends, "\n").as_bytes(), chunk.invalid()].concat()).collect(); c.lines(who, &text) });
    4..=8 "your server keeps as much of a line as somebody likes to send: memory has an end."
        "where a line is collected: beyond 4096 bytes drop it, say so, and skip to its newline."
        Sets(|c, _| c.limit = usize::MAX);
    4..=8 "your server has another limit for a line than 4096 bytes ({n})."
        "what the limit counts: 4096 bytes of text, without the line's end."
        [13, 63, 64, 79, 80, 100, 127, 128, 140, 200, 254, 255, 256, 500, 511, 512, 1000, 1022, 1023, 1024, 2000, 2046, 2047, 2048, 4000, 4093, 4094, 4095, 4097, 4098, 4099, 5000, 8190, 8191, 8192]
        Sets(|c, n| c.limit = n);
    4..=8 "your server counts the end of a line as part of it."
        "what the limit counts: 4096 bytes of text, without the line's end."
        [0, 1]
        Decodes(|c, line, n| { let length = if n == 0 { line.len() } else { line.strip_suffix(b"\n").unwrap_or(line).len() }; if length > c.limit { Message::Refused(TOO_LONG) } else { decoded(line, c.limit) } });
    4..=8 "your server counts characters where bytes are to be counted."
        "what the limit counts: 4096 bytes of text, without the line's end."
        Sets(|c, _| c.limit = 4 * LIMIT), Decodes(|_, line, _| match decoded(line, usize::MAX) { Message::Text(text) if text.chars().count() > LIMIT => Message::Refused(TOO_LONG), message => message });
    4..=8 "your server refuses a line that is too long only when its newline comes. If it keeps the line until then, memory has an end."
        "where a line is collected: beyond 4096 bytes drop it, say so, and skip to its newline."
        Sets(|c, _| c.limit = usize::MAX), Decodes(|_, line, _| decoded(line, LIMIT));
    4..=8 "your server takes the rest of a long line for another line."
        "what follows the refusal: all up to the newline belongs to the line that was refused."
        [4096, 4097, 4098]
        Frames(|c, who, bytes, n| in_pieces(c, who, bytes, n, |_, piece, n| if piece.len() >= n && !piece.ends_with(b"\n") { Message::Refused(TOO_LONG) } else { decoded(piece, LIMIT) }));
    4..=8 "your server cuts a long line into several."
        "where a line is too long: it is dropped whole, and its sender told."
        [1000, 1023, 1024, 2048, 4095, 4096, 4097, 4098, 8192]
        Frames(|c, who, bytes, n| in_pieces(c, who, bytes, n, |_, piece, _| decoded(piece, usize::MAX)));
    4..=8 "your server cuts a long line off, and passes on its beginning."
        "where a line is too long: it is dropped whole, and its sender told."
        [64, 128, 256, 512, 1000, 1024, 2048, 4095, 4096, 4097, 4098]
        Sets(|c, _| c.limit = usize::MAX), Decodes(|_, line, n| decoded(&without_end(line)[..n.min(without_end(line).len())], usize::MAX));
    4..=8 "your server passes on a line that is not UTF-8, or what it made of it."
        "where bytes become text: from_utf8 says that they are none, from_utf8_lossy does not."
        Decodes(|c, line, _| match decoded(line, c.limit) { Message::Refused(NOT_UTF8) => decoded(String::from_utf8_lossy(without_end(line)).as_bytes(), usize::MAX), message => message });
    4..=8 "your server drops the bytes of a line that are not UTF-8, and passes on the rest."
        "where bytes become text: from_utf8 says that they are none, from_utf8_lossy does not."
        Decodes(|c, line, _| match decoded(line, c.limit) { Message::Refused(NOT_UTF8) => decoded(line.utf8_chunks().map(|chunk| chunk.valid()).collect::<String>().as_bytes(), usize::MAX), message => message });
    4..=8 "your server drops a line that is not UTF-8, and does not say so."
        "where a line is refused: its sender is told why, and stays."
        Decodes(|c, line, _| match decoded(line, c.limit) { Message::Refused(NOT_UTF8) => Message::Text(String::new()), message => message });
    4..=8 "your server drops a line that is too long, and does not say so."
        "where a line is refused: its sender is told why, and stays."
        Hears(|_, event, _, times, _| if event.expected == Expected::Bytes(format!("{TOO_LONG}\n").into_bytes()) { 0 } else { times });
    4..=8 "your server tells everybody that a line was refused; it concerns its sender alone."
        "who is written to: an answer, or a refusal, goes to its sender alone."
        Hears(|c, event, client, times, _| if event.kind == LineRefused { usize::from(c.clients[client].is_in()) } else { times });
    4..=8 "your server passes on what makes a terminal obey: one client can clear another's screen."
        "the characters of a line: whatever is_control() must not go out as it is."
        Decodes(|c, line, _| shown_by(c, line, |_| false, ""));
    4..=8 "your server passes on some of what makes a terminal obey: the control characters beyond ASCII."
        "the characters of a line: whatever char::is_control() must not go out as it is; U+009B steers a terminal like ESC."
        Decodes(|c, line, _| shown_by(c, line, |c| c.is_ascii_control() && c != '\t', "\u{fffd}"));
    4..=8 "your server does not show a control character as it should."
        "whatever is_control(), but not the tab: U+FFFD comes in its place."
        [0, 1, 2, 3]
        Decodes(|c, line, n| shown_by(c, line, if n == 3 { char::is_control } else { is_unsafe_to_print }, ["", "?", " ", ""][n]));
    4..=8 "your server replaces the tab, too."
        "whatever is_control(), but not the tab: U+FFFD comes in its place."
        Decodes(|c, line, _| shown_by(c, line, char::is_control, "\u{fffd}"));

    // Names and commands.

    5..=5 "your server does not know this command: it tells everybody what should be one."
        "where a line is dealt with: one that starts with / is not for the others."
        Sets(|c, _| c.step = 4);
    5..=8 "your server does not know this command."
        "which commands there are: /help, /time, /up, /down, /nick, /who and /exit."
        [0, 1, 2, 3, 4, 5, 6]
        Commands(|c, who, line, n| { let word = first_word(line); let is_unknown = word == COMMANDS[n]; if is_unknown { c.tell_line(Answer, who, &format!("Unknown command: {word}. Try /help.")); } is_unknown });
    5..=8 "your server does not know this command: it tells everybody what should be one."
        "where a line is dealt with: one that starts with / is not for the others."
        [0, 1, 2, 3, 4, 5, 6, 7]
        Commands(|c, who, line, n| { let word = first_word(line); let is_unknown = COMMANDS.get(n).map_or(!COMMANDS.contains(&word), |command| word == *command); if is_unknown { c.says(who, line); } is_unknown });
    5..=8 "your server answers /exit, and goes on serving that client."
        "what follows Bye.: the client's loop ends, as after the read that returns 0."
        Commands(|c, who, line, _| first_word(line) == "/exit" && { c.tell_line(Bye, who, "Bye."); true });
    5..=8 "your server tells everybody the answer to a command; it concerns its sender alone."
        "who is written to: an answer, or a refusal, goes to its sender alone."
        [0, 1, 2, 3, 4, 5, 6]
        Hears(|c, event, client, times, n| { let is_it = matches!(&c.doing, Action::Send(bytes) if bytes.split(|byte| *byte == b'\n').any(|line| line.starts_with(COMMANDS[n].as_bytes()))); let is_answer = if n == 6 { event.kind == Bye } else { matches!(event.kind, Answer | NameRefused) }; if is_it && is_answer { usize::from(c.clients[client].is_in()) } else { times } });
    5..=8 "your server does not answer a command that it does not know."
        "what becomes of a word that is no command: Unknown command: {name}. Try /help."
        Commands(|_, _, line, _| !COMMANDS.contains(&first_word(line)));
    5..=8 "your server takes any word that begins like a command for that command."
        "how a command is found: compare the whole first word, not its beginning."
        [0, 1]
        Commands(|c, who, line, n| { let word = first_word(line); let found = COMMANDS.iter().find(|command| word.starts_with(**command) && word != **command); let Some(command) = found else { return false; }; let rest = if n == 0 { line[word.len()..].to_string() } else { line[command.len()..].to_string() }; c.obeys(who, &format!("{command} {rest}")); true });
    5..=8 "your server takes /HELP for /help; the letter case of a command counts."
        "how a command is found: compare the whole first word, as it is."
        [0, 1] // 1: the answer to what is no command has it in small letters, too.
        Commands(|c, who, line, n| { let word = first_word(line); let lower = word.to_ascii_lowercase(); lower != word && (n == 1 || COMMANDS.contains(&lower.as_str())) && { c.obeys(who, &format!("{lower}{}", &line[word.len()..])); true } });
    5..=8 "your server leaves out the / of a command that it does not know."
        "the answer to what is no command: Unknown command: {name}, where the name is the whole first word."
        Commands(|c, who, line, _| { let word = first_word(line); !COMMANDS.contains(&word) && { c.tell_line(Answer, who, &format!("Unknown command: {}. Try /help.", word.trim_start_matches('/'))); true } });
    5..=8 "your server names the whole line as a command that it does not know."
        "the answer to what is no command: Unknown command: {name}, where the name is the whole first word."
        Commands(|c, who, line, _| !COMMANDS.contains(&first_word(line)) && { c.tell_line(Answer, who, &format!("Unknown command: {line}. Try /help.")); true });
    5..=8 "your server changes only ASCII letters to upper and lower case."
        "which function makes upper case: é has one, too."
        Commands(|c, who, line, _| changes_case(c, who, line, str::to_ascii_uppercase, str::to_ascii_lowercase));
    5..=8 "your server answers /up and /down with the first word alone."
        "where the text of a command ends: at the end of the line."
        Commands(|c, who, line, _| changes_case(c, who, line, |text| first_word(text).to_uppercase(), |text| first_word(text).to_lowercase()));
    5..=8 "your server takes /up for /down, and /down for /up."
        "what each of the two does."
        Commands(|c, who, line, _| changes_case(c, who, line, str::to_lowercase, str::to_uppercase));
    5..=8 "your server gives the text back as it was; /up and /down are to change its letter case."
        "what /up and /down do with their text."
        [0, 1]
        Commands(|c, who, line, n| changes_case(c, who, line, str::to_string, str::to_lowercase) && n == 0 || n == 1 && changes_case(c, who, line, str::to_uppercase, str::to_string));
    5..=8 "your server answers /up without a text with an empty line."
        "a command without its text: say what is missing."
        Commands(|c, who, line, _| matches!(line.trim(), "/up" | "/down") && { c.tell_line(Answer, who, ""); true });
    5..=8 "your server does not sort the names of /who."
        "the order of the names: sorted, with letter case aside."
        Commands(|c, who, line, _| lists(c, who, line, |_| {}, ", "));
    5..=8 "your server sorts the names of /who with capital letters before small ones."
        "the order of the names: sorted, with letter case aside."
        Commands(|c, who, line, _| lists(c, who, line, |names| names.sort(), ", "));
    5..=8 "your server puts something else than a comma and a blank between the names of /who."
        "how the names are joined."
        [0, 1, 2, 3]
        Commands(|c, who, line, n| lists(c, who, line, |names| names.sort_by_key(|name| name.to_ascii_lowercase()), [" ", ",", "\n", "; "][n]));
    5..=8 "your server leaves out of /who the client that asks."
        "whose names belong into the list: everybody's."
        Commands(|c, who, line, _| { let mut names: Vec<String> = c.people().filter(|other| *other != who).map(|other| c.name(other).to_string()).collect(); names.sort_by_key(|name| name.to_ascii_lowercase()); first_word(line) == "/who" && { c.tell_line(Answer, who, &names.join(", ")); true } });
    5..=8 "your server still listens to a client that has said /exit."
        "what follows /exit: nothing that was sent after it may be read as a line."
        Sets(|c, _| c.habits.push(Quirk::ListensAfterExit));
    5..=8 "your server ends the connection without a goodbye."
        "what follows /exit: first Bye., then the end."
        Hears(|_, event, _, times, _| if event.kind == Bye { 0 } else { times });
    5..=8 "your server closes a connection from which it has not read all: that resets it, and what is on its way may be lost."
        "how the connection ends: shutdown(Write), read what still comes, then close."
        [0, 1]
        Writes(|c, event, _, expected, n| match (event.kind, &c.doing) { (End, Action::Send(bytes)) if !after_exit(bytes).is_empty() || n == 1 => Some(Expected::End { in_order: false }), _ => Some(expected) });
    5..=8 "your server tells everybody what it should answer to one."
        "who is written to: an answer, or a refusal, goes to its sender alone."
        Hears(|c, event, client, times, _| if matches!(event.kind, Answer | NameRefused) { usize::from(c.clients[client].is_in()) } else { times });
    5..=8 "your server tells everybody why somebody cannot have a name; that concerns one alone."
        "who is written to: an answer, or a refusal, goes to its sender alone."
        Hears(|c, event, client, times, _| if event.kind == NameRefused { usize::from(c.clients[client].is_in()) } else { times });
    5..=8 "your server does not say why a name is refused."
        "what becomes of a name that cannot be had: its sender is told why."
        Hears(|_, event, _, times, _| if event.kind == NameRefused { 0 } else { times });
    5..=8 "your server tells a new name only to the one who has it."
        "who is written to: everybody is to hear of it."
        Hears(|_, event, client, times, _| if event.kind == Renamed && client != event.by { 0 } else { times });
    5..=8 "your server tells a new name to everybody but the one who has it."
        "who is written to: everybody is to hear of it, the one who asked included."
        Hears(|_, event, client, times, _| if event.kind == Renamed && client == event.by { 0 } else { times });
    5..=8 "your server tells nobody that somebody has another name."
        "what follows the change of a name: {old} is now {new}, to everybody."
        Hears(|_, event, _, times, _| if event.kind == Renamed { 0 } else { times });
    5..=8 "your server gives one name to two: people take Alice and aLICE for the same."
        "how a name is compared: with letter case aside, and under one lock with the change."
        Grants(|c, who, name, right, _| right || is_well_formed(name) && !c.people().any(|other| c.clients[other].name.as_deref() == Some(name)) && c.people().any(|other| other != who));
    5..=8 "your server gives a name that somebody else has already."
        "whether a name is free: compare it with everybody's, under one lock with the change."
        Grants(|c, who, name, right, _| right || is_well_formed(name) && c.clients[who].name.as_deref() != Some(name));
    5..=8 "your server gives a name that should be refused: its first character is no letter."
        "which names are allowed: 3 to 15 ASCII letters, digits, '-' or '.', the first a letter. Then nobody can pass for an address."
        Grants(|c, who, name, right, _| right || is_well_formed(&format!("a{}", &name.get(1..).unwrap_or(""))) && c.is_free(who, name));
    5..=8 "your server gives a name that is too short."
        "which names are allowed: 3 to 15 ASCII letters, digits, '-' or '.', the first a letter."
        Grants(|c, who, name, right, _| right || (1..3).contains(&name.len()) && is_well_formed(&format!("{name}aa")) && c.is_free(who, name));
    5..=8 "your server gives a name that is too long (it allows {n} characters)."
        "which names are allowed: 3 to 15 ASCII letters, digits, '-' or '.', the first a letter."
        [16, 20, 24, 30, 32, 64, 255, 1000]
        Grants(|c, who, name, right, n| right || (16..=n).contains(&name.len()) && name.is_ascii() && is_well_formed(&name[..15]) && !name.contains('_') && c.is_free(who, name));
    5..=8 "your server gives a name with a character that is not allowed."
        "which names are allowed: 3 to 15 ASCII letters, digits, '-' or '.', the first a letter."
        [0, 1, 2]
        Grants(|c, who, name, right, n| { let allows = |c: char| match n { 0 => c == '_', 1 => !c.is_ascii() && c.is_alphabetic(), _ => c == '_' || !c.is_ascii() || c == ' ' || c == '!' }; right || name.chars().any(allows) && is_well_formed(&name.replace(allows, "a")) && c.is_free(who, name) });
    5..=8 "your server refuses a name that is allowed."
        "which names are allowed: 3 to 15 ASCII letters, digits, '-' or '.', the first a letter."
        [0, 1, 2, 3, 4, 5, 6]
        Grants(|_, _, name, right, n| right && match n { 0 => name.len() > 3, 1 => name.len() < 15, 2 => !name.contains('-'), 3 => !name.contains('.'), 4 => !name.contains(|c: char| c.is_ascii_digit()), 5 => !name.starts_with(|c: char| c.is_ascii_uppercase()), _ => !name.starts_with(|c: char| c.is_ascii_lowercase()) });
    5..=8 "your server refuses somebody its own name in another letter case."
        "whose names count: everybody else's."
        Grants(|c, who, name, right, _| right && !c.clients[who].name.as_ref().is_some_and(|own| own.eq_ignore_ascii_case(name)));
    5..=8 "your server announces a name to everybody that its owner has already."
        "whether the name is another: who asks for the one it has is told so, alone."
        Grants(|c, who, name, right, _| right || c.clients[who].name.as_deref() == Some(name));
    5..=8 "your server keeps the name of somebody who has left."
        "where names are kept: a client's name must go when the client goes."
        Grants(|c, who, name, right, _| right && !c.clients.iter().enumerate().any(|(other, client)| other != who && client.name.as_ref().is_some_and(|its| its.eq_ignore_ascii_case(name))));
    5..=8 "your server says goodbye to an address, though everybody knew a name."
        "the order: read the name, forget the client, tell the others."
        Writes(|c, event, _, expected, _| if event.kind == Left { Some(Expected::Bytes(format!("{} left the chat.\n", c.clients[event.by].address).into_bytes())) } else { Some(expected) });
    5..=8 "your server calls a client by its address, though it has a name."
        "where {who} comes from when somebody says something: look the name up."
        Writes(|c, event, _, expected, _| { let name = c.name(event.by).to_string(); let address = c.clients[event.by].address.clone(); if event.kind == Said { reworded(expected, |line| line.replacen(&name, &address, 1)) } else { Some(expected) } });

    // Accounts.

    7..=8 "your server tells a key to everybody."
        "who hears the answer to /register: its sender alone."
        Hears(|c, event, client, times, _| if event.kind == Registered { usize::from(c.clients[client].is_in()) } else { times });
    7..=8 "your server gives a registered name to a client that asks for it with /nick."
        "what /nick asks: whether somebody here has the name, and whether it is registered."
        Grants(|c, who, name, right, _| right || c.would_be_free(who, name));
    7..=8 "your server takes a registered name in another letter case for another name."
        "where names are compared: letter case aside, with those that are registered, too."
        Sets(|c, _| c.habits.push(Quirk::KnowsNamesToTheLetter));
    7..=8 "your server lets a client register the name that somebody else has here."
        "what /register asks: whether the name is registered, and whether somebody else here has it."
        Sets(|c, _| c.habits.push(Quirk::RegistersAnyName));
    7..=8 "your server registers a name again that is registered already."
        "what /register asks first: whether there is an account of that name, also the client's own."
        Sets(|c, _| c.habits.push(Quirk::RegistersAgain));
    7..=8 "your server lets anybody in, whatever the key."
        "where the key is compared: with the one that was made for this name."
        Sets(|c, _| c.habits.push(Quirk::TakesAnyKey));
    7..=8 "your server takes the beginning of a key for the key."
        "where the key is compared: all of it counts, and its length does."
        Sets(|c, _| c.habits.push(Quirk::TakesTheBeginningOfAKey));
    7..=8 "your server has words of its own for a login that fails: they must be the same, whatever was wrong."
        "what is answered: Wrong name or key. Other words may tell which of them it was."
        Writes(|_, event, _, expected, _| Some(if event.kind == LoginRefused { Expected::Matches(Pattern::LoginRefusal) } else { expected }));
    7..=8 "your server lets an old connection go on when its owner has logged in elsewhere."
        "what a login does with another connection of that name: it is told, closed, and heard no more."
        Sets(|c, _| c.habits.push(Quirk::KeepsTheOldConnection));
    7..=8 "your server tells an older connection that its owner has logged in elsewhere, and does not close it."
        "what a login does with another connection of that name: it is told, then closed."
        Sets(|c, _| c.habits.push(Quirk::KeepsTheOldOpen));
    7..=8 "your server registers a name, and does not call the client by it."
        "what follows a registration: {old} is now {name}, for everybody."
        Sets(|c, _| c.habits.push(Quirk::RegistersWithoutTheName));
    7..=8 "your server tells that somebody left whose owner has only logged in elsewhere."
        "what a login does with another connection of that name: for all others, the person is still here."
        Sets(|c, _| c.habits.push(Quirk::TellsThatTheOldOneLeft));
    7..=8 "your server does not end the connection at the third wrong login in a row."
        "what is counted: all that a client tries, a wrong name as well as a wrong key, whichever names they are."
        Sets(|c, _| c.habits.push(Quirk::LetsGuessForEver));
    7..=8 "your server goes on counting wrong logins after a right one."
        "what a right login does: the count begins anew."
        Sets(|c, _| c.habits.push(Quirk::NeverForgetsGuesses));
    7..=8 "your server counts the wrong logins of all clients together: one who guesses gets others disconnected."
        "where it counts: each client has a number of its own."
        Sets(|c, _| c.habits.push(Quirk::CountsAllGuessesTogether));

    // Two servers.

    8..=8 "what is said at one of your servers is not heard at the other."
        "where a client's words go: to what the servers share, and only from there to clients."
        Hears(|_, event, client, times, _| if event.kind == Said && !are_together(event.by, client) { 0 } else { times });
    8..=8 "your servers share nothing: each is a room of its own."
        "where what happens goes: to what the servers share, and only from there to clients."
        Hears(|_, event, client, times, _| if is_public(event) && !are_together(event.by, client) { 0 } else { times });
    8..=8 "nobody at the other server hears that somebody has come."
        "what a new client leads to: an entry of its own in what the servers share."
        Hears(|_, event, client, times, _| if event.kind == Joined && !are_together(event.by, client) { 0 } else { times });
    8..=8 "nobody at the other server hears that somebody has left."
        "what a departure leads to: an entry of its own in what the servers share."
        Hears(|_, event, client, times, _| if event.kind == Left && !are_together(event.by, client) { 0 } else { times });
    8..=8 "nobody at the other server hears that somebody has another name."
        "what a new name leads to: an entry of its own in what the servers share."
        Hears(|_, event, client, times, _| if event.kind == Renamed && !are_together(event.by, client) { 0 } else { times });
    8..=8 "each of your servers knows the names of its own clients only: two of them give away the same one."
        "where a name is decided: in one place for all servers, and in one go."
        Sets(|c, _| c.habits.push(Quirk::KnowsNamesHere));
    8..=8 "each of your servers knows only the accounts that were made there."
        "where accounts are kept: in one place for all servers."
        Sets(|c, _| c.habits.push(Quirk::KnowsAccountsHere));
    8..=8 "/who lists only the clients of one server."
        "what a server knows of the people at the others: from what they share, as everybody comes, is renamed and leaves."
        Sets(|c, _| c.habits.push(Quirk::ListsPeopleHere));
}

/// What some libraries take for the end of a line, too.
const LINE_ENDS: [&[char]; 3] = [
    &['\r'],
    &[
        '\r', '\u{b}', '\u{c}', '\u{1c}', '\u{1d}', '\u{1e}', '\u{85}', '\u{2028}', '\u{2029}',
    ],
    &['\u{b}', '\u{c}', '\u{85}', '\u{2028}', '\u{2029}'],
];

/// How a server may give up on a client, by the size of the mistake.
const ENDINGS: [Ending; 3] = [Ending::Program, Ending::Announced, Ending::Silent];

fn has_said_exit(contract: &Contract) -> bool {
    matches!(&contract.doing, Action::Send(bytes) if bytes.windows(5).any(|word| word == b"/exit"))
}

fn others_served(contract: &Contract, who: ClientId) -> usize {
    let served = contract
        .clients
        .iter()
        .enumerate()
        .filter(|(other, client)| *other != who && client.is_in());
    served.count()
}

/// Whose turn it is where each client in turn is waited for: who has spoken least, the oldest first.
fn in_turn(contract: &Contract) -> Option<ClientId> {
    contract
        .people()
        .min_by_key(|who| contract.clients[*who].sent)
}

fn has_long_line(bytes: &[u8]) -> bool {
    bytes
        .split(|byte| *byte == b'\n')
        .any(|line| line.strip_suffix(b"\r").unwrap_or(line).len() > LIMIT)
}

fn has_bad_line(bytes: &[u8]) -> bool {
    let whole = bytes
        .split_inclusive(|byte| *byte == b'\n')
        .filter(|line| line.ends_with(b"\n"));
    whole
        .into_iter()
        .any(|line| std::str::from_utf8(line).is_err())
}

/// Bytes whose text is changed; what is no text stays.
fn with_text(bytes: &[u8], change: fn(&str) -> String) -> Vec<u8> {
    bytes
        .utf8_chunks()
        .flat_map(|chunk| [change(chunk.valid()).as_bytes(), chunk.invalid()].concat())
        .collect()
}

/// Whether a mistake of this size concerns what is told: all lines, or those of one kind.
fn concerns(event: &Event, size: usize) -> bool {
    match size {
        0 => true,
        1 => event.kind == Said,
        2 => event.kind == Joined,
        3 => event.kind == Left,
        _ => matches!(event.kind, Answer | Bye | LineRefused),
    }
}

fn is_public(event: &Event) -> bool {
    matches!(event.kind, Said | Joined | Left | Renamed)
}

#[allow(clippy::unnecessary_wraps)] // As its callers return it.
fn reworded(expected: Expected, change: impl Fn(&str) -> String) -> Option<Expected> {
    match expected {
        Expected::Bytes(bytes) => Some(Expected::Bytes(
            change(&String::from_utf8_lossy(&bytes)).into_bytes(),
        )),
        other => Some(other),
    }
}

/// A message as it was sent, with newlines in it.
fn raw(contract: &Contract, bytes: &[u8]) -> Message {
    match std::str::from_utf8(bytes) {
        Ok(text) if text.len() <= contract.limit => Message::Text(text.to_string()),
        _ => contract.message(bytes),
    }
}

/// What is sent cut into pieces of at most `size` bytes, each of which is dealt with like a line.
fn in_pieces(
    contract: &mut Contract,
    who: ClientId,
    bytes: &[u8],
    size: usize,
    deal: fn(&Contract, &[u8], usize) -> Message,
) -> Vec<Message> {
    let mut messages = Vec::new();
    for byte in bytes {
        let unfinished = &mut contract.clients[who].unfinished;
        unfinished.push(*byte);
        if *byte == b'\n' || unfinished.len() >= size {
            let piece = std::mem::take(unfinished);
            messages.push(deal(contract, &piece, size));
        }
    }
    messages
}

/// A line in which another choice of characters is replaced.
fn shown_by(contract: &Contract, line: &[u8], is_bad: fn(char) -> bool, by: &str) -> Message {
    match decoded(line, contract.limit) {
        Message::Text(_) => {
            Message::Text(String::from_utf8_lossy(without_end(line)).replace(is_bad, by))
        }
        message => message,
    }
}

fn first_word(line: &str) -> &str {
    line.split_whitespace().next().unwrap_or("")
}

fn changes_case(
    contract: &mut Contract,
    who: ClientId,
    line: &str,
    up: fn(&str) -> String,
    down: fn(&str) -> String,
) -> bool {
    let text = line[first_word(line).len()..].trim();
    let answer = match first_word(line) {
        "/up" if !text.is_empty() => up(text),
        "/down" if !text.is_empty() => down(text),
        _ => return false,
    };
    contract.tell_line(Answer, who, &answer);
    true
}

fn lists(
    contract: &mut Contract,
    who: ClientId,
    line: &str,
    order: fn(&mut Vec<String>),
    between: &str,
) -> bool {
    let mut names: Vec<String> = contract
        .people()
        .map(|who| contract.name(who).to_string())
        .collect();
    order(&mut names);
    first_word(line) == "/who" && {
        contract.tell_line(Answer, who, &names.join(between));
        true
    }
}

/// What came in the same packet after `/exit`.
fn after_exit(bytes: &[u8]) -> &[u8] {
    let line = b"/exit\n";
    let at = bytes.windows(line.len()).position(|window| window == line);
    at.map_or(&[], |at| &bytes[at + line.len()..])
}
