//! Recordings of sessions.

use std::process::ExitStatus;

use crate::model::matching::End;
use crate::model::session::Session;

/// What clients received in a session: the evidence for a diagnosis.
#[derive(Clone, Debug, Default)]
pub struct Recording {
    pub step: usize,
    pub session: Session,
    pub addresses: Vec<String>,
    pub server: String,
    pub turns: Vec<RecordedTurn>,
    /// The program's exit status, if it has exited.
    pub exit: Option<ExitStatus>,
    /// The server may have other clients.
    pub is_shared: bool,
}

impl Recording {
    /// The turns up to and including the first wrong one.
    pub fn turns_until_wrong(&self) -> &[RecordedTurn] {
        let wrong = self.turns.iter().position(|turn| turn.is_waited_out);
        &self.turns[..wrong.map_or(self.turns.len(), |wrong| wrong + 1)]
    }

    /// The number of these turns, without sentinels.
    pub fn length(&self) -> usize {
        let played = self.session.iter().zip(self.turns_until_wrong());
        played.filter(|(turn, _)| !turn.is_sentinel).count()
    }

    /// How many bytes were received.
    pub fn bytes(&self) -> usize {
        let heard = self.turns.iter().flat_map(|turn| &turn.heard);
        heard.map(Vec::len).sum()
    }
}

/// What clients received in one turn.
#[derive(Clone, Debug, Default)]
pub struct RecordedTurn {
    pub heard: Vec<Vec<u8>>,
    pub ends: Vec<Option<End>>,
    /// A client could not connect.
    pub is_refused: bool,
    /// The turn was wrong: we waited until nothing more came.
    pub is_waited_out: bool,
}
