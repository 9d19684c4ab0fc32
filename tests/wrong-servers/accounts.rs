//! What a server of steps 10 and 11 does about accounts, for those who get the rest right.

use std::env;
use std::fs::{self, OpenOptions};
use std::hash::{BuildHasher, Hasher, RandomState};
use std::io::Write;
use std::mem::forget;
use std::process::exit;
use std::sync::Mutex;

use super::right::{Chat, Room};

/// The accounts in the file, if there is one: a name a line, and its key, backwards. For these
/// servers that is hash enough.
pub fn kept() -> Vec<(String, String)> {
    let file = env::args().nth(3).map(fs::read_to_string);
    let text = file.and_then(Result::ok).unwrap_or_default();
    let pairs = text.lines().filter_map(|line| line.split_once(' '));
    pairs
        .map(|(name, key)| (name.to_string(), key.chars().rev().collect()))
        .collect()
}

pub fn keep(name: &str, key: &str) {
    let Some(file) = env::args().nth(3) else {
        return;
    };
    let backwards: String = key.chars().rev().collect();
    let file = OpenOptions::new().append(true).create(true).open(file);
    let _ = file.and_then(|mut file| {
        file.write_all(format!("{name} {backwards}\n").as_bytes())?;
        file.sync_data()
    });
}

/// Cuts off half a line at the end of the file.
pub fn cut() {
    let Some(file) = env::args().nth(3) else {
        return;
    };
    let text = fs::read(&file).unwrap_or_default();
    let end = text.iter().rposition(|byte| *byte == b'\n');
    let whole = &text[..end.map_or(0, |end| end + 1)];
    if whole.len() < text.len() {
        fs::write(file, whole).expect("a file that can be written");
    }
}

/// The number of the first line that is no account.
pub fn first_damaged() -> Option<usize> {
    let text = fs::read_to_string(env::args().nth(3)?).ok()?;
    let is_account = |line: &str| line.split_once(' ').is_some_and(|(_, key)| key.len() == 32);
    text.lines()
        .position(|line| !is_account(line))
        .map(|line| line + 1)
}

/// Ends the program if another one uses its file.
pub fn lock() {
    let Some(path) = env::args().nth(3) else {
        return;
    };
    let file = OpenOptions::new().append(true).create(true).open(path);
    let file = file.expect("a file that can be opened");
    if file.try_lock().is_err() {
        eprintln!("Another server has the file.");
        exit(1);
    }
    forget(file); // It is locked as long as the program runs.
}

pub fn concerns(line: &[u8]) -> bool {
    [&b"/register"[..], b"/login"].iter().any(|word| {
        let rest = line.strip_prefix(*word);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(b" "))
    })
}

pub fn told(name: &str, key: &str) -> String {
    format!("Registered {name}. Your key: {key} (keep it; /login {name} {key})")
}

/// Does what the line asks for. False if that was a login with a wrong name or key.
pub fn obey(chat: impl Chat, room: &Mutex<Room>, id: u64, line: &str) -> bool {
    let words: Vec<&str> = line.split_whitespace().collect();
    match words[..] {
        ["/register", name] => register(chat, &mut room.lock().unwrap(), id, name),
        ["/login", name, key] => return login(chat, room, id, name, key),
        _ => room
            .lock()
            .unwrap()
            .tell(id, "That takes a name; a login takes its key, too."),
    }
    true
}

fn register(chat: impl Chat, room: &mut Room, id: u64, name: &str) {
    if !chat.is_name(name) || chat.account(room, name).is_some() || room.is_taken(id, name) {
        return room.tell(id, "That name cannot be registered.");
    }
    add(chat, room, id, name);
}

/// Makes a name a client's own, with a new key.
pub fn add(chat: impl Chat, room: &mut Room, id: u64, name: &str) {
    let half = || RandomState::new().build_hasher().finish();
    let key = format!("{:016x}{:016x}", half(), half());
    room.accounts.push((name.to_string(), key.clone()));
    chat.register(room, id, name, &key);
    chat.takes_registered(room, id, name);
}

fn login(chat: impl Chat, room: &Mutex<Room>, id: u64, name: &str, key: &str) -> bool {
    let mut everybody = room.lock().unwrap();
    let account = chat.account(&everybody, name);
    let has_account = account.is_some();
    let Some((name, _)) = account.filter(|(_, its)| chat.is_key(its, key)) else {
        drop(everybody);
        chat.refuse_login(room, id, has_account);
        return false;
    };
    let old = everybody.clients.iter().find(|client| client.name == name);
    if let Some(old) = old.map(|client| client.id).filter(|old| *old != id) {
        chat.replace(&mut everybody, old);
    }
    if everybody.name(id) != name {
        chat.rename(&mut everybody, id, &name);
    }
    everybody.tell(id, &format!("Welcome back, {name}."));
    true
}
