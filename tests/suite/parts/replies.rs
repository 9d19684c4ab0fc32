//! What a Redis may say, and what it would not.

use std::io::{self, Write};
use std::net::TcpListener;
use std::thread;

use super::redis::{Redis, Reply, Target};

/// The reply that these bytes are.
fn reply(bytes: &[u8]) -> io::Result<Reply> {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let target = Target::parse(&listener.local_addr().unwrap().to_string()).unwrap();
    let bytes = [b"+PONG\r\n", bytes].concat();
    let server = thread::spawn(move || {
        let (mut client, _) = listener.accept().unwrap();
        let _ = client.write_all(&bytes);
        let _ = client.shutdown(std::net::Shutdown::Write);
        let _ = io::copy(&mut client, &mut io::sink());
    });
    let reply = Redis::connect(&target).unwrap().reply();
    server.join().unwrap();
    reply
}

fn text(text: &str) -> Reply {
    Reply::Text(text.to_string())
}

#[test]
fn replies_of_each_kind() {
    assert_eq!(reply(b"+OK\r\n").unwrap(), text("OK"));
    assert_eq!(reply(b":42\r\n").unwrap(), text("42"));
    assert_eq!(reply(b"$5\r\na\r\nb\n\r\n").unwrap(), text("a\r\nb\n"));
    assert_eq!(reply(b"$0\r\n\r\n").unwrap(), text(""));
    assert_eq!(reply(b"$-1\r\n").unwrap(), Reply::Nothing);
    assert_eq!(reply(b"*-1\r\n").unwrap(), Reply::Nothing);
    let list = Reply::List(vec![text("a"), Reply::List(vec![]), text("7")]);
    assert_eq!(reply(b"*3\r\n$1\r\na\r\n*0\r\n:7\r\n").unwrap(), list);
    let error = reply(b"-WRONGPASS no\r\n").unwrap_err();
    assert_eq!(error.to_string(), "WRONGPASS no");
}

#[test]
fn what_is_no_reply_is_an_error_and_takes_no_memory() {
    let nested = "*1\r\n".repeat(100_000);
    for wrong in [
        "",
        "+OK",
        "+OK\n",
        "HTTP/1.1 400 Bad Request\r\n",
        "\r\n",
        "$x\r\n",
        "$-2\r\n",
        "$5\r\nab",
        "$99999999999\r\n",
        "*99999999999\r\n",
        "*18446744073709551615\r\n",
        "*2\r\n+a\r\n",
        &nested,
    ] {
        assert!(reply(wrong.as_bytes()).is_err(), "{wrong:.20}");
    }
    assert!(reply(b"$2\r\n\xff\xfe\r\n").is_err());
}

#[test]
fn targets_and_what_is_none() {
    for (given, address) in [
        ("127.0.0.1:6379", "127.0.0.1:6379"),
        ("redis://localhost:1", "localhost:1"),
        ("redis://[::1]:1/", "[::1]:1"),
        ("redis://:p@ss/word@host:1/2", "host:1"),
    ] {
        let target = Target::parse(given).map(|target| target.address);
        assert_eq!(target.as_deref(), Some(address), "{given}");
    }
    for wrong in [
        "",
        "file.txt",
        "host",
        ":1",
        "host:x",
        "host:70000",
        "redis://user@host:1",
        "host:1/x",
    ] {
        assert!(Target::parse(wrong).is_none(), "{wrong}");
    }
}
