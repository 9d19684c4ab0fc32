//! Sessions as data: the acts of clients, turn by turn. The contract defines what each client
//! should receive.

use crate::model::contract::{Action, ClientId, Contract, Expected};

/// The names of clients, by number.
pub const NAMES: [&str; 22] = [
    "alice", "bob", "carol", "dave", "erin", "frank", "grace", "heidi", "ivan", "judy", "kim",
    "leo", "mia", "nina", "oscar", "peggy", "rupert", "sybil", "trent", "victor", "wendy",
    "mallory",
];

pub const ALICE: ClientId = 0;
pub const BOB: ClientId = 1;
pub const CAROL: ClientId = 2;
pub const DAVE: ClientId = 3;
pub const MALLORY: ClientId = 21;

/// One thing that one client does.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Act {
    pub who: ClientId,
    pub action: Action,
}

/// Acts without a wait in between: several of one client, or of several clients at once.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Turn {
    pub acts: Vec<Act>,
    /// A message that only reveals whether anything else was sent before it.
    pub is_sentinel: bool,
}

pub type Session = Vec<Turn>;

pub fn turn(acts: impl IntoIterator<Item = Act>) -> Turn {
    Turn {
        acts: acts.into_iter().collect(),
        is_sentinel: false,
    }
}

fn alone(who: ClientId, action: Action) -> Turn {
    turn([Act { who, action }])
}

pub fn connects(who: ClientId) -> Turn {
    alone(who, Action::Connect)
}

/// A client sends these bytes, in one packet.
pub fn sends(who: ClientId, bytes: impl AsRef<[u8]>) -> Turn {
    alone(who, Action::Send(bytes.as_ref().to_vec()))
}

/// A client sends a line.
pub fn says(who: ClientId, text: &str) -> Turn {
    sends(who, format!("{text}\n"))
}

pub fn half_closes(who: ClientId) -> Turn {
    alone(who, Action::HalfClose)
}

pub fn leaves(who: ClientId) -> Turn {
    alone(who, Action::Leave)
}

/// A client resets its connection. For that it must have unread input: the answer to a last
/// message.
pub fn resets(who: ClientId) -> Turn {
    let word = Action::Send(b"oops\n".to_vec());
    turn([word, Action::Reset].map(|action| Act { who, action }))
}

/// A reset in the middle of a message: the server may notice it when it writes the answer. What
/// others receive then is not determined, so this is only for an echo.
pub fn resets_mid_word(who: ClientId) -> Turn {
    let [first, second] = ["oops\n", "wait\n"].map(|word| Action::Send(word.into()));
    turn([first, second, Action::Reset].map(|action| Act { who, action }))
}

/// Adapts a session to a chat, without resets in the middle of a message.
pub fn for_a_chat(mut session: Session) -> Session {
    for turn in &mut session {
        if *turn == resets_mid_word(turn.acts[0].who) {
            *turn = resets(turn.acts[0].who);
        }
    }
    session
}

/// Several clients act at once.
pub fn at_once(turns: impl IntoIterator<Item = Turn>) -> Turn {
    turn(turns.into_iter().flat_map(|turn| turn.acts))
}

/// Whether a turn is only setup: clients connect, or alice says her first hi.
pub fn is_setup(turn: &Turn) -> bool {
    *turn == says(ALICE, "hi") || turn.acts.iter().all(|act| act.action == Action::Connect)
}

/// Replaces `{alice}` by *alice's address*.
pub fn in_words(text: &str) -> String {
    let text = NAMES.iter().fold(text.to_string(), |text, name| {
        text.replace(&format!("{{{name}}}"), &format!("{name}'s address"))
    });
    let mut parts = text.split("{key-of-");
    let mut words = parts.next().unwrap_or_default().to_string();
    for part in parts {
        words += &part.replacen('}', "'s key", 1);
    }
    words
}

/// This many clients connect, one after the other. The first one says hi: the answer proves that it
/// has joined.
pub fn a_room_of(clients: usize) -> Session {
    let first = [connects(ALICE), says(ALICE, "hi")];
    let all = first.into_iter().chain((1..clients).map(connects));
    all.take(if clients == 0 { 0 } else { clients + 1 })
        .collect()
}

/// The number of clients.
pub fn clients(session: &[Turn]) -> usize {
    let acts = session.iter().flat_map(|turn| &turn.acts);
    acts.map(|act| act.who + 1).max().unwrap_or(0)
}

/// Placeholders for the addresses of clients before they have connected.
pub fn placeholders(session: &[Turn]) -> Vec<String> {
    (0..clients(session))
        .map(|who| format!("{{{}}}", NAMES[who]))
        .collect()
}

/// Adds a sentinel after each turn: a message that reveals whether anything else was sent before
/// it. The client of the turn sends it, if it can: then the results of the turn come first.
pub fn with_sentinels(step: usize, session: &[Turn]) -> Session {
    let mut contract = Contract::new(step, placeholders(session));
    let sentinel = |who: ClientId, text: &str| Turn {
        is_sentinel: true,
        ..says(who, text)
    };
    let mut number = 0;
    let mut whole = Session::new();
    for (at, turn) in session.iter().enumerate() {
        whole.push(turn.clone());
        apply(&mut contract, turn);
        let next = session.get(at + 1);
        let speaker = speaker(&contract, turn);
        if let Some(speaker) = speaker.filter(|who| !speaks_next(*who, turn, next)) {
            number += 1;
            let sentinel = sentinel(speaker, &format!("ping {number}"));
            apply(&mut contract, &sentinel);
            whole.push(sentinel);
        }
    }
    let can_speak = contract.people().filter(|who| contract.can_speak(*who));
    whole.extend(can_speak.map(|who| sentinel(who, &format!("done {who}"))));
    whole
}

/// Whether the client that has just connected speaks next: that serves as a sentinel.
fn speaks_next(who: ClientId, turn: &Turn, next: Option<&Turn>) -> bool {
    let connects = |act: &Act| act.who == who && act.action == Action::Connect;
    let says = |act: &Act| {
        act.who == who && matches!(&act.action, Action::Send(bytes) if bytes.ends_with(b"\n"))
    };
    turn.acts.iter().any(connects) && next.is_some_and(|next| next.acts.iter().all(says))
}

/// A newcomer does not send its own sentinel: the contract requires that it receives messages
/// before it speaks.
fn speaker(contract: &Contract, turn: &Turn) -> Option<ClientId> {
    let last = turn.acts.last()?;
    let own = Some(last.who).filter(|who| contract.can_speak(*who));
    let can_speak = |who: &ClientId| *who != last.who && contract.can_speak(*who);
    let other = contract.people().find(can_speak);
    match (contract.is_chat(), last.action == Action::Connect) {
        (_, false) => own.or(other.filter(|_| contract.is_chat())),
        (true, true) => other.or(own),
        (false, true) => None,
    }
}

/// The orders in which a server may see the acts of a turn: those of one client keep their order.
pub fn orders(turn: &Turn) -> Vec<Vec<&Act>> {
    let mut actors: Vec<ClientId> = Vec::new();
    for act in &turn.acts {
        if !actors.contains(&act.who) {
            actors.push(act.who);
        }
    }
    let of = |who: ClientId| turn.acts.iter().filter(move |act| act.who == who);
    let orders = permutations(&actors).into_iter();
    orders
        .map(|order| order.into_iter().flat_map(of).collect())
        .collect()
}

fn permutations(of: &[ClientId]) -> Vec<Vec<ClientId>> {
    if of.len() < 2 {
        return vec![of.to_vec()];
    }
    let with_first = |first: usize| {
        let mut rest = of.to_vec();
        let first = rest.remove(first);
        let rest = permutations(&rest).into_iter();
        rest.map(move |rest| [vec![first], rest].concat())
    };
    (0..of.len()).flat_map(with_first).collect()
}

/// What each client should receive after a turn.
pub fn after(contract: &mut Contract, turn: &Turn) -> Vec<Vec<Expected>> {
    apply(contract, turn);
    let all = 0..contract.clients.len();
    all.map(|who| contract.take_expected(who)).collect()
}

fn apply(contract: &mut Contract, turn: &Turn) {
    for act in &turn.acts {
        contract.act(act.who, &act.action);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::script::parse;

    #[test]
    fn each_order_comes_once_and_keeps_the_acts_of_a_client() {
        let session = parse("alice says 1 & bob says 2 & alice says 3 & bob leaves").unwrap();
        let orders = orders(&session[0]);
        let actors = |order: &Vec<&Act>| order.iter().map(|act| act.who).collect::<Vec<_>>();
        let actors: Vec<_> = orders.iter().map(actors).collect();
        assert_eq!(actors, [[ALICE, ALICE, BOB, BOB], [BOB, BOB, ALICE, ALICE]]);
        assert_eq!(orders[0][1].action, Action::Send(b"3\n".to_vec()));
    }
}
