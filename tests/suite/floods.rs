//! A client that sends without a pause: step 8 slows it down, and nobody else.

use std::io::{Read, Write};
#[cfg(target_os = "linux")]
use std::mem;
use std::net::{Shutdown, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::thread;
use std::time::{Duration, Instant};

use crate::chat::first;
use crate::server::Server;
use crate::step;
use crate::wait::WAIT;
#[cfg(target_os = "linux")]
use crate::wait::within;

/// A raw connection.
fn connect_raw(server: &Server) -> TcpStream {
    let stream = TcpStream::connect_timeout(&server.address, WAIT).unwrap();
    stream.set_read_timeout(Some(WAIT)).unwrap();
    stream.set_write_timeout(Some(WAIT)).unwrap();
    stream
}

/// Reads up to `last`, or to the end if that is empty: `rate` bytes a second while `is_slow`, then
/// at full speed.
fn read_throttled(mut stream: &TcpStream, rate: u64, is_slow: &AtomicBool, last: &str) -> Vec<u8> {
    let (start, mut received, mut buffer) = (Instant::now(), Vec::new(), vec![0; 10_000]);
    loop {
        if is_slow.load(SeqCst) {
            let rest = Duration::from_micros(received.len() as u64 * 1_000_000 / rate);
            thread::sleep(rest.saturating_sub(start.elapsed()));
        }
        match stream.read(&mut buffer) {
            Ok(length @ 1..) => received.extend(&buffer[..length]),
            Ok(0) if last.is_empty() => return received,
            end => panic!("{end:?} after {} bytes", received.len()),
        }
        if !last.is_empty() && received.ends_with(last.as_bytes()) {
            return received;
        }
    }
}

/// Sends the same line while `is_flooding`, then half-closes.
fn flood(mut stream: &TcpStream, line: &str, is_flooding: &AtomicBool) {
    let lines = line.repeat(60_000 / line.len());
    while is_flooding.load(SeqCst) {
        stream.write_all(lines.as_bytes()).unwrap();
    }
    stream.shutdown(Shutdown::Write).unwrap();
}

/// Bob floods the room, and carol reads `rate` bytes a second. Both receive the same, up to bob's
/// last line, and alice is served meanwhile.
fn a_slow_reader_stays(line: &str, rate: u64) {
    let server = Server::start(step::backpressure());
    let mut alice = first(&server, "alice");
    let [bob, carol] = ["bob", "carol"].map(|_| {
        let stream = connect_raw(&server);
        let joined = format!("{} joined the chat.", stream.local_addr().unwrap());
        alice.expect_line(&joined);
        stream
    });
    let [bob_joined, carol_joined] = [&bob, &carol].map(|client| {
        let address = client.local_addr().unwrap();
        format!("{address} joined the chat.\n")
    });
    let bob_left = bob_joined.replace("joined", "left");
    let is_flooding = AtomicBool::new(true);
    let (bobs, carols) = thread::scope(|scope| {
        let bobs = scope.spawn(|| read_throttled(&bob, u64::MAX, &is_flooding, ""));
        let carols = scope.spawn(|| read_throttled(&carol, rate, &is_flooding, &bob_left));
        scope.spawn(|| flood(&bob, line, &is_flooding));
        let (start, mut longest) = (Instant::now(), Duration::ZERO);
        while start.elapsed() < Duration::from_secs(2) {
            let asked = Instant::now();
            server.round_trip(&mut alice);
            longest = longest.max(asked.elapsed());
        }
        is_flooding.store(false, SeqCst);
        alice.wait_for_line(bob_left.trim_end());
        println!("alice waited {longest:?} at most");
        (bobs.join().unwrap(), carols.join().unwrap())
    });
    assert!(bobs.len() > 2_000_000, "{} bytes are no flood", bobs.len());
    let after = bobs.windows(carol_joined.len());
    let start = after
        .clone()
        .position(|bytes| bytes == carol_joined.as_bytes());
    let expected = [
        &bobs[start.unwrap() + carol_joined.len()..],
        bob_left.as_bytes(),
    ]
    .concat();
    assert!(
        carols == expected,
        "bob heard {}, carol {}",
        bobs.len(),
        carols.len()
    );
}

#[test]
#[ignore = "takes long: .ci/run runs it"]
fn a_slow_reader_stays_beside_a_flood_of_short_lines() {
    a_slow_reader_stays("so there\n", 1_000_000);
}

#[test]
fn a_slow_reader_stays_beside_a_flood_of_long_lines() {
    a_slow_reader_stays(&format!("{}\n", "x".repeat(4000)), 1_000_000);
}

#[test]
#[ignore = "takes long: .ci/run runs it"]
fn a_slower_reader_stays() {
    a_slow_reader_stays("so there\n", 300_000);
}

/// A client that reads nothing slows the flood down only briefly. (Under Wine, its socket buffers
/// everything.)
#[cfg(not(windows))]
#[test]
#[ignore = "takes long: .ci/run runs it"]
fn a_client_that_reads_nothing_slows_nobody_down() {
    let server = Server::start(step::backpressure());
    let mut alice = first(&server, "alice");
    let (bob, carol) = (connect_raw(&server), connect_raw(&server));
    let is_flooding = AtomicBool::new(true);
    thread::scope(|scope| {
        scope.spawn(|| read_throttled(&bob, u64::MAX, &is_flooding, ""));
        scope.spawn(|| flood(&bob, "so there\n", &is_flooding));
        let (start, carol) = (Instant::now(), carol.local_addr().unwrap());
        alice.wait_for_line(&format!("{carol} left the chat."));
        is_flooding.store(false, SeqCst);
        assert!(
            start.elapsed() < WAIT,
            "carol left after {:?}",
            start.elapsed()
        );
    });
    server.expect_stderr("reads too slowly");
}

/// The sizes of the send queue and of the receive queue between two ports, in hexadecimal.
#[cfg(target_os = "linux")]
fn bytes_in_flight([from, to]: [u16; 2]) -> [String; 2] {
    let list = std::fs::read_to_string("/proc/net/tcp").unwrap();
    let queue = |local: u16, remote: u16, which: usize| {
        let is_it = |line: &&str| {
            let ends = [format!(":{local:04X}"), format!(":{remote:04X}")];
            let fields: Vec<&str> = line.split_whitespace().collect();
            fields[1].ends_with(&ends[0]) && fields[2].ends_with(&ends[1])
        };
        let line = list.lines().skip(1).find(is_it).unwrap();
        let queues = line.split_whitespace().nth(4).unwrap();
        queues.split(':').nth(which).unwrap().to_string()
    };
    [queue(from, to, 0), queue(to, from, 1)]
}

/// Carol has half-closed, and reads nothing of what is queued for her: her connection is kept for
/// half a minute.
#[cfg(target_os = "linux")]
#[test]
#[ignore = "takes long: .ci/run runs it"]
fn a_half_closed_client_that_reads_nothing_is_dropped() {
    let server = Server::start(step::backpressure());
    let mut alice = first(&server, "alice");
    let before = server.resources().unwrap();
    let mut carol = connect_raw(&server);
    let ports = [server.address.port(), carol.local_addr().unwrap().port()];
    let (mut taken, mut waiting) = (<[String; 2]>::default(), 0);
    // Until half a megabyte is in her outbox, and the kernel takes no more.
    let deadline = Instant::now() + 6 * WAIT;
    while waiting < 12 {
        assert!(Instant::now() < deadline, "carol's outbox does not fill up");
        let questions = [&b"/help\n".repeat(100)[..], b"so?\n"].concat();
        carol.write_all(&questions).unwrap();
        alice.wait_for_line(&format!("{} says: so?", carol.local_addr().unwrap()));
        thread::sleep(Duration::from_millis(50)); // Her outbox retries meanwhile.
        let has_outbox = server.resources().unwrap()[0] >= before[0] + 2;
        let before = mem::replace(&mut taken, bytes_in_flight(ports));
        waiting = if has_outbox && taken == before {
            waiting + 1
        } else {
            0
        };
    }
    carol.shutdown(Shutdown::Write).unwrap();
    alice.wait_for_line(&format!("{} left the chat.", carol.local_addr().unwrap()));
    let start = Instant::now();
    within(Duration::from_secs(50), "the end of her connection", || {
        server.resources() == Some(before)
    });
    let kept = start.elapsed();
    assert!((20..45).contains(&kept.as_secs()), "kept for {kept:?}");
}
