//! Servers with a file among their arguments.

use std::path::{Path, PathBuf};
use std::time::Duration;
use std::{env, fs, process};

use super::finding::{Problem, differs};
use super::room::{room, run, turns};
use crate::error::CouldNotTry;
use crate::model::contract::{LEDGER, key_of};
use crate::model::matching::lines;
use crate::model::session::{ALICE, says};
use crate::runner::events::Observer;
use crate::runner::harness::{Harness, Keys};
use crate::server::program::Ready;

/// The same with a file, where it takes one.
pub fn with_file(ready: &Ready, file: &Path) -> Option<Ready> {
    match ready {
        Ready::Executable(executable) => executable.with_file(file).map(Ready::Executable),
        Ready::Running(_) => None,
    }
}

/// A folder for a file, which goes when the scene is over.
pub struct Folder(pub PathBuf);

impl Folder {
    pub fn new(name: &str) -> Folder {
        let folder = env::temp_dir().join(format!("workshop-{name}-{}", process::id()));
        let _ = fs::remove_dir_all(&folder);
        let _ = fs::create_dir_all(&folder);
        Folder(folder)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Servers with the same file, one after the other.
pub struct SameFile<'a> {
    pub ready: Ready,
    pub patience: Duration,
    pub observer: &'a mut dyn Observer,
}

impl SameFile<'_> {
    pub fn open(&mut self, keys: &Keys) -> Result<Harness<'_>, CouldNotTry> {
        let mut harness = Harness::open(&self.ready, self.patience, self.observer)?;
        harness.keys = keys.clone();
        Ok(harness)
    }
}

/// Alice registers a name.
pub fn register(harness: &mut Harness, name: &str) -> Result<(), Problem> {
    let playback = room(harness, LEDGER, 1, 1)?;
    run(playback, &[says(ALICE, &format!("/register {name}"))]).map(|_| ())
}

/// Alice logs in with the last and the first of these names, and cannot take the first in any other
/// way. Returns a name that she cannot log in with.
pub fn log_in<'n>(harness: &mut Harness, names: &[&'n str]) -> Result<Option<&'n str>, Problem> {
    let mut playback = room(harness, LEDGER, 1, 1)?;
    for name in names {
        playback.contract.add_account(name);
    }
    // A second try at the same name would have to wait.
    let tried = [names[names.len() - 1], names[0]];
    for name in &tried[..names.len().min(2)] {
        if !playback.turn(&says(ALICE, &format!("/login {name} {}", key_of(name)))) {
            let last = playback.recording.turns.last();
            let received = last.map_or(&[][..], |turn| &turn.heard[ALICE]);
            if lines(received).any(|line| line == b"Wrong name or key.\n") {
                return Ok(Some(name));
            }
            return Err(differs(playback));
        }
    }
    let name = names[0].to_lowercase();
    let asks = turns(&format!(
        "alice says /nick {name}; alice says /register {name}"
    ));
    run(playback, &asks).map(|_| None)
}
