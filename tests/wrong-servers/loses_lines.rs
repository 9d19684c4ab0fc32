//! Of what one client says, every tenth line does not reach those who came first.
//!
//!   ✗ stuck: for 1 s no client received anything; 2 clients wait, such as client 1
//!   ✗ lost: … of … deliveries
//!       client 1 missed message … from client …
//!     It means   your server loses lines.
//!     Look at    what happens to a line that cannot be written at once, or that
//!                arrives together with another.

use std::io::Write;
use std::net::{SocketAddr, TcpStream};
use std::thread;

use super::{Clients, join, leave, lines, said};

pub fn main() {
    let clients = Clients::default();
    let listener = super::listen();
    loop {
        let (client, address) = listener.accept().unwrap();
        let clients = Clients::clone(&clients);
        join(&clients, &client, address); // Here: the first in the list are those who came first.
        thread::spawn(move || talk(&clients, &client, address));
    }
}

fn talk(clients: &Clients, client: &TcpStream, address: SocketAddr) {
    client.set_nodelay(true).unwrap();
    for (number, line) in lines(client).enumerate() {
        let line = said(address, &line);
        let deaf = if number % 10 == 9 { 2 } else { 0 };
        for (_, stream) in clients.lock().unwrap().iter_mut().skip(deaf) {
            let _ = stream.write_all(&line);
        }
    }
    leave(clients, address);
}
