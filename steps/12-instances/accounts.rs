//! The accounts: whose a name is. Nothing here knows of clients, or of the disk.

use std::collections::HashMap;

use super::sha256::Hash;

/// The most accounts. Each takes some 200 bytes of memory, and 80 of the disk.
pub const MOST: usize = 100_000;

/// All accounts, by their names in lower case.
#[derive(Default)]
pub struct Accounts(HashMap<String, Account>);

struct Account {
    name: String,
    /// The hash of its key.
    hash: Hash,
}

impl Accounts {
    /// Whether a name is registered, in whatever letter case.
    pub fn has(&self, name: &str) -> bool {
        self.0.contains_key(&name.to_ascii_lowercase())
    }

    /// Adds an account, or says why not.
    pub fn add(&mut self, name: &str, hash: Hash) -> Result<(), String> {
        if self.has(name) {
            return Err(registered(name));
        }
        if self.0.len() == MOST {
            return Err(FULL.to_string());
        }
        let name = name.to_string();
        let account = Account { name, hash };
        self.0.insert(account.name.to_ascii_lowercase(), account);
        Ok(())
    }

    pub fn remove(&mut self, name: &str) {
        self.0.remove(&name.to_ascii_lowercase());
    }

    /// The name as it was registered, if the key is right. For a name that nobody has, it compares as long.
    pub fn name_with(&self, name: &str, hash: &Hash) -> Option<String> {
        let account = self.0.get(&name.to_ascii_lowercase());
        let expected = account.map_or([0; 32], |account| account.hash);
        let is_right = is_same(&expected, hash);
        account
            .filter(|_| is_right)
            .map(|account| account.name.clone())
    }
}

/// Whether two hashes are the same. It looks at each byte, whatever the first ones are: how long it takes tells nothing.
fn is_same(one: &Hash, other: &Hash) -> bool {
    let pairs = one.iter().zip(other);
    pairs.fold(0, |different, (one, other)| different | (one ^ other)) == 0
}

// What clients are told.

pub const FULL: &str = "No more names can be registered here.";

pub fn registered(name: &str) -> String {
    format!("That name is registered: /login {name} KEY.")
}

pub fn welcome(name: &str, key: &str) -> String {
    format!("Registered {name}. Your key: {key} (keep it; /login {name} {key})")
}

pub fn not_saved(name: &str) -> String {
    format!("{name} could not be saved, and is not registered.")
}
