//! The room of step 6, without the rest of the server. All events are in its channel before it
//! starts, so they make one batch.

use std::io::Read;
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::mpsc;

use crate::outlets::outlet::{self, Outlet};
use crate::parts::commands;
use crate::wait::WAIT;

use room::{Event, Room};

#[path = "../../steps/6-backpressure/audience.rs"]
mod audience;
#[path = "../../steps/6-backpressure/room.rs"]
mod room;

/// The events of a room, and its clients.
#[derive(Default)]
struct Story {
    events: Vec<(u64, Event)>,
    clients: Vec<TcpStream>,
    names: Vec<String>,
}

impl Story {
    /// The next client joins. The first is number 0.
    fn join(&mut self) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        client.set_read_timeout(Some(WAIT)).unwrap();
        let (stream, address) = listener.accept().unwrap();
        let (progress, _) = mpsc::sync_channel(0);
        let outlet = Outlet::new(Arc::new(stream), address, progress);
        let id = self.clients.len() as u64;
        self.events.push((id, Event::Joined { outlet }));
        self.clients.push(client);
        self.names.push(address.to_string());
    }

    fn ask(&mut self, id: u64, line: &str) {
        let command = commands::parse(line.to_string());
        self.events.push((id, Event::Asked { command }));
    }

    fn leave(&mut self, id: u64) {
        self.events.push((id, Event::Left));
    }

    /// Runs the room. Returns what each client has received, with `@0` for the address of client 0.
    fn play(self) -> Vec<String> {
        let (sender, events) = mpsc::sync_channel(room::EVENTS);
        for event in self.events {
            sender.send(event).unwrap();
        }
        drop(sender);
        Room::default().run(&events, Room::handle); // Ends with the channel, and drops the clients.
        let received = self.clients.into_iter().map(|mut client| {
            let mut received = String::new();
            client.read_to_string(&mut received).unwrap();
            let names = self.names.iter().enumerate();
            names.fold(received, |received, (id, name)| {
                received.replace(name, &format!("@{id}"))
            })
        });
        received.collect()
    }
}

#[test]
fn a_newcomer_within_a_batch_receives_what_follows() {
    let mut story = Story::default();
    story.join();
    story.ask(0, "one");
    story.join();
    story.ask(0, "two");
    story.ask(1, "three");
    assert_eq!(
        story.play(),
        [
            "@0 says: one\n@1 joined the chat.\n@0 says: two\n@1 says: three\n",
            "@0 says: two\n@1 says: three\n",
        ]
    );
}

#[test]
fn answers_and_messages_keep_their_order() {
    let mut story = Story::default();
    story.join();
    story.join();
    story.ask(0, "/up first");
    story.ask(1, "second");
    story.ask(0, "/up third");
    story.ask(0, "/up fourth");
    story.ask(1, "fifth");
    assert_eq!(
        story.play(),
        [
            "@1 joined the chat.\nFIRST\n@1 says: second\nTHIRD\nFOURTH\n@1 says: fifth\n",
            "@1 says: second\n@1 says: fifth\n",
        ]
    );
}

#[test]
fn a_client_that_leaves_receives_what_came_before() {
    let mut story = Story::default();
    story.join();
    story.join();
    story.join();
    story.ask(1, "before");
    story.ask(0, "/exit");
    story.ask(0, "a ghost");
    story.leave(0);
    story.leave(2);
    story.ask(1, "after");
    assert_eq!(
        story.play(),
        [
            "@1 joined the chat.\n@2 joined the chat.\n@1 says: before\nBye.\n",
            "@2 joined the chat.\n@1 says: before\n@0 left the chat.\n@2 left the chat.\n@1 says: after\n",
            "@1 says: before\n@0 left the chat.\n",
        ]
    );
}

#[test]
fn a_name_is_unique_ignoring_case_until_its_client_leaves() {
    let mut story = Story::default();
    story.join();
    story.ask(0, "/nick alice");
    story.join();
    for name in ["ALICE", "bob", "Bob", "Bob"] {
        story.ask(1, &format!("/nick {name}"));
    }
    story.leave(0);
    story.ask(1, "/nick Alice");
    story.ask(1, "/who");
    let renamed = "@1 is now bob\nbob is now Bob\n";
    assert_eq!(
        story.play(),
        [
            format!("@0 is now alice\n@1 joined the chat.\n{renamed}"),
            format!(
                "Name refused: ALICE is taken.\n{renamed}Your name is Bob already.\nalice left the chat.\n\
                 Bob is now Alice\nAlice\n"
            ),
        ]
    );
}
