//! The words for a failure. Decide by the id, never by the words.

/// The id of a cause, such as "one-client-at-a-time".
pub type Id = &'static str;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Advice {
    pub id: Id,
    /// A sentence that follows "It means": "your server …".
    pub means: &'static str,
    /// What follows "Look at".
    pub look_at: &'static str,
}
