//! Steps from 7 on never blocks on its stdout.

use std::io::{self, Write};
use std::sync::mpsc::{self, Receiver};

use crate::parts::output::Printer;
use crate::wait::WAIT;

/// An output that blocks until it is resumed, and sends what is written to a channel.
struct Stopped {
    resumed: Receiver<()>,
    written: mpsc::Sender<String>,
}

impl Write for Stopped {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let _ = self.resumed.recv();
        let text = String::from_utf8_lossy(bytes).into_owned();
        let _ = self.written.send(text);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn dropped_lines_are_counted_and_reported_later() {
    let (resume, resumed) = mpsc::channel();
    let (written, writes) = mpsc::channel();
    let printer = Printer::new(Stopped { resumed, written });
    for number in 0..5000 {
        printer.print(number.to_string()); // Does not wait.
    }
    drop(resume);
    let mut all = String::new();
    while !all.ends_with("nobody read this)\n") {
        all += &writes.recv_timeout(WAIT).unwrap();
    }
    let lines: Vec<_> = all.lines().collect();
    let (note, lines) = lines.split_last().unwrap();
    let numbers = lines.iter().map(|line| line.parse::<u32>().unwrap());
    assert!(numbers.is_sorted(), "{lines:?}");
    let dropped = 5000 - lines.len();
    assert_eq!(
        *note,
        format!("({dropped} lines were dropped: nobody read this)")
    );
    assert!(
        lines.len() > 1000 && dropped > 3000,
        "{} lines",
        lines.len()
    );
}

/// Stdout is a socket that no one reads: unlike a pipe, the test can fill it.
#[cfg(unix)]
#[test]
fn newcomers_join_while_stdout_blocks() {
    use std::io::{BufRead, BufReader};
    use std::os::fd::OwnedFd;
    use std::os::unix::net::UnixStream;
    use std::process::{Child, Command};

    use crate::client::Client;
    use crate::step;

    struct Running(Child);
    impl Drop for Running {
        fn drop(&mut self) {
            let _ = self.0.kill();
            let _ = self.0.wait();
        }
    }

    let (reader, mut writer) = UnixStream::pair().unwrap();
    reader.set_read_timeout(Some(WAIT)).unwrap();
    let mut command = Command::new(step::outboxes().program);
    command.arg("127.0.0.1:0");
    command.stdout(OwnedFd::from(writer.try_clone().unwrap()));
    let mut server = Running(command.spawn().unwrap());
    let mut lines = BufReader::new(reader).lines().map(Result::unwrap);
    let first = lines.next().unwrap();
    let address = first.split(' ').nth(2).unwrap().parse().unwrap();
    writer.set_nonblocking(true).unwrap();
    while writer.write(b"full\n").is_ok() {}
    writer.set_nonblocking(false).unwrap();

    let mut clients = Vec::new();
    for _ in 0..50 {
        let mut client = Client::connect("one of fifty", address);
        client.send_line("here I am");
        client.expect_line(&format!("{client} says: here I am"));
        clients.push(client);
    }
    drop(clients);
    for _ in 0..600 {
        // Two lines on stdout for each.
        let mut client = Client::connect("one of six hundred", address);
        client.send_line("here I am");
        client.wait_for_line(&format!("{client} says: here I am"));
    }
    assert!(server.0.try_wait().unwrap().is_none(), "it has ended");
    assert!(lines.any(|line| line.ends_with("lines were dropped: nobody read this)")));
}
