//! A chat whose room is a thread, as far as check 6 looks at it. How a line gets to a client is the part that can be
//! done wrongly.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Write};
use std::net::{Shutdown, TcpStream};
use std::sync::mpsc::{self, Receiver};
use std::sync::{Arc, Condvar, Mutex};
use std::thread;

/// The way to a client.
pub trait Way {
    /// False if the client is to be disconnected.
    fn send(&mut self, line: &str) -> bool;
}

enum Event {
    Joined(String, TcpStream),
    Said(String, String),
    Left(String),
}

/// Runs a chat in which `open` makes each client's way.
pub fn serve<W: Way>(open: fn(TcpStream) -> W, bury: fn(W), answers_itself: bool) {
    let (room, events) = mpsc::sync_channel(64);
    let listener = super::listen();
    thread::spawn(move || {
        for client in listener.incoming().flatten() {
            let room = room.clone();
            thread::spawn(move || {
                let who = client.peer_addr().unwrap().to_string();
                let _ = client.set_nodelay(true);
                let _ = room.send(Event::Joined(who.clone(), client.try_clone().unwrap()));
                for line in BufReader::new(&client).lines().map_while(Result::ok) {
                    match line.strip_prefix("/up ") {
                        Some(text) if answers_itself => {
                            let _ = (&client)
                                .write_all(format!("{}\n", text.to_uppercase()).as_bytes());
                        }
                        _ => drop(room.send(Event::Said(who.clone(), line))),
                    }
                }
                let _ = room.send(Event::Left(who));
                let _ = client.shutdown(Shutdown::Both);
            });
        }
    });
    run(&events, open, bury);
}

fn run<W: Way>(events: &Receiver<Event>, open: fn(TcpStream) -> W, bury: fn(W)) {
    let mut ways: HashMap<String, (W, TcpStream)> = HashMap::new();
    for event in events {
        let mut newcomer = None;
        let line = match event {
            Event::Joined(who, stream) => {
                let line = format!("{who} joined the chat.\n");
                newcomer = Some((who, (open(stream.try_clone().unwrap()), stream)));
                line
            }
            Event::Said(who, text) => match text.strip_prefix("/up ") {
                Some(text) => {
                    if let Some((way, _)) = ways.get_mut(&who) {
                        way.send(&format!("{}\n", text.to_uppercase()));
                    }
                    continue;
                }
                None => format!("{who} says: {text}\n"),
            },
            Event::Left(who) => {
                if let Some((way, _)) = ways.remove(&who) {
                    bury(way);
                }
                format!("{who} left the chat.\n")
            }
        };
        ways.retain(|_, (way, stream)| way.send(&line) || stream.shutdown(Shutdown::Both).is_err());
        ways.extend(newcomer);
    }
}

/// A queue that holds 1 MiB, and the thread that writes it. This one is right.
pub struct Queue(Arc<Shared>);

/// What waits, and whether more may come.
type Shared = (Mutex<(Vec<u8>, bool)>, Condvar);

impl Queue {
    pub fn open(mut stream: TcpStream) -> Queue {
        let queue = Arc::new((Mutex::new((Vec::new(), true)), Condvar::new()));
        let written = Arc::clone(&queue);
        thread::spawn(move || {
            loop {
                let (mutex, changed) = &*written;
                let empty = |(bytes, open): &mut (Vec<u8>, bool)| bytes.is_empty() && *open;
                let mut waiting = changed.wait_while(mutex.lock().unwrap(), empty).unwrap();
                if waiting.0.is_empty() {
                    return;
                }
                // A part at a time, so that what waits counts until it is written.
                let part = waiting.0[..waiting.0.len().min(1 << 16)].to_vec();
                drop(waiting);
                if stream.write_all(&part).is_err() {
                    return;
                }
                waiting = mutex.lock().unwrap();
                waiting.0.drain(..part.len());
            }
        });
        Queue(queue)
    }
}

impl Way for Queue {
    fn send(&mut self, line: &str) -> bool {
        let (mutex, changed) = &*self.0;
        let mut waiting = mutex.lock().unwrap();
        waiting.0.extend_from_slice(line.as_bytes());
        changed.notify_one();
        waiting.0.len() <= 1 << 20
    }
}

impl Drop for Queue {
    fn drop(&mut self) {
        let (mutex, changed) = &*self.0;
        mutex.lock().unwrap().1 = false;
        changed.notify_one();
    }
}
