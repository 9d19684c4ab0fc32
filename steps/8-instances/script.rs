//! `room.lua`, as Redis knows it: it is sent once for each connection, and called by its hash.

use std::io;

use super::redis::{Redis, Reply};

const SOURCE: &str = include_str!("room.lua");

pub struct Script {
    pub redis: Redis,
    hash: String,
}

impl Script {
    pub fn load(mut redis: Redis) -> io::Result<Script> {
        let hash = redis.call(&["SCRIPT", "LOAD", SOURCE])?;
        let hash = hash.text()?.to_string();
        Ok(Script { redis, hash })
    }

    /// Adds a call to the commands that go out next.
    pub fn put(&mut self, words: &[&str]) {
        let call = ["EVALSHA", &self.hash, "0"];
        self.redis.put(&[&call, words].concat());
    }

    pub fn call(&mut self, words: &[&str]) -> io::Result<Reply> {
        self.put(words);
        self.redis.send()?;
        self.redis.reply()
    }
}
