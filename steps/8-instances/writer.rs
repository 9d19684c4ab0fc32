//! The writing end of the log: sends Redis what the instance asks for, in order, until it is decided.

use std::collections::VecDeque;
use std::io;
use std::sync::mpsc::{Receiver, SyncSender};
use std::thread;
use std::time::Duration;

use super::key::hexadecimal;
use super::log::{Asked, Request};
use super::outbox::is_full;
use super::printing::STDERR;
use super::redis::{Redis, Target};
use super::room::{Event, News};
use super::script::Script;

/// The most requests that go to Redis together.
const BATCH: usize = 500;

/// How long it waits before it connects again: the first time, and at most.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(2);

pub struct Writer {
    pub target: Target,
    pub queue: Receiver<Asked>,
    pub to_room: SyncSender<Event>,
    /// Sent, and not answered yet.
    pub unanswered: VecDeque<Asked>,
}

impl Writer {
    /// The writing thread.
    pub fn run(mut self) {
        let mut script = None;
        while let Ok(first) = self.queue.recv() {
            self.unanswered.push_back(first);
            self.unanswered
                .extend(self.queue.try_iter().take(BATCH - 1));
            let mut outcome = self.exchange(&mut script);
            if matches!(&outcome, Err(error) if !is_full(error)) {
                script = None; // A new connection may be all that it takes.
                outcome = self.exchange(&mut script);
            }
            if let Err(error) = outcome {
                self.comes_back(&error, &mut script);
            }
        }
    }

    /// Sends all requests, and takes out those that are answered.
    fn exchange(&mut self, script: &mut Option<Script>) -> io::Result<()> {
        let script = match script {
            Some(script) => script,
            None => script.insert(Script::load(Redis::connect(&self.target)?)?),
        };
        for asked in &self.unanswered {
            put(script, asked);
        }
        script.redis.send()?;
        while !self.unanswered.is_empty() {
            script.redis.reply()?; // What was decided is in the log.
            self.unanswered.pop_front();
        }
        Ok(())
    }

    /// Tries again, however long that takes. The room hears that it has to wait, and that it need not any more.
    fn comes_back(&mut self, error: &io::Error, script: &mut Option<Script>) {
        let address = self.target.address.clone();
        STDERR.print(format!("Redis at {address} is out of reach: {error}"));
        let _ = self.to_room.send(Event::Log(News::OutOfReach));
        let mut pause = FIRST_PAUSE;
        loop {
            thread::sleep(pause);
            pause = (pause * 2).min(LONGEST_PAUSE);
            *script = self.connect().ok();
            if script.is_none() {
                continue;
            }
            let _ = self.to_room.send(Event::Log(News::Back));
            if self.exchange(script).is_ok() {
                return STDERR.print(format!("Redis at {address} is back."));
            }
            let _ = self.to_room.send(Event::Log(News::OutOfReach));
        }
    }

    /// A connection to a Redis that answers, and can write.
    fn connect(&self) -> io::Result<Script> {
        let mut script = Script::load(Redis::connect(&self.target)?)?;
        if let Some(asked) = self.unanswered.front() {
            script.call(&[&asked.who.instance.to_string(), "0", "0", "beat"])?;
        }
        Ok(script)
    }
}

fn put(script: &mut Script, asked: &Asked) {
    let instance = asked.who.instance.to_string();
    let [number, client] = [asked.number, asked.who.client].map(|number| number.to_string());
    let mut words = vec![instance.as_str(), &number, &client];
    let digits;
    match &asked.request {
        Request::Join { address } => words.extend(["join", address]),
        Request::Say { text } => words.extend(["say", text]),
        Request::Rename { name } => words.extend(["rename", name]),
        Request::Register { name, hash } => {
            digits = hexadecimal(hash);
            words.extend(["register", name, &digits]);
        }
        Request::Login { name, hash } => {
            digits = hexadecimal(hash);
            words.extend(["login", name, &digits]);
        }
        Request::Leave => words.push("leave"),
    }
    script.put(&words);
}
