//! A connection to a Redis that knows `room.lua`: it is sent once for each connection, and called by its hash.

use std::io;

use super::redis::{Redis, Reply, Target};

const SOURCE: &str = include_str!("room.lua");

pub struct Script {
    pub target: Target,
    /// None before the first call, and when the connection is lost.
    connection: Option<(Redis, String)>,
}

impl Script {
    pub fn new(target: Target) -> Self {
        let connection = None;
        Script { target, connection }
    }

    /// The connection, and the script's hash. If there is none, it connects.
    pub fn connect(&mut self) -> io::Result<&mut (Redis, String)> {
        if self.connection.is_none() {
            let mut redis = Redis::connect(&self.target)?;
            let hash = redis.call(&["SCRIPT", "LOAD", SOURCE])?;
            self.connection = Some((redis, hash.text()?.to_string()));
        }
        self.connection
            .as_mut()
            .ok_or_else(|| io::ErrorKind::NotConnected.into())
    }

    pub fn disconnect(&mut self) {
        self.connection = None;
    }

    /// Adds a call to the commands that go out next.
    pub fn put(&mut self, words: &[&str]) -> io::Result<()> {
        let (redis, hash) = self.connect()?;
        redis.put(&[&["EVALSHA", hash, "0"], words].concat());
        Ok(())
    }

    pub fn call(&mut self, words: &[&str]) -> io::Result<Reply> {
        self.put(words)?;
        let (redis, _) = self.connect()?;
        redis.send()?;
        redis.reply()
    }
}
