//! What was heard in a session.

use std::process::ExitStatus;

use crate::model::matching::End;
use crate::model::session::Session;

/// What was heard in a session, as evidence.
#[derive(Clone, Debug, Default)]
pub struct Recording {
    pub step: usize,
    pub session: Session,
    pub addresses: Vec<String>,
    pub server: String,
    pub turns: Vec<RecordedTurn>,
    /// Whether the program has ended.
    pub exit: Option<ExitStatus>,
    /// Others may talk to the same server.
    pub is_shared: bool,
}

impl Recording {
    /// The turns up to the first in which something was wrong, if there is one.
    pub fn turns_until_wrong(&self) -> &[RecordedTurn] {
        let wrong = self.turns.iter().position(|turn| turn.is_waited_out);
        &self.turns[..wrong.map_or(self.turns.len(), |wrong| wrong + 1)]
    }

    /// How many turns that is, sentinels aside.
    pub fn length(&self) -> usize {
        let played = self.session.iter().zip(self.turns_until_wrong());
        played.filter(|(turn, _)| !turn.is_sentinel).count()
    }

    /// How many bytes were heard.
    pub fn bytes(&self) -> usize {
        let heard = self.turns.iter().flat_map(|turn| &turn.heard);
        heard.map(Vec::len).sum()
    }
}

/// What was heard in one turn.
#[derive(Clone, Debug, Default)]
pub struct RecordedTurn {
    pub heard: Vec<Vec<u8>>,
    pub ends: Vec<Option<End>>,
    /// A client could not connect.
    pub is_refused: bool,
    /// Nothing came any more for as long as we wait.
    pub is_waited_out: bool,
}
