//! Commands, and names.

use crate::model::contract::{
    ClientId, Command, Contract, Deviation, Hook, Kind, NameRequest, Pattern, Quirk, are_together,
};
use crate::model::features::Feature;

impl Contract {
    pub(super) fn command(&mut self, by: ClientId, line: &str) {
        for at in 0..self.deviations.len() {
            let Deviation { hook, size, .. } = self.deviations[at];
            let contract = &mut *self;
            let mut command = Command {
                contract,
                by,
                line,
                size,
            };
            if let Hook::Run(run) = hook
                && run(&mut command)
            {
                return;
            }
        }
        self.run(by, line);
    }

    /// A command is its whole first word; its text comes without the white space around it.
    pub fn run(&mut self, who: ClientId, line: &str) {
        let (word, text) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
        let text = text.trim();
        match word {
            "/help" => {
                let step = self.step;
                self.send_pattern(Kind::Answer, who, Pattern::Help { step });
            }
            "/time" => self.send_pattern(Kind::Answer, who, Pattern::Time),
            "/up" | "/down" if text.is_empty() => {
                self.send_pattern(Kind::Answer, who, Pattern::Refusal);
            }
            "/up" => self.send_line(Kind::Answer, who, &text.to_uppercase()),
            "/down" => self.send_line(Kind::Answer, who, &text.to_lowercase()),
            "/exit" => self.exit(who),
            "/nick" if self.has(Feature::Names) => self.rename(who, text),
            "/who" if self.has(Feature::Names) => self.list_names(who),
            "/register" if self.has(Feature::Accounts) => self.register(who, text),
            "/login" if self.has(Feature::Accounts) => self.log_in(who, text),
            _ => self.refuse_command(who, word),
        }
    }

    pub fn refuse_command(&mut self, who: ClientId, word: &str) {
        let answer = format!("Unknown command: {word}. Try /help.");
        self.send_line(Kind::Answer, who, &answer);
    }

    /// What was said before arrives, what was said after is ignored.
    fn exit(&mut self, who: ClientId) {
        self.send_line(Kind::Bye, who, "Bye.");
        self.leave(who);
    }

    fn rename(&mut self, who: ClientId, name: &str) {
        if self.is_granted(who, name) {
            self.set_name(who, name);
        } else {
            self.refuse_name(who);
        }
    }

    pub(super) fn refuse_name(&mut self, who: ClientId) {
        self.send_pattern(Kind::NameRefused, who, Pattern::Refusal);
    }

    pub(super) fn set_name(&mut self, who: ClientId, name: &str) {
        let line = format!("{} is now {name}", self.name(who));
        self.clients[who].name = Some(name.to_string());
        self.send_line(Kind::Renamed, who, &line);
    }

    /// All names in one line, sorted with letter case aside.
    fn list_names(&mut self, who: ClientId) {
        let lists_here = self.has_quirk(Quirk::ListClientsHere);
        let people = self.people();
        let mut names: Vec<String> = people
            .filter(|other| !lists_here || are_together(*other, who))
            .map(|other| self.name(other).to_string())
            .collect();
        names.sort_by_key(|name| name.to_ascii_lowercase());
        self.send_line(Kind::Answer, who, &names.join(", "));
    }

    /// Whether a client may have this name: it is well formed and free, and not its own already.
    fn is_granted(&self, by: ClientId, name: &str) -> bool {
        let mut is_granted = is_well_formed(name) && self.is_free(by, name);
        for deviation in &self.deviations {
            if let Hook::Grant(grant) = deviation.hook {
                is_granted = grant(&NameRequest {
                    contract: self,
                    by,
                    name,
                    is_granted,
                    size: deviation.size,
                });
            }
        }
        is_granted
    }

    /// Whether no other client has this name in any letter case, nor the client itself to the
    /// letter, nor an account.
    pub fn is_free(&self, who: ClientId, name: &str) -> bool {
        self.is_free_ignoring_accounts(who, name) && self.account(who, name).is_none()
    }

    pub fn is_free_ignoring_accounts(&self, who: ClientId, name: &str) -> bool {
        let is_its = self.clients[who].name.as_deref() == Some(name);
        !is_its && self.is_free_among_others(who, name)
    }

    pub(super) fn is_free_among_others(&self, who: ClientId, name: &str) -> bool {
        let is_elsewhere =
            |other: ClientId| self.has_quirk(Quirk::CheckNamesHere) && !are_together(other, who);
        let mut others = self
            .people()
            .filter(|other| *other != who && !is_elsewhere(*other));
        !others.any(|other| {
            let its = self.clients[other].name.as_ref();
            its.is_some_and(|its| its.eq_ignore_ascii_case(name))
        })
    }
}

pub fn is_well_formed(name: &str) -> bool {
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'.';
    (3..=15).contains(&name.len())
        && name.bytes().all(is_allowed)
        && name.starts_with(|c: char| c.is_ascii_alphabetic())
}
