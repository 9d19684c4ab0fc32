//! How a server starts: it listens at the address that it is given, or ends with the reason.

use std::io::{self, Write};
use std::net::TcpListener;
use std::{env, process};

/// Creates the server that the arguments ask for.
pub fn start() -> TcpListener {
    let address = address();
    create_server(&address).unwrap_or_else(|error| {
        eprintln!("Could not create server: {address}: {error}");
        process::exit(1);
    })
}

/// The address to listen on: the only argument, or `127.0.0.1:1337`.
fn address() -> String {
    let mut arguments = env::args_os()
        .skip(1)
        .map(|a| a.to_string_lossy().into_owned());
    match (arguments.next(), arguments.next()) {
        (None, _) => "127.0.0.1:1337".to_string(),
        (Some(address), None) if !address.starts_with('-') => address,
        _ => {
            eprintln!("Usage: {} [ADDRESS]", env!("CARGO_BIN_NAME"));
            process::exit(2);
        }
    }
}

/// Listens on `address` and says where: port 0 means any free port.
fn create_server(address: &str) -> io::Result<TcpListener> {
    let listener = TcpListener::bind(address)?;
    // Not `println!`: it panics where nobody reads the output.
    let _ = writeln!(io::stdout(), "Listening on {} ...", listener.local_addr()?);
    Ok(listener)
}
