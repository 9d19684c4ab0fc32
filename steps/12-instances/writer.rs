//! The writing end of the log: sends Redis what the instance asks for, in order, until it is decided.

use std::collections::VecDeque;
use std::io;
use std::sync::mpsc::{Receiver, SyncSender};
use std::thread;
use std::time::Duration;

use super::key::hexadecimal;
use super::log::{Asked, News, Request};
use super::outbox::is_full;
use super::printing::STDERR;
use super::redis::Target;
use super::room::Input;
use super::script::Script;

/// The most requests that go to Redis together.
const BATCH: usize = 500;

/// How long it waits before it connects again: the first time, and at most.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(2);

pub struct Writer {
    script: Script,
    to_room: SyncSender<Input>,
    /// Sent, and not answered yet.
    unanswered: VecDeque<Asked>,
}

impl Writer {
    pub fn new(target: Target, to_room: SyncSender<Input>) -> Self {
        Writer {
            script: Script::new(target),
            to_room,
            unanswered: VecDeque::new(),
        }
    }

    /// The writing thread.
    pub fn run(mut self, queue: &Receiver<Asked>) {
        while let Ok(first) = queue.recv() {
            self.unanswered.push_back(first);
            self.unanswered.extend(queue.try_iter().take(BATCH - 1));
            let mut outcome = self.exchange();
            if matches!(&outcome, Err(error) if !is_full(error)) {
                self.script.disconnect(); // A new connection may be all that it takes.
                outcome = self.exchange();
            }
            if let Err(error) = outcome {
                self.try_again(&error);
            }
        }
    }

    /// Sends all requests, and takes out those that are answered.
    fn exchange(&mut self) -> io::Result<()> {
        for asked in &self.unanswered {
            put(&mut self.script, asked)?;
        }
        let (redis, _) = self.script.connect()?;
        redis.send()?;
        while !self.unanswered.is_empty() {
            redis.reply()?; // What was decided is in the log.
            self.unanswered.pop_front();
        }
        Ok(())
    }

    /// Tries again, however long that takes. The room hears that it has to wait, and that it need not any more.
    fn try_again(&mut self, error: &io::Error) {
        let address = self.script.target.address.clone();
        STDERR.print(format!("Redis at {address} is out of reach: {error}"));
        self.tell_room(News::OutOfReach);
        let mut pause = FIRST_PAUSE;
        loop {
            thread::sleep(pause);
            pause = (pause * 2).min(LONGEST_PAUSE);
            self.script.disconnect();
            if self.try_to_write().is_err() {
                continue;
            }
            self.tell_room(News::Back);
            if self.exchange().is_ok() {
                return STDERR.print(format!("Redis at {address} is back."));
            }
            self.tell_room(News::OutOfReach);
        }
    }

    /// Whether Redis answers, and can write.
    fn try_to_write(&mut self) -> io::Result<()> {
        if let Some(asked) = self.unanswered.front() {
            let instance = asked.who.instance.to_string();
            self.script.call(&[&instance, "0", "0", "beat"])?;
        }
        Ok(())
    }

    fn tell_room(&self, news: News) {
        let _ = self.to_room.send(Input::Log(news));
    }
}

fn put(script: &mut Script, asked: &Asked) -> io::Result<()> {
    let [instance, number, client] = [asked.who.instance, asked.number, asked.who.client];
    let [instance, number, client] = [instance, number, client].map(|number| number.to_string());
    let (what, text, hash) = match &asked.request {
        Request::Join { address } => ("join", address.as_str(), None),
        Request::Say { text } => ("say", text.as_str(), None),
        Request::Rename { name } => ("rename", name.as_str(), None),
        Request::Register { name, hash } => ("register", name.as_str(), Some(hash)),
        Request::Login { name, hash } => ("login", name.as_str(), Some(hash)),
        Request::Leave => ("leave", "", None),
    };
    let hash = hash.map_or_else(String::new, |hash| hexadecimal(hash));
    script.put(&[&instance, &number, &client, what, text, &hash])
}
