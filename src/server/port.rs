//! Reserves the port for a server. Two runs of the workshop never use the same one.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::net::{SocketAddr, TcpListener};

use crate::error::CouldNotTry;
use crate::os::sockets::local;

/// From here on, up to the ports that operating systems hand out to clients.
const FIRST: u16 = 20000;
const END: u16 = 32768;
/// How many ports are tried, at random: hardly any is in use.
const TRIES: usize = 100;

/// Reserves a port until it is dropped, by listening at the next one, as other runs of the workshop
/// also try to. The port itself stays free for the server.
pub struct Reservation {
    pub address: SocketAddr,
    _next: TcpListener,
}

impl Reservation {
    pub fn new() -> Result<Reservation, CouldNotTry> {
        (0..TRIES)
            .find_map(|_| Reservation::of(random_even_port()))
            .ok_or_else(|| CouldNotTry("there is no free port on 127.0.0.1".to_string()))
    }

    fn of(port: u16) -> Option<Reservation> {
        let next = TcpListener::bind(local(port + 1)).ok()?;
        let address = local(port);
        TcpListener::bind(address).ok()?;
        Some(Reservation {
            address,
            _next: next,
        })
    }
}

fn random_even_port() -> u16 {
    let random = RandomState::new().build_hasher().finish();
    let pairs = u64::from(END - FIRST) / 2;
    FIRST + 2 * u16::try_from(random % pairs).unwrap_or(0)
}
