//! Starts a Redis for a test, as `check 12` does.

use std::env;

#[path = "../../src/server/redis.rs"]
mod own;

pub use own::Redis;

/// `None` where it is not installed.
pub fn start() -> Option<Redis> {
    is_installed().then(|| Redis::start().unwrap())
}

/// Whether there is a `redis-server`. With `CI=true` it is an error if not, except on Windows.
pub fn is_installed() -> bool {
    let is_there = Redis::is_installed();
    if !is_there {
        let must_be_there = env::var("CI").is_ok_and(|is_set| is_set == "true") && !cfg!(windows);
        assert!(!must_be_there, "no redis-server");
        println!("Not tried: there is no redis-server.");
    }
    is_there
}
