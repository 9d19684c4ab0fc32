//! The accounts: which names have an owner. Nothing here knows of clients.

use std::collections::HashMap;

use super::sha256::Hash;

/// The most accounts. Each takes some 200 bytes of memory.
const MOST: usize = 100_000;

/// All accounts, by their names in lower case.
#[derive(Default)]
pub struct Accounts(HashMap<String, Account>);

struct Account {
    name: String,
    /// The hash of its key. Nobody can make the key from it.
    hash: Hash,
}

impl Accounts {
    /// Whether a name is registered, in whatever letter case.
    pub fn has(&self, name: &str) -> bool {
        self.0.contains_key(&name.to_ascii_lowercase())
    }

    pub fn is_full(&self) -> bool {
        self.0.len() >= MOST
    }

    pub fn add(&mut self, name: &str, hash: Hash) {
        let account = Account {
            name: name.to_string(),
            hash,
        };
        self.0.insert(name.to_ascii_lowercase(), account);
    }

    /// The name as it was registered, if the key has this hash. For a name that nobody has, it compares as long.
    pub fn login(&self, name: &str, hash: &Hash) -> Option<&str> {
        let account = self.0.get(&name.to_ascii_lowercase());
        let expected = account.map_or([0; 32], |account| account.hash);
        let is_right = is_same(&expected, hash);
        account
            .filter(|_| is_right)
            .map(|account| account.name.as_str())
    }
}

/// Whether two hashes are the same. It looks at each byte, whatever the first ones are: how long it takes betrays nothing.
fn is_same(one: &Hash, other: &Hash) -> bool {
    let pairs = one.iter().zip(other);
    pairs.fold(0, |different, (one, other)| different | (one ^ other)) == 0
}
