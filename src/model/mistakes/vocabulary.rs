//! The words that rules are made of.

use crate::model::contract::commands::is_well_formed;
use crate::model::contract::lines::decoded;
use crate::model::contract::{
    Action, Client, ClientId, Command, Contract, Delivery, Ending, Expected, Input, Kind, Line,
    Message, NameRequest, Packet, are_together, commands_of,
};
use crate::model::features::Feature;

impl Contract {
    /// It promises what a server promises before this is taught.
    pub fn forget(&mut self, feature: Feature) {
        self.step = feature.step() - 1;
    }
}

impl<'c> Input<'c> {
    pub fn connects(&self) -> bool {
        *self.action == Action::Connect
    }

    pub fn resets(&self) -> bool {
        *self.action == Action::Reset
    }

    pub fn leaves(&self) -> bool {
        matches!(self.action, Action::Leave | Action::HalfClose)
    }

    /// The bytes that it sends, if it does.
    pub fn sent(&self) -> Option<&'c [u8]> {
        match self.action {
            Action::Send(bytes) => Some(bytes),
            _ => None,
        }
    }

    /// The same, with what is there of its line.
    pub fn lines_so_far(&self) -> Vec<u8> {
        let unfinished = &self.contract.clients[self.by].unfinished;
        let all = |bytes| [unfinished.as_slice(), bytes].concat();
        self.sent().map(all).unwrap_or_default()
    }

    pub fn is_served(&self) -> bool {
        self.contract.clients[self.by].is_in()
    }

    /// The other clients that are served.
    pub fn others(&self) -> impl Iterator<Item = &Client> {
        let people = self.contract.people().filter(|other| *other != self.by);
        people.map(|other| &self.contract.clients[other])
    }

    /// How the server gives up on a client, by the size of the mistake.
    pub fn gives_up_if(&self, condition: bool) -> Option<Ending> {
        condition.then_some([Ending::Program, Ending::Announced, Ending::Silent][self.size])
    }
}

impl Packet<'_> {
    pub fn client(&mut self) -> &mut Client {
        &mut self.contract.clients[self.by]
    }
}

impl Line<'_> {
    pub fn decoded(&self) -> Message {
        decoded(self.bytes, self.contract.limit)
    }
}

impl Delivery<'_> {
    pub fn is(&self, kind: Kind) -> bool {
        self.event.kind == kind
    }

    /// Whether it is of one of these kinds; none: any.
    pub fn is_of(&self, kinds: &[Kind]) -> bool {
        kinds.is_empty() || kinds.contains(&self.event.kind)
    }

    /// Whether the mistake concerns lines of this kind.
    pub fn is_concerned(&self) -> bool {
        self.is_of(self.of)
    }

    pub fn is_public(&self) -> bool {
        self.event.kind.is_public()
    }

    /// Whether it goes to the client that caused it.
    pub fn is_to_sender(&self) -> bool {
        self.to == self.event.by
    }

    /// Whether it goes to a client of the other server.
    pub fn is_elsewhere(&self) -> bool {
        !are_together(self.to, self.event.by)
    }

    pub fn is_to_first(&self) -> bool {
        self.contract.people().next() == Some(self.to)
    }

    pub fn is_to_last(&self) -> bool {
        self.contract.people().last() == Some(self.to)
    }

    pub fn receiver(&self) -> &Client {
        &self.contract.clients[self.to]
    }

    pub fn sender(&self) -> &Client {
        &self.contract.clients[self.event.by]
    }

    /// What has led to it.
    pub fn is_after(&self, action: &Action) -> bool {
        self.contract.doing == *action
    }

    /// The bytes that have led to it.
    pub fn sent(&self) -> &[u8] {
        match &self.contract.doing {
            Action::Send(bytes) => bytes,
            _ => &[],
        }
    }

    pub fn is_after_exit(&self) -> bool {
        self.sent().windows(5).any(|word| word == b"/exit")
    }

    // How often it arrives.

    pub fn never_if(&self, condition: bool) -> usize {
        self.times_if(condition, 0)
    }

    pub fn twice_if(&self, condition: bool) -> usize {
        self.times_if(condition, 2 * self.times)
    }

    pub fn to_all_if(&self, condition: bool) -> usize {
        self.times_if(condition, usize::from(self.receiver().is_in()))
    }

    pub fn times_if(&self, condition: bool, times: usize) -> usize {
        if condition { times } else { self.times }
    }

    // What arrives.

    pub fn reword_if(&self, condition: bool, change: impl Fn(&str) -> String) -> Option<Expected> {
        match self.expected {
            Expected::Bytes(bytes) if condition => {
                let text = change(&String::from_utf8_lossy(bytes));
                Some(Expected::Bytes(text.into_bytes()))
            }
            _ => None,
        }
    }
}

impl<'c> Command<'c> {
    pub fn word(&self) -> &'c str {
        first_word(self.line)
    }

    pub fn text(&self) -> &'c str {
        self.line[self.word().len()..].trim()
    }

    pub fn is(&self, word: &str) -> bool {
        self.word() == word
    }

    pub fn is_known(&self) -> bool {
        commands_of(self.contract.step).contains(&self.word())
    }

    /// Each of these is what happens instead of the command.
    pub fn answer(&mut self, text: &str) -> bool {
        self.contract.send_line(Kind::Answer, self.by, text);
        true
    }

    pub fn refuse(&mut self, word: &str) -> bool {
        self.contract.refuse_command(self.by, word);
        true
    }

    pub fn say(&mut self) -> bool {
        self.contract.say(self.by, self.line);
        true
    }

    pub fn say_goodbye(&mut self) -> bool {
        self.contract.send_line(Kind::Bye, self.by, "Bye.");
        true
    }

    pub fn run(&mut self, line: &str) -> bool {
        self.contract.run(self.by, line);
        true
    }
}

impl NameRequest<'_> {
    fn is_free(&self) -> bool {
        self.contract.is_free(self.by, self.name)
    }

    pub fn is_free_ignoring_accounts(&self) -> bool {
        self.contract.is_free_ignoring_accounts(self.by, self.name)
    }

    pub fn is_well_formed(&self) -> bool {
        is_well_formed(self.name)
    }

    pub fn is_own(&self) -> bool {
        self.contract.clients[self.by].name.as_deref() == Some(self.name)
    }

    pub fn is_own_in_any_case(&self) -> bool {
        self.is_name_of(self.by)
    }

    /// Whether another client has it, or had it when it left.
    pub fn was_given_to_another(&self) -> bool {
        let mut others = (0..self.contract.clients.len()).filter(|other| *other != self.by);
        others.any(|other| self.is_name_of(other))
    }

    fn is_name_of(&self, client: ClientId) -> bool {
        let name = self.contract.clients[client].name.as_ref();
        name.is_some_and(|name| name.eq_ignore_ascii_case(self.name))
    }

    /// Whether a server grants it that sees it as another, which is well formed or not.
    pub fn would_grant(&self, seen: &str) -> bool {
        self.is_granted || is_well_formed(seen) && self.is_free()
    }
}

pub fn first_word(line: &str) -> &str {
    line.split_whitespace().next().unwrap_or("")
}

/// What of some bytes is text.
pub fn valid_text(bytes: &[u8]) -> String {
    bytes.utf8_chunks().map(|chunk| chunk.valid()).collect()
}

/// Bytes whose text is changed; what is no text stays.
pub fn with_text(bytes: &[u8], change: impl Fn(&str) -> String) -> Vec<u8> {
    let changed = |text: &str, rest: &[u8]| [change(text).as_bytes(), rest].concat();
    let chunks = bytes.utf8_chunks();
    chunks
        .flat_map(|chunk| changed(chunk.valid(), chunk.invalid()))
        .collect()
}

/// Keeps what has arrived, and makes nothing of it.
pub fn keep<T>(packet: &mut Packet) -> Vec<T> {
    let bytes = packet.bytes;
    packet.client().unfinished.extend(bytes);
    Vec::new()
}
