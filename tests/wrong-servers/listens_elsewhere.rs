//! The address is not the one that the program was given.
//!
//! check 1
//!   ✗ alice connects and finds nothing at 127.0.0.1:… for 1 s
//!       but something listens at 127.0.0.1:…
//!     It means   your server listens at another address than the one it was given.
//!     Look at    the call that binds: it must use the program's argument,
//!                host:port.

use std::net::TcpListener;

pub fn main() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    println!("Listening on {} ...", listener.local_addr().unwrap());
    let clients: Vec<_> = listener.incoming().collect();
    drop(clients);
}
