//! The keys that the server generates. They are random, so sessions and output have placeholders
//! for them.

use crate::model::contract::{beginning_of_key, key_of};

/// The text before a key, and its number of digits.
const BEFORE: &[u8] = b". Your key: ";
const DIGITS: usize = 32;
/// The longest command, which is the longest line.
const LONGEST_COMMAND: usize = 4096;
/// This many equal digits in two keys are no coincidence.
const ALIKE: usize = 12;

#[derive(Clone, Default)]
pub struct Keys {
    /// The keys that were received so far, with their names.
    known: Vec<(String, Vec<u8>)>,
    /// A client has asked for one.
    was_requested: bool,
}

impl Keys {
    /// Replaces the placeholders in bytes to be sent by the keys.
    pub fn insert(&mut self, bytes: &[u8]) -> Vec<u8> {
        if bytes.len() <= LONGEST_COMMAND {
            self.was_requested |= position(bytes, b"/register").is_some();
        }
        self.known
            .iter()
            .fold(bytes.to_vec(), |bytes, (name, key)| {
                let bytes = replaced(bytes, key_of(name).as_bytes(), key);
                let half = beginning_of_key(name);
                replaced(bytes, half.as_bytes(), &key[..DIGITS / 2])
            })
    }

    /// Learns new keys from these bytes, and replaces all known ones by placeholders.
    pub fn learn_and_hide(&mut self, bytes: &mut Vec<u8>) {
        if !self.was_requested {
            return;
        }
        let mut rest = bytes.as_slice();
        while let Some(at) = position(rest, BEFORE) {
            let (before, after) = (&rest[..at], &rest[at + BEFORE.len()..]);
            self.known.extend(key_at(before, after));
            rest = after;
        }
        if !self.known.is_empty() {
            *bytes = self.hidden(bytes);
        }
    }

    pub fn hidden(&self, bytes: &[u8]) -> Vec<u8> {
        self.known
            .iter()
            .fold(bytes.to_vec(), |bytes, (name, key)| {
                replaced(bytes, key, key_of(name).as_bytes())
            })
    }

    /// Two names whose keys have the same beginning or end. Of random keys, one pair in 10^14 does.
    pub fn similar_pair(&self) -> Option<(&str, &str)> {
        let alike = |one: &[u8], other: &[u8]| {
            one[..ALIKE] == other[..ALIKE] || one[DIGITS - ALIKE..] == other[DIGITS - ALIKE..]
        };
        self.known.iter().enumerate().find_map(|(at, (name, key))| {
            let mut before = self.known[..at].iter();
            let (other, _) = before.find(|(other, its)| other != name && alike(its, key))?;
            Some((other.as_str(), name.as_str()))
        })
    }

    /// Whether both know the same key of a name.
    pub fn agree_on(&self, name: &str, other: &Keys) -> bool {
        let of = |keys: &Keys| keys.known.iter().find(|(its, _)| its == name).cloned();
        of(self).is_some() && of(self) == of(other)
    }

    /// Whether these bytes contain a key, in any letter case.
    pub fn is_in(&self, bytes: &[u8]) -> bool {
        let bytes = bytes.to_ascii_lowercase();
        let mut keys = self.known.iter();
        keys.any(|(_, key)| position(&bytes, &key.to_ascii_lowercase()).is_some())
    }
}

/// The name and the key around `. Your key: `.
fn key_at(before: &[u8], after: &[u8]) -> Option<(String, Vec<u8>)> {
    let name = before.rsplit(|byte| *byte == b' ').next()?;
    let key = after.get(..DIGITS)?;
    let is_key = key.iter().all(u8::is_ascii_hexdigit);
    is_key.then(|| (String::from_utf8_lossy(name).into_owned(), key.to_vec()))
}

fn position(bytes: &[u8], part: &[u8]) -> Option<usize> {
    bytes.windows(part.len()).position(|window| window == part)
}

fn replaced(mut bytes: Vec<u8>, old: &[u8], new: &[u8]) -> Vec<u8> {
    let mut from = 0;
    while let Some(at) = position(&bytes[from..], old) {
        bytes.splice(from + at..from + at + old.len(), new.iter().copied());
        from += at + new.len();
    }
    bytes
}
