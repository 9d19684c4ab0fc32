//! A chat with names, as far as check 5 looks at it. Each of its parts can be done wrongly: whoever
//! makes the mistake overrides that part.

use std::collections::HashSet;
use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread;

pub struct Person {
    pub address: SocketAddr,
    pub name: String,
    pub stream: TcpStream,
}

#[derive(Default)]
pub struct Room {
    pub people: Vec<Person>,
    /// In small letters.
    pub taken: HashSet<String>,
}

impl Room {
    pub fn tell_all(&mut self, text: &str) {
        for person in &mut self.people {
            let _ = person.stream.write_all(format!("{text}\n").as_bytes());
        }
    }

    pub fn find(&mut self, address: SocketAddr) -> &mut Person {
        self.people
            .iter_mut()
            .find(|person| person.address == address)
            .unwrap()
    }
}

pub trait Chat: Copy + Send + 'static {
    fn line(self, line: &str) -> String {
        line.trim_end_matches(['\r', '\n']).to_string()
    }

    fn is_command(self, line: &str, command: &str) -> bool {
        line.split(' ').next() == Some(command)
    }

    fn key(self, name: &str) -> String {
        name.to_ascii_lowercase()
    }

    fn is_name(self, name: &str) -> bool {
        let is_allowed = |c: char| c.is_ascii_alphanumeric() || "-.".contains(c);
        (3..16).contains(&name.len()) && name.chars().all(is_allowed)
    }

    fn rename(self, mut room: MutexGuard<Room>, address: SocketAddr, name: &str) {
        let is_address = name.chars().all(|c| c == '.' || c.is_ascii_digit());
        if is_address || !self.is_name(name) || !room.taken.insert(self.key(name)) {
            let _ = room.find(address).stream.write_all(b"No.\n");
            return;
        }
        let old = std::mem::replace(&mut room.find(address).name, name.to_string());
        room.taken.remove(&self.key(&old));
        room.tell_all(&format!("{old} is now {name}"));
    }

    fn arrange(self, names: &mut [String]) {
        names.sort();
    }

    fn bye(self) -> &'static [u8] {
        b"Bye.\n"
    }

    fn after_exit(self, _: &mut dyn BufRead, _: &Mutex<Room>, _: SocketAddr) {}

    fn leave(self, mut room: MutexGuard<Room>, address: SocketAddr) {
        let name = room.find(address).name.clone();
        room.people.retain(|person| person.address != address);
        room.taken.remove(&self.key(&name));
        room.tell_all(&format!("{name} left the chat."));
    }

    fn serve(self) {
        let room: Arc<Mutex<Room>> = Arc::default();
        let listener = super::listen();
        loop {
            let (stream, address) = listener.accept().unwrap();
            let room = Arc::clone(&room);
            thread::spawn(move || self.client(&stream, address, &room));
        }
    }

    fn client(self, stream: &TcpStream, address: SocketAddr, room: &Mutex<Room>) {
        let name = address.to_string();
        let mut everybody = room.lock().unwrap();
        everybody.tell_all(&format!("{name} joined the chat."));
        everybody.people.push(Person {
            address,
            name,
            stream: stream.try_clone().unwrap(),
        });
        drop(everybody);
        let mut input = BufReader::new(stream);
        let mut line = String::new();
        while let Ok(1..) = input.read_line(&mut line) {
            let text = self.line(&line);
            line.clear();
            if self.is_command(&text, "/exit") {
                let _ = (&*stream).write_all(self.bye());
                self.after_exit(&mut input, room, address);
                break;
            }
            self.handle(&text, room.lock().unwrap(), address);
        }
        self.leave(room.lock().unwrap(), address);
        let _ = stream.shutdown(std::net::Shutdown::Write);
    }

    fn handle(self, text: &str, mut room: MutexGuard<Room>, address: SocketAddr) {
        let (command, rest) = text.split_once(' ').unwrap_or((text, ""));
        let answer = match command {
            "/nick" => return self.rename(room, address, rest),
            "/up" => rest.to_uppercase(),
            "/down" => rest.to_lowercase(),
            "/time" => "2026-11-22 14:05:09 UTC".to_string(),
            "/who" => {
                let mut names: Vec<_> = room.people.iter().map(|p| p.name.clone()).collect();
                self.arrange(&mut names);
                names.join(", ")
            }
            _ if text.starts_with('/') => format!("Unknown command: {command}. Try /help."),
            _ => {
                let line = format!("{} says: {text}", room.find(address).name);
                return room.tell_all(&line);
            }
        };
        let _ = room
            .find(address)
            .stream
            .write_all(format!("{answer}\n").as_bytes());
    }
}
