//! A scene: a title, and a script of clients against a server.

use std::time::Duration;

use super::finding::Finding;
use crate::model::advice::Id;
use crate::model::script::parse;
use crate::model::session::{Session, a_room_of};
use crate::runner::events::Observer;
use crate::runner::harness::Harness;
use crate::server::program::Ready;

pub struct Scene {
    pub title: &'static str,
    /// The clients in its picture; none if it is never drawn.
    pub cast: &'static [&'static str],
    /// The picture's title if all is right.
    pub right: &'static str,
    /// The mistake that it is meant to show, and the picture's title for that.
    pub wrong: (Id, &'static str),
    /// How many clients are in the room when it begins.
    pub room: usize,
    /// Printed at its end, instead of each turn.
    pub sum: Option<&'static str>,
    /// The server mostly waits: `check` runs it in parallel.
    pub takes_long: bool,
    /// It takes half a minute or more: only `check --long` plays it.
    pub is_long: bool,
    pub script: Script,
}

pub enum Script {
    /// Turns as text.
    Turns(&'static str),
    /// Turns with numbers in them.
    Numbered(fn() -> Session),
    /// What turns cannot express: amounts, durations, resources.
    Code(fn(&mut Harness) -> Finding),
    /// Scenes that need several servers, one after the other.
    Servers(fn(&Ready, Duration, &mut dyn Observer) -> Finding),
}

impl Scene {
    pub const fn new(title: &'static str, room: usize) -> Scene {
        Scene {
            title,
            cast: &[],
            right: "",
            wrong: ("", ""),
            room,
            sum: None,
            takes_long: false,
            is_long: false,
            script: Script::Turns(""),
        }
    }

    pub const fn script(mut self, script: Script) -> Scene {
        self.script = script;
        self
    }

    /// `show` draws it, under one of these titles.
    pub const fn draw(
        mut self,
        cast: &'static [&'static str],
        right: &'static str,
        wrong: (Id, &'static str),
    ) -> Scene {
        (self.cast, self.right, self.wrong) = (cast, right, wrong);
        self
    }

    pub const fn takes_long(mut self) -> Scene {
        self.takes_long = true;
        self
    }

    /// Only `check --long` plays it, beside the others.
    pub const fn only_if_long(mut self) -> Scene {
        (self.takes_long, self.is_long) = (true, true);
        self
    }

    pub const fn sum_up(mut self, sum: &'static str) -> Scene {
        self.sum = Some(sum);
        self
    }

    /// All turns, including those that fill the room; none for code.
    pub fn session(&self) -> Option<Session> {
        let turns = match self.script {
            Script::Turns(text) => parse(text).expect("a test parses all scripts"),
            Script::Numbered(turns) => turns(),
            Script::Code(_) | Script::Servers(_) => return None,
        };
        Some([a_room_of(self.room), turns].concat())
    }
}
