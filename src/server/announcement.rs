//! The address that a program announces on stdout.

use std::net::SocketAddr;

use crate::os::sockets::local;

/// The address in a line such as `Listening on 127.0.0.1:1337 ...`, as clients on this machine
/// reach it. Other programs print `Server listening at http://localhost:1337/` or `Listening on
/// port 1337`.
pub fn address_in(line: &[u8]) -> Option<SocketAddr> {
    let line = String::from_utf8_lossy(line);
    let (_, rest) = line.split_once("istening ")?;
    let mut before = "";
    rest.split_whitespace().find_map(|word| {
        let is_port = before == "port";
        before = word;
        address_of(word, is_port)
    })
}

fn address_of(word: &str, is_port: bool) -> Option<SocketAddr> {
    let word = word.rsplit("//").next().unwrap_or(word);
    let word = word.trim_end_matches(['/', '.', ',', ')', '!', '"', '\'', ':']);
    let word = word.trim_start_matches(['(', '"', '\'']);
    let address = match word.rsplit_once(':') {
        Some(("localhost" | "*" | "", port)) => local(port.parse().ok()?),
        None if is_port => local(word.parse().ok()?),
        _ => word.parse().ok()?,
    };
    let is_unspecified = address.ip().is_unspecified();
    let address = if is_unspecified {
        local(address.port())
    } else {
        address
    };
    Some(address).filter(|address| address.port() != 0)
}

#[cfg(test)]
mod tests {
    use super::address_in;

    #[test]
    fn common_announcements_are_understood() {
        for line in [
            "Listening on 127.0.0.1:1337 ...\n",
            "Listening on 0.0.0.0:1337",
            "Listening on [::]:1337.",
            "2026-11-23 21:15 listening on :1337",
            "Server listening at http://localhost:1337/",
            "listening on http://127.0.0.1:1337, press Ctrl-C to stop",
            "Chat server is listening on port 1337!",
        ] {
            let address = address_in(line.as_bytes()).map(|address| address.to_string());
            assert_eq!(address.as_deref(), Some("127.0.0.1:1337"), "{line}");
        }
        for line in [
            "Listening on 127.0.0.1:0 ...",
            "listening",
            "Listening for 1337 clients",
            "Connected to 127.0.0.1:1337",
        ] {
            assert_eq!(address_in(line.as_bytes()), None, "{line}");
        }
    }
}
