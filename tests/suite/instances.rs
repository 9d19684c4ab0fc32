//! Step 12: several servers, one room, over a real Redis.

use std::io::Write;
use std::net::TcpListener;
use std::process::Command;
use std::thread;
#[cfg(unix)]
use std::time::Duration;

use predicates::str::contains;

use crate::chat::{expect_all, first, next};
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

/// The exit status and stderr of a start that must fail.
fn refusal(redis: &str) -> (Option<i32>, String) {
    let mut command = Command::new(step::instances().program);
    let output = command.args(["127.0.0.1:0", redis]).output().unwrap();
    assert!(output.stdout.is_empty(), "it has started");
    (
        output.status.code(),
        String::from_utf8(output.stderr).unwrap(),
    )
}

#[test]
fn two_servers_are_one_room() {
    let Some(redis) = redis::start() else { return };
    let (_servers, mut alice, mut bob) = alice_and_bob(&redis);
    alice.send_line("hi");
    expect_all(&format!("{alice} says: hi"), [&mut alice, &mut bob]);
    bob.send_line("/nick Bob");
    expect_all(&format!("{bob} is now Bob"), [&mut alice, &mut bob]);
    alice.send_line("/nick BOB");
    alice.expect_line("Name refused: BOB is taken.");
    alice.send_line("/who");
    alice.expect_line(&format!("{alice}, Bob"));
    bob.leave();
    alice.expect_line("Bob left the chat.");
    alice.send_line("/nick bob");
    alice.expect_line(&format!("{alice} is now bob"));
}

#[test]
fn an_account_is_valid_on_both_servers() {
    let Some(redis) = redis::start() else { return };
    let (servers, mut alice, mut bob) = alice_and_bob(&redis);
    alice.send_line("/register Alice");
    let line = alice.next_line().unwrap();
    let key = line.split(' ').nth(4).unwrap().to_string();
    expect_all(&format!("{alice} is now Alice"), [&mut alice, &mut bob]);
    bob.send_line("/nick alice");
    bob.expect_line("That name is registered: /login alice KEY.");
    let mut phone = next(&servers[1], "phone", [&mut alice, &mut bob]);
    phone.send_line(&format!("/login alice {key}"));
    alice.expect_line("You logged in elsewhere.");
    alice.expect_end();
    expect_all(&format!("{phone} is now Alice"), [&mut bob, &mut phone]);
    phone.expect_line("Welcome back, Alice.");
    phone.send_line("/who");
    phone.expect_line(&format!("{bob}, Alice"));
    let kept = redis.kept();
    let kept = String::from_utf8_lossy(&kept);
    assert!(
        kept.contains("chat:accounts") && !kept.contains(&key),
        "{kept}"
    );
}

#[test]
fn clients_stay_connected_while_redis_is_down() {
    const MANY: usize = 100; // More than the server queues: the rest waits in the socket.
    let Some(mut redis) = redis::start() else {
        return;
    };
    let (_servers, mut alice, mut bob) = alice_and_bob(&redis);
    alice.send_line("before");
    expect_all(&format!("{alice} says: before"), [&mut alice, &mut bob]);
    redis.dies();
    alice.send_line("one");
    alice.expect_line("The room is out of reach: what you say waits.");
    alice.send_line("two");
    alice.send_line("/up three"); // Answers keep their order with messages.
    for number in 0..MANY {
        alice.send_line(&number.to_string());
    }
    bob.send_line("/up at once");
    bob.expect_line("AT ONCE");
    assert!(redis.starts(&[]).unwrap());
    alice.expect_line("The room is back.");
    for text in ["one", "two"] {
        expect_all(&format!("{alice} says: {text}"), [&mut alice, &mut bob]);
    }
    alice.expect_line("THREE");
    for number in 0..MANY {
        let line = format!("{alice} says: {number}");
        expect_all(&line, [&mut alice, &mut bob]);
    }
    bob.send_line("still here");
    expect_all(&format!("{bob} says: still here"), [&mut alice, &mut bob]);
}

/// Sends so many lines, each after the one before has come back. Before every tenth, cuts the
/// servers off from Redis.
fn talk(client: &mut Client, lines: usize, redis: &Redis) -> Vec<String> {
    let mut received = Vec::new();
    for number in 0..lines {
        if number % 10 == 0 {
            redis.cuts_connections();
        }
        client.send_line(&format!("line {number}"));
        let own = format!("{client} says: line {number}");
        while received.last() != Some(&own) {
            received.extend(next_of_others(client));
        }
    }
    received
}

/// The next line, or `None` if it is a notice about Redis.
fn next_of_others(client: &mut Client) -> Option<String> {
    let line = client.next_line().unwrap();
    (!line.starts_with("The room is ")).then_some(line)
}

#[test]
fn cut_connections_lose_nothing_and_double_nothing() {
    const LINES: usize = 200;
    let Some(redis) = redis::start() else { return };
    let (_servers, mut alice, mut bob) = alice_and_bob(&redis);
    let mut received = thread::scope(|scope| {
        let talkers =
            [&mut alice, &mut bob].map(|client| scope.spawn(|| talk(client, LINES, &redis)));
        talkers.map(|talker| talker.join().unwrap())
    });
    alice.send_line("the end");
    for (client, received) in [&mut alice, &mut bob].into_iter().zip(&mut received) {
        while !received
            .last()
            .is_some_and(|line| line.ends_with(": the end"))
        {
            received.extend(next_of_others(client));
        }
        assert_eq!(received.len(), 2 * LINES + 1);
    }
    assert_eq!(received[0], received[1]);
}

#[test]
fn a_name_asked_for_on_two_servers_is_given_once() {
    const TIMES: usize = 300;
    let Some(redis) = redis::start() else { return };
    let (_servers, mut alice, mut bob) = alice_and_bob(&redis);
    for number in 0..TIMES {
        let name = format!("name-{number}");
        alice.send_line(&format!("/nick {name}"));
        bob.send_line(&format!("/nick {name}"));
        let refused = format!("Name refused: {name} is taken.");
        let answer = |client: &mut Client| {
            let is_now = format!(" is now {name}");
            let is_it = |line: &str| line == refused || line.ends_with(&is_now);
            client.find_line(is_it).unwrap()
        };
        let answers = [answer(&mut alice), answer(&mut bob)];
        let has_lost = answers.iter().filter(|answer| **answer == refused);
        // The loser receives both lines, in any order; the winner receives one.
        assert!(has_lost.count() <= 1, "{answers:?}");
        alice.send_line("/who");
        let list = alice.find_line(|line| line.contains(", ")).unwrap();
        assert_eq!(list.matches(&name).count(), 1, "{list}");
    }
}

/// One server is killed, another is stopped: after the lease of 10 s, the third removes both.
#[cfg(unix)]
#[test]
fn the_clients_of_a_lost_server_leave() {
    let Some(redis) = redis::start() else { return };
    let (servers, mut alice, mut bob) = alice_and_bob(&redis);
    let paused = start_with(&redis);
    let mut carol = next(&paused, "carol", [&mut alice, &mut bob]);
    bob.send_line("/nick Bob");
    expect_all(
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
    alice.send_line("/nick Bob");
    alice.expect_line(&format!("{alice} is now Bob"));
    signal(&paused, "CONT");
    carol.wait_for_line("This server was away for too long: connect again.");
    carol.expect_end();
    let mut carol = next(&paused, "carol", [&mut alice]);
    carol.send_line("/who");
    carol.expect_line(&format!("{carol}, Bob"));
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
fn missed_lines_are_reported() {
    let Some(redis) = redis::start() else { return };
    let (servers, mut alice, mut bob) = alice_and_bob(&redis);
    signal(&servers[1], "STOP");
    for text in ["one", "two"] {
        alice.send_line(text);
        alice.expect_line(&format!("{alice} says: {text}"));
    }
    redis.says("XTRIM chat:log MAXLEN 0");
    alice.send_line("three");
    alice.expect_line(&format!("{alice} says: three"));
    signal(&servers[1], "CONT");
    bob.wait_for_line("Some lines are missing here.");
    alice.send_line("four");
    bob.expect_line(&format!("{alice} says: four"));
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
    let output = workshop(&words).assert().success();
    output.stdout(contains("; 3 servers"));
}

#[test]
fn it_says_why_it_cannot_join() {
    let unused = TcpListener::bind("127.0.0.1:0")
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
        (unused.to_string(), 1, "Could not join the room at Redis"),
    ] {
        let (code, stderr) = refusal(&redis);
        assert_eq!(code, Some(status), "{stderr}");
        assert!(stderr.contains(words), "{stderr}");
    }
    let other = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = other.local_addr().unwrap().to_string();
    thread::spawn(move || {
        for mut client in other.incoming().flatten() {
            let _ = client.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n");
        }
    });
    let (code, stderr) = refusal(&address);
    assert_eq!(code, Some(1));
    assert!(
        stderr.contains("that is not what a Redis server says"),
        "{stderr}"
    );
}

#[test]
fn a_silent_or_too_old_redis_is_reported() {
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let (code, stderr) = refusal(&silent.local_addr().unwrap().to_string());
    assert_eq!(code, Some(1));
    assert!(stderr.ends_with("it does not answer\n"), "{stderr}");
    let Some(mut redis) = redis::start() else {
        return;
    };
    redis.dies();
    assert!(redis.starts(&["--rename-command", "XLEN", "\"\""]).unwrap());
    let (code, stderr) = refusal(&redis.address.to_string());
    assert_eq!(code, Some(1));
    assert!(stderr.contains("Redis 5 or newer is needed"), "{stderr}");
}

#[test]
fn it_takes_a_password_and_a_database() {
    let Some(mut redis) = redis::start() else {
        return;
    };
    redis.dies();
    assert!(redis.starts(&["--requirepass", "se:cr@t"]).unwrap());
    let address = redis.address;
    let (code, stderr) = refusal(&format!("redis://:wrong@{address}"));
    assert_eq!(code, Some(1));
    assert!(stderr.contains("WRONGPASS"), "{stderr}");
    let (code, stderr) = refusal(&address.to_string());
    assert_eq!(code, Some(1));
    assert!(stderr.contains("NOAUTH"), "{stderr}");
    let step = step::instances();
    let mut command = Command::new(step.program);
    command.args(["127.0.0.1:0", &format!("redis://:se:cr@t@{address}/3")]);
    let server = Server::run(step, &mut command);
    server.round_trip(&mut server.connect("alice"));
}

#[test]
fn without_redis_it_warns_that_nothing_is_kept() {
    Server::start(step::instances())
        .expect_stdout("Accounts are kept in memory: name a Redis to keep them.");
}
