//! Step 8: several servers, one room, over a real Redis.

use std::io::Write;
use std::net::TcpListener;
use std::process::Command;
use std::thread;
#[cfg(unix)]
use std::time::Duration;

use predicates::str::contains;

use crate::chat::{all_hear, first, next};
use crate::client::Client;
use crate::redis::{self, Redis};
use crate::server::Server;
use crate::step;
#[cfg(unix)]
use crate::wait::within;
use crate::workshop::workshop;

fn start_with(redis: &Redis) -> Server {
    let step = step::instances();
    let mut command = Command::new(step.program);
    command.arg("127.0.0.1:0").arg(redis.address.to_string());
    Server::run(step, &mut command)
}

/// Two servers in one room, with alice at the first and bob at the second.
fn alice_and_bob(redis: &Redis) -> ([Server; 2], Client, Client) {
    let servers = [start_with(redis), start_with(redis)];
    let mut alice = first(&servers[0], "alice");
    let bob = next(&servers[1], "bob", [&mut alice]);
    (servers, alice, bob)
}

fn hear<const N: usize>(line: &str, clients: [&mut Client; N]) {
    all_hear(clients, line);
}

/// What a start comes to that fails: its exit status, and what it says.
fn refuses(redis: &str) -> (Option<i32>, String) {
    let mut command = Command::new(step::instances().program);
    let output = command.args(["127.0.0.1:0", redis]).output().unwrap();
    assert!(output.stdout.is_empty(), "it listens");
    (
        output.status.code(),
        String::from_utf8(output.stderr).unwrap(),
    )
}

#[test]
fn two_servers_are_one_room() {
    let Some(redis) = redis::start() else { return };
    let (_servers, mut alice, mut bob) = alice_and_bob(&redis);
    alice.says("hi");
    hear(&format!("{alice} says: hi"), [&mut alice, &mut bob]);
    bob.says("/nick Bob");
    hear(&format!("{bob} is now Bob"), [&mut alice, &mut bob]);
    alice.says("/nick BOB");
    alice.hears("Name refused: BOB is taken.");
    alice.says("/who");
    alice.hears(&format!("{alice}, Bob"));
    bob.leaves();
    alice.hears("Bob left the chat.");
    alice.says("/nick bob");
    alice.hears(&format!("{alice} is now bob"));
}

#[test]
fn who_registers_here_logs_in_there() {
    let Some(redis) = redis::start() else { return };
    let (servers, mut alice, mut bob) = alice_and_bob(&redis);
    alice.says("/register Alice");
    let line = alice.next_line().unwrap();
    let key = line.split(' ').nth(4).unwrap().to_string();
    hear(&format!("{alice} is now Alice"), [&mut alice, &mut bob]);
    bob.says("/nick alice");
    bob.hears("That name is registered: /login alice KEY.");
    let mut phone = next(&servers[1], "phone", [&mut alice, &mut bob]);
    phone.says(&format!("/login alice {key}"));
    alice.hears("You logged in elsewhere.");
    alice.hears_the_end();
    hear(&format!("{phone} is now Alice"), [&mut bob, &mut phone]);
    phone.hears("Welcome back, Alice.");
    phone.says("/who");
    phone.hears(&format!("{bob}, Alice"));
    let kept = redis.kept();
    let kept = String::from_utf8_lossy(&kept);
    assert!(
        kept.contains("chat:accounts") && !kept.contains(&key),
        "{kept}"
    );
}

#[test]
fn nobody_is_disconnected_while_redis_is_away() {
    const MANY: usize = 100; // More than may wait in the server: the rest waits in the connection.
    let Some(mut redis) = redis::start() else {
        return;
    };
    let (_servers, mut alice, mut bob) = alice_and_bob(&redis);
    alice.says("before");
    hear(&format!("{alice} says: before"), [&mut alice, &mut bob]);
    redis.dies();
    alice.says("one");
    alice.hears("The room is out of reach: what you say waits.");
    alice.says("two");
    alice.says("/up three"); // An answer waits for what was said before it.
    for number in 0..MANY {
        alice.says(&number.to_string());
    }
    bob.says("/up at once");
    bob.hears("AT ONCE");
    assert!(redis.starts(&[]).unwrap());
    alice.hears("The room is back.");
    for text in ["one", "two"] {
        hear(&format!("{alice} says: {text}"), [&mut alice, &mut bob]);
    }
    alice.hears("THREE");
    for number in 0..MANY {
        let line = format!("{alice} says: {number}");
        hear(&line, [&mut alice, &mut bob]);
    }
    bob.says("still here");
    hear(&format!("{bob} says: still here"), [&mut alice, &mut bob]);
}

/// Somebody says so many lines, and hears each of them before the next. Before every tenth, the servers lose Redis.
fn talks(client: &mut Client, lines: usize, redis: &Redis) -> Vec<String> {
    let mut heard = Vec::new();
    for number in 0..lines {
        if number % 10 == 0 {
            redis.cuts_connections();
        }
        client.says(&format!("line {number}"));
        let own = format!("{client} says: line {number}");
        while heard.last() != Some(&own) {
            heard.extend(next_of_others(client));
        }
    }
    heard
}

/// The next line; none if it is only about Redis.
fn next_of_others(client: &mut Client) -> Option<String> {
    let line = client.next_line().unwrap();
    (!line.starts_with("The room is ")).then_some(line)
}

#[test]
fn cut_connections_lose_nothing_and_double_nothing() {
    const LINES: usize = 200;
    let Some(redis) = redis::start() else { return };
    let (_servers, mut alice, mut bob) = alice_and_bob(&redis);
    let mut heard = thread::scope(|scope| {
        let talkers =
            [&mut alice, &mut bob].map(|client| scope.spawn(|| talks(client, LINES, &redis)));
        talkers.map(|talker| talker.join().unwrap())
    });
    alice.says("the end");
    for (client, heard) in [&mut alice, &mut bob].into_iter().zip(&mut heard) {
        while !heard.last().is_some_and(|line| line.ends_with(": the end")) {
            heard.extend(next_of_others(client));
        }
        assert_eq!(heard.len(), 2 * LINES + 1);
    }
    assert_eq!(heard[0], heard[1]);
}

#[test]
fn of_two_who_ask_for_a_name_on_two_servers_one_gets_it() {
    const TIMES: usize = 300;
    let Some(redis) = redis::start() else { return };
    let (_servers, mut alice, mut bob) = alice_and_bob(&redis);
    for number in 0..TIMES {
        let name = format!("name-{number}");
        alice.says(&format!("/nick {name}"));
        bob.says(&format!("/nick {name}"));
        let refused = format!("Name refused: {name} is taken.");
        let answer = |client: &mut Client| {
            let is_now = format!(" is now {name}");
            let is_it = |line: &str| line == refused || line.ends_with(&is_now);
            client.hears_sometime_that(is_it).unwrap()
        };
        let answers = [answer(&mut alice), answer(&mut bob)];
        let has_lost = answers.iter().filter(|answer| **answer == refused);
        // Who has lost hears both lines, in whichever order; who has won hears one.
        assert!(has_lost.count() <= 1, "{answers:?}");
        alice.says("/who");
        let list = alice
            .hears_sometime_that(|line| line.contains(", "))
            .unwrap();
        assert_eq!(list.matches(&name).count(), 1, "{list}");
    }
}

/// It takes the lease's 10 s. One server dies, another stands still, the third sees both go.
#[cfg(unix)]
#[test]
fn the_people_of_a_server_that_is_gone_leave() {
    let Some(redis) = redis::start() else { return };
    let (servers, mut alice, mut bob) = alice_and_bob(&redis);
    let paused = start_with(&redis);
    let mut carol = next(&paused, "carol", [&mut alice, &mut bob]);
    bob.says("/nick Bob");
    hear(
        &format!("{bob} is now Bob"),
        [&mut alice, &mut bob, &mut carol],
    );
    signal(&paused, "STOP");
    let [first, second] = servers;
    drop(second); // kill -9
    within(Duration::from_secs(30), "the lease to end", || {
        redis.says("HLEN chat:instances").as_deref() == Some(":1\r\n")
    });
    let mut gone = [(); 2].map(|()| alice.next_line().unwrap());
    gone.sort();
    let mut expected = [
        "Bob left the chat.".to_string(),
        format!("{carol} left the chat."),
    ];
    expected.sort();
    assert_eq!(gone, expected);
    alice.says("/nick Bob");
    alice.hears(&format!("{alice} is now Bob"));
    signal(&paused, "CONT");
    carol.hears_sometime("This server was away for too long: connect again.");
    carol.hears_the_end();
    let mut carol = next(&paused, "carol", [&mut alice]);
    carol.says("/who");
    carol.hears(&format!("{carol}, Bob"));
    drop(first);
}

#[cfg(unix)]
fn signal(server: &Server, name: &str) {
    let process = server.process().to_string();
    let sent = Command::new("kill").args(["-s", name, &process]).status();
    assert!(sent.unwrap().success());
}

#[test]
#[cfg(unix)]
fn who_has_missed_lines_is_told() {
    let Some(redis) = redis::start() else { return };
    let (servers, mut alice, mut bob) = alice_and_bob(&redis);
    signal(&servers[1], "STOP");
    for text in ["one", "two"] {
        alice.says(text);
        alice.hears(&format!("{alice} says: {text}"));
    }
    redis.says("XTRIM chat:log MAXLEN 0");
    alice.says("three");
    alice.hears(&format!("{alice} says: three"));
    signal(&servers[1], "CONT");
    bob.hears_sometime("Some lines are missing here.");
    alice.says("four");
    bob.hears(&format!("{alice} says: four"));
}

#[test]
fn a_crowd_at_three_servers_hears_the_same() {
    let Some(redis) = redis::start() else { return };
    let servers = [(); 3].map(|()| start_with(&redis));
    let addresses = servers.each_ref().map(|server| server.address.to_string());
    let mut words = vec!["crowd", "--clients", "30", "--messages", "300"];
    for address in &addresses {
        words.extend(["--at", address]);
    }
    let said = workshop(&words).assert().success();
    said.stdout(contains("; 3 servers"));
}

#[test]
fn it_says_why_it_cannot_join() {
    let nobody = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    for (redis, status, words) in [
        (
            "accounts.txt".to_string(),
            2,
            "'accounts.txt' is not a Redis such as",
        ),
        ("redis://me@host:1".to_string(), 2, "is not a Redis such as"),
        (nobody.to_string(), 1, "Could not join the room at Redis"),
    ] {
        let (code, said) = refuses(&redis);
        assert_eq!(code, Some(status), "{said}");
        assert!(said.contains(words), "{said}");
    }
    let other = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = other.local_addr().unwrap().to_string();
    thread::spawn(move || {
        for mut client in other.incoming().flatten() {
            let _ = client.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n");
        }
    });
    let (code, said) = refuses(&address);
    assert_eq!(code, Some(1));
    assert!(
        said.contains("that is not what a Redis server says"),
        "{said}"
    );
}

#[test]
fn a_redis_that_is_silent_or_too_old_is_named_so() {
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let (code, said) = refuses(&silent.local_addr().unwrap().to_string());
    assert_eq!(code, Some(1));
    assert!(said.ends_with("it does not answer\n"), "{said}");
    let Some(mut redis) = redis::start() else {
        return;
    };
    redis.dies();
    assert!(redis.starts(&["--rename-command", "XLEN", "\"\""]).unwrap());
    let (code, said) = refuses(&redis.address.to_string());
    assert_eq!(code, Some(1));
    assert!(said.contains("Redis 5 or newer is needed"), "{said}");
}

#[test]
fn it_takes_a_password_and_a_database() {
    let Some(mut redis) = redis::start() else {
        return;
    };
    redis.dies();
    assert!(redis.starts(&["--requirepass", "se:cr@t"]).unwrap());
    let address = redis.address;
    let (code, said) = refuses(&format!("redis://:wrong@{address}"));
    assert_eq!(code, Some(1));
    assert!(said.contains("WRONGPASS"), "{said}");
    let (code, said) = refuses(&address.to_string());
    assert_eq!(code, Some(1));
    assert!(said.contains("NOAUTH"), "{said}");
    let step = step::instances();
    let mut command = Command::new(step.program);
    command.args(["127.0.0.1:0", &format!("redis://:se:cr@t@{address}/3")]);
    let server = Server::run(step, &mut command);
    server.serves(&mut server.connect("alice"));
}

#[test]
fn without_redis_it_says_that_nothing_is_kept() {
    Server::start(step::instances())
        .prints("Accounts are kept in memory: name a Redis to keep them.");
}
