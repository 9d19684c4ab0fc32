//! A mistake as a value: an id and words beside a rule.

use crate::model::advice::{Advice, Id};
use crate::model::contract::{
    Command, Contract, Delivery, Ending, Expected, Hook, Input, Kind, Line, Message, NameRequest,
    Packet, Quirk,
};
use crate::model::features::Feature;

#[derive(Clone, Copy)]
pub struct Mistake {
    /// In the words, `{n}` is replaced by the size; it must be in brackets.
    pub advice: Advice,
    pub about: Option<Topic>,
    /// The feature that it breaks, and the one from which on it is impossible.
    pub from: Feature,
    until: Option<Feature>,
    /// The sizes to try, if it has any. For some mistakes, the number of a variant.
    pub sizes: &'static [usize],
    /// The kinds of lines that it affects; none: all.
    pub of: &'static [Kind],
    /// The deviations.
    pub hooks: [Option<Hook>; 2],
}

/// The topic of a mistake, with which other observations of the server must agree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Topic {
    /// A lock that is held during a wait, or not held where it should be.
    Lock,
}

pub const fn mistake(id: Id, from: Feature) -> Mistake {
    Mistake {
        advice: Advice {
            id,
            means: "",
            look_at: "",
        },
        about: None,
        from,
        until: None,
        sizes: &[0],
        of: &[],
        hooks: [None; 2],
    }
}

impl Mistake {
    pub const fn means(mut self, means: &'static str) -> Mistake {
        self.advice.means = means;
        self
    }

    pub const fn look_at(mut self, look_at: &'static str) -> Mistake {
        self.advice.look_at = look_at;
        self
    }

    pub const fn until(mut self, feature: Feature) -> Mistake {
        self.until = Some(feature);
        self
    }

    pub const fn sizes(mut self, sizes: &'static [usize]) -> Mistake {
        self.sizes = sizes;
        self
    }

    pub const fn of(mut self, kinds: &'static [Kind]) -> Mistake {
        self.of = kinds;
        self
    }

    // The rules.

    pub const fn have(self, rule: Quirk) -> Mistake {
        self.hook(Hook::Have(rule))
    }

    pub const fn set(self, rule: fn(&mut Contract, usize)) -> Mistake {
        self.hook(Hook::Set(rule))
    }

    pub const fn attend(self, rule: fn(&Input) -> bool) -> Mistake {
        self.hook(Hook::Attend(rule))
    }

    pub const fn end_before(self, rule: fn(&Input) -> Option<Ending>) -> Mistake {
        self.hook(Hook::EndBefore(rule))
    }

    pub const fn end_after(self, rule: fn(&Input) -> Option<Ending>) -> Mistake {
        self.hook(Hook::EndAfter(rule))
    }

    pub const fn read(self, rule: fn(&mut Packet) -> Vec<u8>) -> Mistake {
        self.hook(Hook::Read(rule))
    }

    pub const fn frame(self, rule: fn(&mut Packet) -> Vec<Message>) -> Mistake {
        self.hook(Hook::Frame(rule))
    }

    pub const fn decode(self, rule: fn(&Line) -> Message) -> Mistake {
        self.hook(Hook::Decode(rule))
    }

    pub const fn deliver(self, rule: fn(&Delivery) -> usize) -> Mistake {
        self.hook(Hook::Deliver(rule))
    }

    pub const fn write(self, rule: fn(&Delivery) -> Option<Expected>) -> Mistake {
        self.hook(Hook::Write(rule))
    }

    pub const fn run(self, rule: fn(&mut Command) -> bool) -> Mistake {
        self.hook(Hook::Run(rule))
    }

    pub const fn grant(self, rule: fn(&NameRequest) -> bool) -> Mistake {
        self.hook(Hook::Grant(rule))
    }

    const fn hook(mut self, hook: Hook) -> Mistake {
        let free = if self.hooks[0].is_none() { 0 } else { 1 };
        self.hooks[free] = Some(hook);
        self
    }

    pub const fn about(mut self, topic: Topic) -> Mistake {
        self.about = Some(topic);
        self
    }

    /// Whether a server of this step can make it. With two servers, single-server mistakes could
    /// match by chance, so they are excluded.
    pub fn is_possible(&self, step: usize) -> bool {
        let is_over = self.until.is_some_and(|feature| feature.is_in(step));
        let is_of_one = Feature::Instances.is_in(step) && self.from < Feature::Instances;
        self.from.is_in(step) && !is_over && !is_of_one
    }
}
