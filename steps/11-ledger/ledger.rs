//! The ledger: the file that keeps the accounts, a line each: its name, and the hash of its key.
//!
//! An account is appended in one write, and announced only when it is on the disk. A crash can tear the last line alone,
//! and nobody was told of that one: the next start cuts it off. If anything else is wrong with the file, the program says
//! where, and leaves the file alone.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Error, Read, Seek, SeekFrom, Write};
use std::path::Path;

use super::accounts::Accounts;
use super::commands;
use super::key::hexadecimal;
use super::sha256::Hash;

/// The first line. A file that begins otherwise is not ours.
const HEADING: &str = "# accounts of a chat: name, SHA-256 of the key\n";

pub struct Ledger {
    /// None: the accounts live as long as the server. As long as it is open, it is locked.
    file: Option<File>,
    /// The file's length, with all accounts that are saved.
    length: u64,
}

impl Ledger {
    /// The ledger in a file, and the accounts that are in it. Without a path, nothing is kept.
    pub fn open(path: Option<&str>) -> io::Result<(Ledger, Accounts)> {
        let Some(path) = path.map(Path::new) else {
            let (file, length) = (None, 0);
            return Ok((Ledger { file, length }, Accounts::default()));
        };
        let mut file = open(path)?;
        file.try_lock().map_err(|error| match error {
            TryLockError::WouldBlock => Error::other("another server uses this file"),
            TryLockError::Error(error) => error,
        })?;
        let mut text = Vec::new();
        file.read_to_end(&mut text)?;
        let (accounts, whole) = read(&text)?;
        let (file, length) = (Some(file), whole as u64);
        let mut ledger = Ledger { file, length };
        match text[..whole].last() {
            None => ledger.append(HEADING)?,
            Some(b'\n') => ledger.cut()?,
            Some(_) => ledger.append("\n")?,
        }
        sync_folder(path)?;
        Ok((ledger, accounts))
    }

    /// Saves an account. When this returns it is on the disk, or it was cut off again.
    pub fn save(&mut self, name: &str, hash: &Hash) -> io::Result<()> {
        self.append(&format!("{name} {}\n", hexadecimal(hash)))
    }

    fn append(&mut self, line: &str) -> io::Result<()> {
        self.cut()?;
        let Some(file) = &mut self.file else {
            return Ok(());
        };
        let saved = file
            .write_all(line.as_bytes())
            .and_then(|()| file.sync_data());
        match &saved {
            Ok(()) => self.length += line.len() as u64,
            Err(_) => drop(self.cut()), // Or the next one tries again.
        }
        saved
    }

    /// Cuts off what is not saved whole.
    fn cut(&mut self) -> io::Result<()> {
        let Some(file) = &mut self.file else {
            return Ok(());
        };
        if file.metadata()?.len() < self.length {
            return Err(Error::other("the file is shorter than it was"));
        }
        file.set_len(self.length)?;
        file.seek(SeekFrom::Start(self.length)).map(|_| ())
    }
}

/// Opens the file, or makes one that only its owner can read.
fn open(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// A new file is safe only when its folder's list is on the disk, too. (Windows has no such call.)
fn sync_folder(path: &Path) -> io::Result<()> {
    if cfg!(windows) {
        return Ok(());
    }
    let path = path.canonicalize()?;
    File::open(path.parent().unwrap_or(&path))?.sync_all()
}

/// The accounts in a ledger's text, and how much of it is whole.
fn read(text: &[u8]) -> io::Result<(Accounts, usize)> {
    let mut accounts = Accounts::default();
    if HEADING.as_bytes().starts_with(text) && text.len() < HEADING.len() {
        return Ok((accounts, 0)); // It is new, or was to be made.
    }
    let Some(rest) = text.strip_prefix(HEADING.as_bytes()) else {
        return Err(Error::other("line 1: this is no file of accounts"));
    };
    let mut length = HEADING.len();
    for (number, line) in (2..).zip(rest.split_inclusive(|byte| *byte == b'\n')) {
        match account(line) {
            Some((name, _)) if accounts.has(name) => {
                return Err(Error::other(format!(
                    "line {number}: {name} is there twice"
                )));
            }
            Some((name, hash)) => accounts.add(name, hash),
            None if is_torn(line) => break,
            None => return Err(Error::other(format!("line {number} is damaged"))),
        }
        length += line.len();
    }
    Ok((accounts, length))
}

/// Whether this can be the beginning of a line that was to be written. (Only the last line has no end.)
fn is_torn(line: &[u8]) -> bool {
    let (name, digits) = match line.iter().position(|byte| *byte == b' ') {
        Some(blank) => (&line[..blank], &line[blank + 1..]),
        None => (line, &[][..]),
    };
    let is_of_name = |byte: &u8| byte.is_ascii_alphanumeric() || b"-.".contains(byte);
    let is_digit = |byte: &u8| byte.is_ascii_hexdigit();
    name.len() <= 15
        && name.iter().all(is_of_name)
        && digits.len() < 64
        && digits.iter().all(is_digit)
}

/// The name and the hash in a line. Of the last one, an editor may have cut off the end.
fn account(line: &[u8]) -> Option<(&str, Hash)> {
    let line = std::str::from_utf8(line).ok()?;
    let line = line.strip_suffix('\n').unwrap_or(line);
    let (name, digits) = line.split_once(' ')?;
    let mut hash = Hash::default();
    for (byte, at) in hash.iter_mut().zip((0..).step_by(2)) {
        *byte = u8::from_str_radix(digits.get(at..at + 2)?, 16).ok()?;
    }
    let is_whole = commands::is_well_formed(name) && hexadecimal(&hash) == digits;
    is_whole.then_some((name, hash))
}
