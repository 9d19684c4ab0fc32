//! Registered names, and logins.

use crate::model::contract::commands::is_well_formed;
use crate::model::contract::{
    ClientId, Contract, Kind, Pattern, Place, Quirk, are_together, beginning_of_key, key_of,
};

impl Contract {
    /// Registers a name for a client, which alone receives the key.
    pub(super) fn register(&mut self, who: ClientId, name: &str) {
        if !is_well_formed(name) || !self.may_register(who, name) {
            return self.refuse_name(who);
        }
        self.accounts.push(name.to_string());
        self.owners.push(who);
        let key = key_of(name);
        let line = format!("Registered {name}. Your key: {key} (keep it; /login {name} {key})");
        self.send_line(Kind::Registered, who, &line);
        if self.name(who) != name && !self.has_quirk(Quirk::RegisterWithoutRename) {
            self.set_name(who, name);
        }
    }

    fn may_register(&self, who: ClientId, name: &str) -> bool {
        let is_new = self.account(who, name).is_none() || self.has_quirk(Quirk::RegisterTwice);
        let is_free = self.is_free_among_others(who, name);
        is_new && (is_free || self.has_quirk(Quirk::RegisterTakenNames))
    }

    /// Adds an account that was registered before.
    pub fn add_account(&mut self, name: &str) {
        self.accounts.push(name.to_string());
        self.owners.push(0);
    }

    pub fn accounts(&self) -> &[String] {
        &self.accounts
    }

    /// The account of this name, in any letter case, if the client's server knows it.
    pub(super) fn account(&self, who: ClientId, name: &str) -> Option<String> {
        let is_exact = self.has_quirk(Quirk::CompareAccountsExactly);
        let is_local = self.has_quirk(Quirk::CheckAccountsHere);
        let is_it =
            |account: &str| account == name || !is_exact && account.eq_ignore_ascii_case(name);
        let mut known = self.accounts.iter().zip(&self.owners);
        let found = known
            .find(|(account, owner)| is_it(account) && (!is_local || are_together(**owner, who)));
        found.map(|(account, _)| account.clone())
    }

    /// With the right key, the client gets its name back. An older connection of that name is
    /// closed.
    pub(super) fn log_in(&mut self, who: ClientId, text: &str) {
        let mut words = text.split_whitespace();
        let (Some(name), Some(key), None) = (words.next(), words.next(), words.next()) else {
            return self.send_pattern(Kind::Answer, who, Pattern::Refusal);
        };
        let account = self.account(who, name);
        let Some(name) = account.filter(|name| self.is_key(name, key)) else {
            return self.refuse_login(who);
        };
        self.forget_wrong_logins(who);
        let has_name = |other: &ClientId| self.clients[*other].name.as_ref() == Some(&name);
        let old = self.people().find(has_name);
        if let Some(old) = old.filter(|old| *old != who) {
            self.end_old_connection(old);
        }
        if self.name(who) != name {
            self.set_name(who, &name);
        }
        self.send_line(Kind::Answer, who, &format!("Welcome back, {name}."));
    }

    fn is_key(&self, name: &str, key: &str) -> bool {
        key == key_of(name)
            || self.has_quirk(Quirk::TakeAnyKey)
            || key == beginning_of_key(name) && self.has_quirk(Quirk::TakeBeginningOfKey)
    }

    fn forget_wrong_logins(&mut self, who: ClientId) {
        if !self.has_quirk(Quirk::KeepCountAfterLogin) {
            self.clients[who].wrong_logins = 0;
        }
        if self.has_quirk(Quirk::CountAllGuessesTogether) {
            let clients = self.clients.iter_mut();
            clients.for_each(|client| client.wrong_logins = 0);
        }
    }

    fn end_old_connection(&mut self, old: ClientId) {
        self.send_line(Kind::Answer, old, "You logged in elsewhere.");
        if self.has_quirk(Quirk::KeepOldConnection) {
            return;
        }
        if self.has_quirk(Quirk::AnnounceOldConnection) {
            return self.leave(old);
        }
        self.clients[old].place = Place::Gone;
        if !self.has_quirk(Quirk::KeepOldConnectionOpen) {
            self.close(old);
        }
    }

    /// The same text for a wrong name and a wrong key. The third in a row ends the connection.
    fn refuse_login(&mut self, who: ClientId) {
        self.send_line(Kind::LoginRefused, who, "Wrong name or key.");
        self.clients[who].wrong_logins += 1;
        let wrong = if self.has_quirk(Quirk::CountAllGuessesTogether) {
            self.clients.iter().map(|client| client.wrong_logins).sum()
        } else {
            self.clients[who].wrong_logins
        };
        if wrong >= 3 && !self.has_quirk(Quirk::AllowEndlessGuesses) {
            self.leave(who);
        }
    }
}
