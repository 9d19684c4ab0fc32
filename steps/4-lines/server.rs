//! How a server starts: it listens at the address that it is given, or ends with the reason.

use std::io::{self, Write};
use std::net::TcpListener;
use std::{env, process};

/// The program's arguments: at most as many as `usage` names, and no options.
pub fn arguments(usage: &str) -> impl Iterator<Item = String> + use<> {
    let arguments = env::args_os().skip(1);
    let arguments: Vec<String> = arguments
        .map(|a| a.to_string_lossy().into_owned())
        .collect();
    let most = usage.split(' ').count();
    if arguments.len() > most || arguments.iter().any(|argument| argument.starts_with('-')) {
        eprintln!("Usage: {} {usage}", env!("CARGO_BIN_NAME"));
        process::exit(2);
    }
    arguments.into_iter()
}

/// Creates the server: at this address, or at `127.0.0.1:1337`.
pub fn listen(address: Option<String>) -> TcpListener {
    let address = address.unwrap_or_else(|| "127.0.0.1:1337".to_string());
    create_server(&address).unwrap_or_else(|error| {
        eprintln!("Could not create server: {address}: {error}");
        process::exit(1);
    })
}

/// Listens on `address` and says where: port 0 means any free port.
fn create_server(address: &str) -> io::Result<TcpListener> {
    let listener = TcpListener::bind(address)?;
    // Not `println!`: it panics where nobody reads the output.
    let _ = writeln!(io::stdout(), "Listening on {} ...", listener.local_addr()?);
    Ok(listener)
}
