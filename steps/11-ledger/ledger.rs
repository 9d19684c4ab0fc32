//! The ledger: the file that keeps the accounts, a line each: its name, and the hash of its key.
//!
//! An account is appended in one line, and told to its owner only when it is on the disk. A kill can tear the last line
//! alone, and nobody was told of that one: it is cut off at the next start. If anything else is wrong with the file, the
//! program says where, and leaves it alone.

use std::fs::{File, OpenOptions};
use std::io::{self, Error, Read, Seek, SeekFrom, Write};
use std::path::Path;

use super::accounts::Accounts;
use super::key::hexadecimal;
use super::sha256::Hash;
use super::{commands, lock};

/// The first line. A file that begins otherwise is somebody else's.
const HEADING: &str = "# accounts of a chat: name, SHA-256 of the key\n";

pub struct Ledger(Option<Open>);

struct Open {
    file: File,
    /// How long the file is with all accounts that are saved.
    length: u64,
    _lock: lock::Lock,
}

impl Ledger {
    /// The ledger in a file, and the accounts that are in it. Without a file, nothing is kept.
    pub fn open(path: Option<&str>) -> io::Result<(Ledger, Accounts)> {
        let Some(path) = path.map(Path::new) else {
            return Ok((Ledger(None), Accounts::default()));
        };
        let mut file = open(path)?;
        let path = path.canonicalize()?; // Two names for one file are no two files.
        let lock = lock::take(&path)?;
        let mut text = Vec::new();
        file.read_to_end(&mut text)?;
        let (accounts, length) = read(&text)?;
        let mut open = Open {
            file,
            length: length as u64,
            _lock: lock,
        };
        match text[..length].last() {
            None => open.append(HEADING)?,
            Some(b'\n') => open.cut()?,
            Some(_) => open.append("\n")?,
        }
        // A new file is safe only when its folder's list is on the disk, too. (Windows has no such call.)
        if cfg!(not(windows)) {
            File::open(path.parent().unwrap_or(&path))?.sync_all()?;
        }
        Ok((Ledger(Some(open)), accounts))
    }

    /// Saves an account. When this returns it is on the disk, or it was cut off again.
    pub fn append(&mut self, name: &str, hash: &Hash) -> io::Result<()> {
        let Some(open) = &mut self.0 else {
            return Ok(());
        };
        open.append(&format!("{name} {}\n", hexadecimal(hash)))
    }
}

impl Open {
    fn append(&mut self, line: &str) -> io::Result<()> {
        self.cut()?;
        let saved = self
            .file
            .write_all(line.as_bytes())
            .and_then(|()| self.file.sync_data());
        match &saved {
            Ok(()) => self.length += line.len() as u64,
            Err(_) => drop(self.cut()), // Or the next one tries again.
        }
        saved
    }

    /// Cuts off what is not saved whole.
    fn cut(&mut self) -> io::Result<()> {
        if self.file.metadata()?.len() < self.length {
            return Err(Error::other("the file is shorter than it was"));
        }
        self.file.set_len(self.length)?;
        self.file.seek(SeekFrom::Start(self.length)).map(|_| ())
    }
}

/// Opens the file, or makes one that only its owner can read.
fn open(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    #[cfg(windows)]
    std::os::windows::fs::OpenOptionsExt::share_mode(&mut options, 0);
    options.open(path)
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
            Some((name, hash)) => accounts
                .add(name, hash)
                .map_err(|reason| Error::other(format!("line {number}: {reason}")))?,
            None if is_torn(line) => break,
            None => return Err(Error::other(format!("line {number} is damaged"))),
        }
        length += line.len();
    }
    Ok((accounts, length))
}

/// Whether this can be the beginning of a line that was to be written.
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
