//! The log of a server that is alone, without Redis. It decides by the rules of `room.lua`, and keeps nothing.

use std::collections::BTreeMap;

use super::accounts::Accounts;
use super::log::{Asked, Decided, Entry, Person, Refusal, Request};
use super::sha256::Hash;

#[derive(Default)]
pub struct Memory {
    accounts: Accounts,
}

/// What each person is called.
pub type People = BTreeMap<Person, String>;

impl Memory {
    /// What comes of a request, in the order in which it is to be heard.
    pub fn decide(&mut self, people: &People, asked: Asked) -> Vec<Entry> {
        let who = asked.who;
        let mut entries = Vec::with_capacity(1);
        let decided = match asked.request {
            Request::Join { address } => Decided::Joined { address },
            _ if !people.contains_key(&who) => Decided::Refused(Refusal::Nobody),
            Request::Say { text } => Decided::Said { text },
            Request::Rename { name } => self.rename(people, who, name),
            Request::Register { name, hash } => self.register(people, who, name, hash),
            Request::Login { name, hash } => match self.accounts.name_with(&name, &hash) {
                Some(name) => {
                    let old = owner(people, &name).filter(|old| *old != who);
                    entries.extend(old.map(|old| entry(old, Decided::Replaced)));
                    Decided::LoggedIn { name }
                }
                None => Decided::Refused(Refusal::WrongKey),
            },
            Request::Leave => Decided::Left,
        };
        entries.push(entry(who, decided));
        entries
    }

    fn rename(&self, people: &People, who: Person, name: String) -> Decided {
        if people.get(&who) == Some(&name) {
            Decided::Refused(Refusal::Yours { name })
        } else if self.accounts.has(&name) {
            Decided::Refused(Refusal::RegisteredBefore { name })
        } else if owner(people, &name).is_some_and(|owner| owner != who) {
            Decided::Refused(Refusal::Taken { name })
        } else {
            Decided::Renamed { name }
        }
    }

    fn register(&mut self, people: &People, who: Person, name: String, hash: Hash) -> Decided {
        if self.accounts.has(&name) {
            Decided::Refused(Refusal::RegisteredBefore { name })
        } else if owner(people, &name).is_some_and(|owner| owner != who) {
            Decided::Refused(Refusal::Taken { name })
        } else if self.accounts.add(&name, hash).is_err() {
            Decided::Refused(Refusal::Full)
        } else {
            Decided::Registered { name }
        }
    }
}

/// Who has a name, in whatever letter case.
fn owner(people: &People, name: &str) -> Option<Person> {
    let mut people = people.iter();
    let (who, _) = people.find(|(_, its)| its.eq_ignore_ascii_case(name))?;
    Some(*who)
}

fn entry(who: Person, decided: Decided) -> Entry {
    Entry {
        offset: 0,
        who,
        decided,
    }
}
