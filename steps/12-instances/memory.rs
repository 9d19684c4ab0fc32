//! The log of a server that is alone, without Redis. It decides by the rules of `room.lua`, and keeps nothing.

use super::accounts::{self, Accounts};
use super::commands;
use super::log::{Asked, Decided, Entry, People, Person, Request};

#[derive(Default)]
pub struct Memory {
    accounts: Accounts,
}

impl Memory {
    /// What comes of a request, in the order in which it is to be heard.
    pub fn decide(&mut self, people: &People, asked: Asked) -> Vec<Entry> {
        let who = asked.who;
        let mut entries = Vec::with_capacity(1);
        let decided = match asked.request {
            Request::Join { address } => Decided::Joined { address },
            _ if !people.contains_key(&who) => Decided::Nobody,
            Request::Say { text } => Decided::Said { text },
            Request::Leave => Decided::Left,
            Request::Login { name, hash } => match self.accounts.name_with(&name, &hash) {
                Some(name) => {
                    let old = owner(people, who, &name);
                    let decided = Decided::Replaced;
                    entries.extend(old.map(|who| Entry { who, decided }));
                    Decided::LoggedIn { name }
                }
                None => Decided::WrongKey,
            },
            Request::Rename { name } if people.get(&who) == Some(&name) => {
                refused(commands::yours(&name))
            }
            Request::Rename { name } | Request::Register { name, .. }
                if self.accounts.has(&name) =>
            {
                refused(accounts::registered(&name))
            }
            Request::Rename { name } | Request::Register { name, .. }
                if owner(people, who, &name).is_some() =>
            {
                refused(commands::taken(&name))
            }
            Request::Rename { name } => Decided::Renamed { name },
            Request::Register { name, hash } => match self.accounts.add(&name, hash) {
                Ok(()) => Decided::Registered { name },
                Err(why) => refused(why),
            },
        };
        entries.push(Entry { who, decided });
        entries
    }
}

fn refused(why: String) -> Decided {
    Decided::Refused { why }
}

/// Who has a name, in whatever letter case, if it is somebody else.
fn owner(people: &People, who: Person, name: &str) -> Option<Person> {
    let mut people = people.iter();
    let is_it =
        |(other, its): &(&Person, &String)| **other != who && its.eq_ignore_ascii_case(name);
    people.find(is_it).map(|(other, _)| *other)
}
