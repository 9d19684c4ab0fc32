//! The rows of a picture: what happened, one thing below the other.

use std::time::Duration;

use crate::model::session::in_words;
use crate::runner::events::{Event, EventKind};
use crate::show::lane::{Lane, State, ThreadSummary};

/// What a server prints is drawn only where it says more than the clients see anyway.
const USUAL: [&str; 4] = [
    "Listening on",
    "Accepted",
    "Client disconnected",
    "Accounts are",
];

pub struct Row {
    pub at: Duration,
    /// When the last of it happened.
    pub until: Duration,
    pub item: Item,
    /// What should have happened instead.
    pub expected: Option<String>,
    /// The server has not read it, as far as its threads show.
    pub is_queued: bool,
    /// Which events stand in it.
    pub events: Vec<usize>,
}

pub enum Item {
    /// What only sets the stage.
    Harness(String),
    Arrow {
        clients: Vec<usize>,
        to_server: bool,
        text: String,
    },
    Note {
        client: usize,
        text: String,
    },
    Server(String),
}

impl Row {
    pub fn is_wrong(&self) -> bool {
        self.expected.is_some()
    }

    pub fn class(&self) -> &'static str {
        match &self.item {
            Item::Harness(_) => "row",
            Item::Server(_) => "row printed",
            Item::Note { .. } => "row note",
            Item::Arrow { .. } if self.is_wrong() => "row wrong",
            Item::Arrow {
                to_server: true, ..
            } => "row said",
            Item::Arrow { .. } => "row heard",
        }
    }

    /// The arrow's head.
    pub fn head(&self) -> &'static str {
        match &self.item {
            _ if self.is_wrong() => "wrong",
            Item::Arrow {
                to_server: true, ..
            } => "said",
            _ => "heard",
        }
    }

    /// `expected: …`, in lines.
    pub fn expected_lines(&self, lines: impl Fn(&str) -> Vec<String>) -> Vec<String> {
        match &self.expected {
            Some(expected) if !expected.is_empty() => lines(&format!("expected: {expected}")),
            _ => Vec::new(),
        }
    }
}

/// All rows, in the order of what happened.
pub fn of(events: &[Event], cast: &[&str]) -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::new();
    for (number, event) in events.iter().enumerate() {
        let Some(item) = item(event) else { continue };
        let is_stage = |row: &&mut Row| matches!(row.item, Item::Harness(_));
        let row = match event.what {
            // Others hear that somebody has come: nothing new.
            EventKind::Heard(_) if event.sets_stage => rows.iter_mut().rfind(is_stage),
            _ => rows.last_mut(),
        };
        if let Some(row) = row.filter(|row| row.takes(event, &item)) {
            row.merge(event, number);
            continue;
        }
        let nothing = matches!(event.what, EventKind::HeardNothing(_)).then(String::new);
        rows.push(Row {
            at: event.at,
            until: event.at,
            item,
            expected: event.expected.as_deref().map(shown).or(nothing),
            is_queued: false,
            events: vec![number],
        });
    }
    for row in &mut rows {
        row.sums_up(events, cast);
        row.is_queued = row.is_unread(events, cast);
    }
    rows
}

fn item(event: &Event) -> Option<Item> {
    if event.sets_stage {
        return Some(Item::Harness(String::new()));
    }
    let arrow = |client, to_server, text: String| {
        Some(Item::Arrow {
            clients: vec![client],
            to_server,
            text,
        })
    };
    let note = |client, text: String| Some(Item::Note { client, text });
    match (event.client, &event.what) {
        (Some(client), EventKind::Connected) => arrow(client, true, "connects".to_string()),
        (Some(client), EventKind::Said(text)) => arrow(client, true, shown(text)),
        (Some(client), EventKind::Heard(text)) => {
            let mark = if event.expected.is_some() { "✗ " } else { "" };
            arrow(client, false, format!("{mark}{}", shown(text)))
        }
        (Some(client), EventKind::HalfClosed) => arrow(client, true, "(says no more)".to_string()),
        (Some(client), EventKind::Left) => arrow(client, true, "(leaves)".to_string()),
        (Some(client), EventKind::Reset) => arrow(client, true, "(resets)".to_string()),
        (Some(client), EventKind::Disconnected) => arrow(client, false, "(closes)".to_string()),
        (Some(client), EventKind::HeardNothing(limit)) => note(
            client,
            format!("✗ nothing for {}\u{a0}s", limit.as_secs_f32()),
        ),
        (Some(client), EventKind::Action(what)) => note(client, (*what).to_string()),
        (_, EventKind::Printed(text)) if USUAL.iter().any(|usual| text.starts_with(usual)) => None,
        (_, EventKind::Printed(text)) => Some(Item::Server(format!("» {}", shown(text)))),
        (_, EventKind::Exited(status)) => Some(Item::Server(format!("✗ ends ({status})"))),
        _ => None,
    }
}

/// A text as it is shown: addresses in words, and without its newline. It is cut where it is too long.
fn shown(text: &str) -> String {
    const LIMIT: usize = 60;
    let text = in_words(text);
    let text = text.strip_suffix("\\n").unwrap_or(&text);
    if text.chars().count() <= LIMIT {
        return text.to_string();
    }
    let start: String = text.chars().take(LIMIT - 1).collect();
    format!("{}…", start.trim_end())
}

impl Row {
    /// Whether an event belongs into this row: what several hear of the same message is one.
    fn takes(&self, event: &Event, item: &Item) -> bool {
        match (&self.item, item) {
            (Item::Harness(_), Item::Harness(_)) => true,
            (
                Item::Arrow {
                    clients,
                    to_server: false,
                    text,
                },
                Item::Arrow {
                    clients: others,
                    to_server: false,
                    text: other,
                },
            ) => {
                let expected = event.expected.as_deref().map(shown);
                let is_same = text == other && self.expected == expected;
                is_same && !clients.contains(&others[0])
            }
            _ => false,
        }
    }

    fn merge(&mut self, event: &Event, number: usize) {
        self.events.push(number);
        self.until = event.at;
        if let (Item::Arrow { clients, .. }, Some(client)) = (&mut self.item, event.client) {
            clients.push(client);
        }
    }

    /// What sets the stage, in a sentence.
    fn sums_up(&mut self, events: &[Event], cast: &[&str]) {
        let Item::Harness(text) = &mut self.item else {
            return;
        };
        let own = |what: fn(&EventKind) -> bool| {
            let its = self.events.iter().map(|number| &events[*number]);
            let its = its.filter(move |event| what(&event.what));
            its.filter_map(|event| cast.get(event.client?).copied())
        };
        let come: Vec<&str> = own(|what| matches!(what, EventKind::Connected)).collect();
        let says = own(|what| matches!(what, EventKind::Said(_))).next();
        let hears = own(|what| matches!(what, EventKind::Heard(_)));
        let is_answered = hears.into_iter().any(|name| Some(name) == says);
        let comes = if come.len() == 1 {
            "connects"
        } else {
            "connect"
        };
        *text = format!("{} {comes}", listed(&come));
        if let Some(name) = says {
            let answered = if is_answered { " and is answered" } else { "" };
            *text += &format!("; {name} says hi{answered}");
        }
    }

    /// Whether something was said to a server that was seen to do nothing but read from another client, until its own
    /// was found to wait in vain.
    fn is_unread(&self, events: &[Event], cast: &[&str]) -> bool {
        let said = self.events[0];
        let (EventKind::Said(_), Some(client)) = (&events[said].what, events[said].client) else {
            return false;
        };
        let own = |event: &&Event| event.client == Some(client);
        let ends =
            |event: &&Event| matches!(event.what, EventKind::Heard(_) | EventKind::HeardNothing(_));
        let end = events[said..].iter().filter(own).find(ends);
        let Some(end) = end.filter(|end| matches!(end.what, EventKind::HeardNothing(_))) else {
            return false;
        };
        let seen = events.iter().filter(|event| event.at < end.at);
        let mut seen = seen.filter_map(|event| match &event.what {
            EventKind::Waits(threads) => Some(Lane::default().words(threads)),
            _ => None,
        });
        let reads = |words: &ThreadSummary| matches!(&words.state, State::Reads(other) if other != cast[client]);
        seen.next_back()
            .is_some_and(|words| words.len() == 1 && words.iter().all(reads))
    }
}

/// `alice, bob and carol`
fn listed(names: &[&str]) -> String {
    match names {
        [] => String::new(),
        [one] => (*one).to_string(),
        [all @ .., last] => format!("{} and {last}", all.join(", ")),
    }
}
