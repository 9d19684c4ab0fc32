//! Accounts, and the file that stores them.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use crate::chat::{expect_all, first, next};
use crate::client::Client;
use crate::server::Server;
use crate::step::{self, Step};
use crate::wait::eventually;
use crate::workshop::Folder;

on_each!([accounts ledger instances] {
    a_login_elsewhere_ends_the_old_connection
    a_wrong_key_takes_a_second_of_one_client_and_of_nobody_else
    a_connection_that_was_replaced_replaces_nobody
    a_login_after_a_blank_does_not_publish_the_key
});

fn start_with(file: &Path) -> Server {
    let step = step::ledger();
    Server::run(
        step,
        Command::new(step.program).arg("127.0.0.1:0").arg(file),
    )
}

/// The error of a start that must fail.
fn refusal(file: &Path) -> String {
    let step = step::ledger();
    let mut command = Command::new(step.program);
    let Output {
        status,
        stdout,
        stderr,
    } = command.arg("127.0.0.1:0").arg(file).output().unwrap();
    assert_eq!(status.code(), Some(1));
    assert!(stdout.is_empty(), "it has started");
    String::from_utf8(stderr).unwrap()
}

/// Registers a name, and returns its key.
fn register(client: &mut Client, name: &str) -> String {
    client.send_line(&format!("/register {name}"));
    let line = client.next_line().unwrap();
    key_in(&line, name).unwrap_or_else(|| panic!("{line}"))
}

/// Alice, who has registered her name, another client, and her key.
fn registered_alice_and(server: &Server, other: &'static str) -> (Client, Client, String) {
    let mut alice = first(server, "alice");
    let mut other = next(server, other, [&mut alice]);
    let key = register(&mut alice, "Alice");
    let news = format!("{alice} is now Alice");
    expect_all(&news, [&mut alice, &mut other]);
    (alice, other, key)
}

fn key_in(line: &str, name: &str) -> Option<String> {
    let (key, _) = line
        .strip_prefix(&format!("Registered {name}. Your key: "))?
        .split_once(' ')?;
    let is_key = key.len() == 32 && key.bytes().all(|byte| byte.is_ascii_hexdigit());
    let whole = format!("Registered {name}. Your key: {key} (keep it; /login {name} {key})");
    (is_key && line == whole).then(|| key.to_string())
}

/// Whether a new client can log in. Nobody else must be in the room.
fn can_log_in(server: &Server, name: &str, key: &str) -> bool {
    let mut client = server.connect("an owner");
    client.send_line(&format!("/login {name} {key}"));
    let answers = [
        format!("Welcome back, {name}."),
        "Wrong name or key.".to_string(),
    ];
    let answer = client.find_line(|line| answers.contains(&line.to_string()));
    answer.as_ref() == Some(&answers[0])
}

#[test]
fn a_key_reaches_its_owner_alone_and_no_log() {
    let folder = Folder::new("told");
    let file = folder.0.join("accounts");
    let server = start_with(&file);
    let mut alice = first(&server, "alice");
    let mut bob = next(&server, "bob", [&mut alice]);
    let first_key = register(&mut alice, "Alice");
    let news = format!("{alice} is now Alice");
    expect_all(&news, [&mut alice, &mut bob]);
    let keys = [first_key, register(&mut alice, "Alice-2")];
    assert_ne!(keys[0], keys[1]);
    expect_all("Alice is now Alice-2", [&mut alice, &mut bob]);
    bob.send_line("/who");
    bob.expect_line(&format!("{bob}, Alice-2"));
    server.expect_stdout(&format!("Accepted new client: {bob}"));
    let printed = server.output();
    drop(server); // On Windows no one else can read the file before.
    let kept = folder.read("accounts");
    for key in keys {
        assert!(!kept.contains(&key) && !printed.contains(&key));
    }
    assert_eq!(kept.lines().count(), 3, "{kept}");
}

#[test]
fn without_a_file_it_warns_that_nothing_is_kept() {
    Server::start(step::ledger())
        .expect_stdout("Accounts are kept in memory: name a file to keep them.");
    let step = step::ledger();
    let mut command = Command::new(step.program);
    let output = command
        .args(["127.0.0.1:0", "accounts", "more"])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(output.stderr, b"Usage: 11-ledger [ADDRESS] [FILE]\n");
}

fn a_login_elsewhere_ends_the_old_connection(step: Step) {
    let server = Server::start(step);
    let (mut alice, mut bob, key) = registered_alice_and(&server, "bob");
    let mut carol = next(&server, "carol", [&mut alice, &mut bob]);
    carol.send_line(&format!("/login alice {key}"));
    let news = format!("{carol} is now Alice");
    expect_all(&news, [&mut bob, &mut carol]);
    carol.expect_line("Welcome back, Alice.");
    alice.expect_line("You logged in elsewhere.");
    alice.expect_end();
    alice.send_line("it was me");
    carol.send_line("it is me");
    expect_all("Alice says: it is me", [&mut bob, &mut carol]);
    // Logging in twice changes nothing.
    carol.send_line(&format!("/login Alice {key}"));
    carol.expect_line("Welcome back, Alice.");
    bob.assert_nothing_unread();
}

fn a_wrong_key_takes_a_second_of_one_client_and_of_nobody_else(step: Step) {
    let server = Server::start(step);
    let (mut alice, mut mallory, key) = registered_alice_and(&server, "mallory");
    for (name, key) in [("Alice", &key[..31]), ("Nobody", &key), ("Alice", "é")] {
        mallory.send_line(&format!("/login {name} {key}"));
        let begun = Instant::now();
        while !mallory.has_unread() {
            let asked = Instant::now();
            alice.send_line("/who");
            alice.next_line();
            assert!(
                asked.elapsed() < Duration::from_millis(500),
                "alice waits, too"
            );
        }
        assert!(begun.elapsed() > Duration::from_millis(900));
        mallory.expect_line("Wrong name or key.");
    }
    mallory.expect_end();
}

#[test]
fn many_connections_have_no_more_tries_than_one() {
    let server = Server::start(step::instances());
    let mut guessers: Vec<Client> = (0..3).map(|_| server.connect("a guesser")).collect();
    let begun = Instant::now();
    for guesser in &guessers {
        guesser.send_line("/login Alice 0123456789abcdef0123456789abcdef");
    }
    for guesser in &mut guessers {
        guesser.wait_for_line("Wrong name or key.");
    }
    // The third attempt waited for two turns of a second, and took one itself.
    assert!(begun.elapsed() > Duration::from_millis(2900));
}

/// Kills a server in the middle of registrations, again and again.
fn register_while_killed(folder: &str, clients: usize, accounts: usize) {
    let folder = Folder::new(folder);
    let file = folder.0.join("accounts");
    let mut known: Vec<(String, String)> = Vec::new();
    let mut number = 0;
    while known.len() < accounts {
        let server = start_with(&file);
        let mut crowd: Vec<Client> = (0..clients)
            .map(|_| server.connect("one of a crowd"))
            .collect();
        let mut asked = Vec::new();
        for client in &crowd {
            for _ in 0..3 {
                number += 1;
                asked.push(format!("acc-{number}"));
                client.send_line(&format!("/register acc-{number}"));
            }
        }
        // Kill it when some are answered, and others are still in flight.
        let mut lines = Vec::from_iter(
            crowd[number % clients].find_line(|line| line.starts_with("Registered ")),
        );
        drop(server);
        lines.extend(crowd.iter_mut().flat_map(Client::remaining_lines));
        known.extend(lines.iter().filter_map(|line| {
            let name = line.strip_prefix("Registered ")?.split_once('.')?.0;
            Some((name.to_string(), key_in(line, name)?))
        }));
        // On Windows, a killed program may hold its file a moment longer.
        eventually("the file", || fs::read(&file).is_ok());
        let kept = folder.read("accounts");
        let names: Vec<&str> = kept
            .lines()
            .skip(1)
            .filter_map(|line| line.split_once(' '))
            .map(|(name, _)| name)
            .collect();
        for (name, _) in &known {
            assert!(
                names.contains(&name.as_str()),
                "{name} was confirmed, and is lost"
            );
        }
    }
    let server = start_with(&file);
    for (name, key) in &known {
        assert!(can_log_in(&server, name, key), "{name}");
    }
    drop(server);
    eventually("the file", || fs::read(&file).is_ok());
    let kept = folder.read("accounts");
    let asked = kept
        .lines()
        .skip(1)
        .all(|line| line.starts_with("acc-") && line.len() > 64);
    assert!(asked, "{kept}");
}

#[test]
fn no_account_that_was_answered_is_lost_when_the_server_is_killed() {
    register_while_killed("killed", 10, 100);
}

#[test]
#[ignore = "it takes some minutes"]
fn none_of_ten_thousand_accounts_is_lost() {
    register_while_killed("killed-often", 50, 10_000);
}

const HEADING: &str = "# accounts of a chat: name, SHA-256 of the key\n";

fn account(name: &str) -> String {
    format!("{name} {}\n", "0".repeat(64))
}

#[test]
fn a_torn_last_line_is_cut_off() {
    let folder = Folder::new("torn");
    let file = folder.0.join("accounts");
    let whole = format!("{HEADING}{}", account("Alice"));
    for torn in ["", "B", "Bob ", "Bob 00"] {
        fs::write(&file, format!("{whole}{torn}")).unwrap();
        let server = start_with(&file);
        let mut carol = first(&server, "carol");
        register(&mut carol, "Carol");
        drop(server);
        let kept = folder.read("accounts");
        assert!(kept.starts_with(&format!("{whole}Carol ")), "{kept}");
        assert_eq!(kept.lines().count(), 3);
    }
    // A line without its newline is whole: an editor may have removed that.
    fs::write(&file, format!("{whole}{}", account("Bob").trim_end())).unwrap();
    let server = start_with(&file);
    register(&mut first(&server, "carol"), "Carol");
    drop(server);
    let kept = folder.read("accounts");
    let bob = account("Bob");
    assert!(kept.starts_with(&format!("{whole}{bob}Carol ")), "{kept}");
    for torn in 0..HEADING.len() {
        fs::write(&file, &HEADING[..torn]).unwrap();
        drop(start_with(&file));
        assert_eq!(folder.read("accounts"), HEADING);
    }
}

#[test]
fn a_damaged_file_is_refused_and_left_alone() {
    let folder = Folder::new("damaged");
    let file = folder.0.join("accounts");
    let (alice, bob) = (account("Alice"), account("Bob"));
    for (text, line) in [
        ("my diary".to_string(), 1),
        (format!("{HEADING}Alice\n{bob}"), 2),
        (format!("{HEADING}{alice}{}", bob.replace('0', "g")), 3),
        (format!("{HEADING}{alice}{bob}{}", account("aLICE")), 4),
        (format!("{HEADING}{alice}\n{bob}"), 3),
        (format!("{HEADING}{}", account("10.0.0.1")), 2),
        (format!("{HEADING}{alice}{}", "x".repeat(200)), 3),
        (format!("{HEADING}{alice}my own note"), 3),
    ] {
        fs::write(&file, &text).unwrap();
        let stderr = refusal(&file);
        assert!(stderr.contains(&format!("line {line}")), "{stderr}");
        assert!(
            stderr.starts_with("Could not open the accounts: "),
            "{stderr}"
        );
        assert_eq!(folder.read("accounts"), text);
    }
    assert!(refusal(&folder.0.join("missing/accounts")).contains("missing"));
    assert!(refusal(&folder.0).starts_with("Could not open the accounts: "));
}

#[test]
fn two_servers_do_not_share_a_file() {
    let folder = Folder::new("shared");
    let file = folder.0.join("accounts");
    let server = start_with(&file);
    refusal(&file);
    #[cfg(unix)]
    {
        let other_name = folder.0.join("other");
        std::os::unix::fs::symlink(&file, &other_name).unwrap();
        let stderr = refusal(&other_name);
        assert!(stderr.contains("another server uses it"), "{stderr}");
    }
    drop(server);
    start_with(&file); // The lock has gone with its process.
}

/// Two servers start at the same moment, after one was killed.
#[test]
fn of_two_parallel_starts_one_gets_the_file() {
    let folder = Folder::new("raced");
    let file = folder.0.join("accounts");
    let step = step::ledger();
    for _ in 0..20 {
        drop(start_with(&file));
        let mut command = Command::new(step.program);
        let command = command.arg("127.0.0.1:0").arg(&file);
        let command = command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut two = [command.spawn().unwrap(), command.spawn().unwrap()];
        // The other exits without a line on stdout.
        let listens = |child: &mut Child| {
            let stdout = BufReader::new(child.stdout.take().unwrap());
            stdout.lines().next().is_some()
        };
        let listen = two.each_mut().map(listens);
        for mut child in two {
            let _ = child.kill();
            let _ = child.wait();
        }
        assert_ne!(listen[0], listen[1]);
    }
}

#[test]
#[cfg(unix)]
fn a_file_of_somebody_else_is_no_lock() {
    let folder = Folder::new("no-lock");
    fs::write(folder.0.join("Cargo.lock"), "mine").unwrap();
    let stderr = refusal(&folder.0.join("Cargo"));
    assert!(stderr.contains("another file has that name"), "{stderr}");
    assert_eq!(folder.read("Cargo.lock"), "mine");
}

#[test]
#[cfg(unix)] // On Windows, no other process can write the file.
fn a_truncated_file_takes_no_more_accounts() {
    let folder = Folder::new("shorter");
    let file = folder.0.join("accounts");
    let server = start_with(&file);
    let mut alice = first(&server, "alice");
    register(&mut alice, "Alice");
    alice.next_line();
    fs::write(&file, HEADING).unwrap();
    alice.send_line("/register Bob");
    alice.expect_line("Bob could not be saved, and is not registered.");
    server.expect_stderr("shorter than it was");
    assert_eq!(folder.read("accounts"), HEADING);
}

/// Three connections log in to one name, one after another: a wrong key, then Alice's new
/// connection, then her old one.
fn a_connection_that_was_replaced_replaces_nobody(step: Step) {
    let server = Server::start(step);
    let mut old = first(&server, "alice");
    let mut bob = next(&server, "bob", [&mut old]);
    let mut new = next(&server, "carol", [&mut old, &mut bob]);
    let key = register(&mut old, "Alice");
    bob.send_line("/login Alice wrong");
    bob.wait_for_line("Wrong name or key.");
    bob.send_line("/login Alice wrong");
    let mut dave = server.connect("dave");
    for client in [&new, &old] {
        server.round_trip(&mut dave); // The attempt before is queued by now.
        client.send_line(&format!("/login Alice {key}"));
    }
    new.wait_for_line("Welcome back, Alice.");
    old.wait_for_line("You logged in elsewhere.");
    old.read_to_end();
    new.send_line("/who");
    let who = new.find_line(|line| line.ends_with(", Alice"));
    assert!(who.is_some(), "the new connection was closed, too");
}

fn a_login_after_a_blank_does_not_publish_the_key(step: Step) {
    let server = Server::start(step);
    let mut alice = first(&server, "alice");
    let mut bob = next(&server, "bob", [&mut alice]);
    alice.send_line("  /login Alice 0123456789abcdef0123456789abcdef");
    alice.expect_line("Wrong name or key.");
    alice.send_line("sorry");
    bob.expect_line(&format!("{alice} says: sorry"));
}

#[test]
#[cfg(unix)]
fn only_its_owner_reads_the_file() {
    use std::os::unix::fs::PermissionsExt;
    let folder = Folder::new("private");
    let file = folder.0.join("accounts");
    let _server = start_with(&file);
    let mode = fs::metadata(&file).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

/// `ulimit -f` counts in 512 or 1024 bytes: some accounts fit, and a part of the next.
#[test]
#[cfg(target_os = "linux")]
fn without_disk_space_no_account_is_registered() {
    let folder = Folder::new("full");
    let file = folder.0.join("accounts");
    let step = step::ledger();
    let script = "trap '' XFSZ; ulimit -f 1; exec \"$0\" 127.0.0.1:0 \"$1\"";
    let mut command = Command::new("sh");
    let server = Server::run(step, command.args(["-c", script, step.program]).arg(&file));
    let mut alice = first(&server, "alice");
    let mut saved = 0;
    let refused = loop {
        let name = format!("Alice-{saved}");
        alice.send_line(&format!("/register {name}"));
        let line = alice.next_line().unwrap();
        if key_in(&line, &name).is_none() {
            break line;
        }
        alice.next_line();
        saved += 1;
        assert!(saved < 100);
    };
    assert_eq!(
        refused,
        format!("Alice-{saved} could not be saved, and is not registered.")
    );
    server.expect_stderr("Could not save an account");
    assert_eq!(
        folder.read("accounts").lines().count(),
        1 + saved,
        "nothing is there half"
    );
    assert!(folder.read("accounts").ends_with('\n'));
    // The name is free again, and the chat still works.
    let mut bob = server.connect("bob");
    bob.send_line(&format!("/nick Alice-{saved}"));
    bob.expect_line(&format!("{bob} is now Alice-{saved}"));
}
