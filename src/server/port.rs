//! The port that a server is told to listen at. Two runs of the workshop never use the same one.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::net::{SocketAddr, TcpListener};

use crate::error::CouldNotTry;
use crate::os::sockets::{FIRST_DYNAMIC, local};
use crate::server::program::{Port, USUAL_ADDRESS};

/// The first of the ports for programs that cannot choose one. The last is below `FIRST_DYNAMIC`.
const FIRST: u16 = 20000;
/// How many ports are tried, at random: hardly any is in use.
const TRIES: usize = 100;

/// Where a program is to listen, and what keeps others from there meanwhile.
pub fn choose(port: &Port) -> Result<(SocketAddr, Option<TcpListener>), CouldNotTry> {
    match port {
        port if port.is_dynamic() => Ok((local(0), None)),
        Port::Usual => Ok((USUAL_ADDRESS, None)),
        Port::Chosen(_) | Port::Given => (0..TRIES)
            .find_map(|_| reserve(random_even_port()))
            .ok_or_else(|| CouldNotTry("there is no free port on 127.0.0.1".to_string())),
    }
}

fn random_even_port() -> u16 {
    let random = RandomState::new().build_hasher().finish();
    let pairs = u64::from(FIRST_DYNAMIC - FIRST) / 2;
    FIRST + 2 * u16::try_from(random % pairs).unwrap_or(0)
}

/// Takes the next port for as long as the server runs: other runs of the workshop see that this one is taken. The port
/// itself must stay free for the server.
fn reserve(port: u16) -> Option<(SocketAddr, Option<TcpListener>)> {
    let reservation = TcpListener::bind(local(port + 1)).ok()?;
    TcpListener::bind(local(port)).ok()?;
    Some((local(port), Some(reservation)))
}
