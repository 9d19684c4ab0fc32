//! Step 2, threads: an echo server that serves every client at once, each in a thread of its own.

use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::time::Duration;
use std::{env, process, thread};

fn main() {
    let address = address();
    let listener = create_server(&address).unwrap_or_else(|error| {
        eprintln!("Could not create server: {address}: {error}");
        process::exit(1);
    });
    accept_loop(&listener);
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
            eprintln!("Usage: 2-threads [ADDRESS]");
            process::exit(2);
        }
    }
}

/// Listens on `address` and says where: port 0 means any free port.
fn create_server(address: &str) -> io::Result<TcpListener> {
    let listener = TcpListener::bind(address)?;
    println!("Listening on {} ...", listener.local_addr()?);
    Ok(listener)
}

/// The main thread: accepts one client after the other, for ever.
fn accept_loop(listener: &TcpListener) {
    loop {
        match listener.accept() {
            Ok((client, _)) => {
                // `thread::spawn` would panic where the operating system
                // refuses a thread. This returns the error, and drops the
                // client: its connection closes.
                let thread = thread::Builder::new().spawn(move || echo(client));
                if let Err(error) = thread {
                    eprintln!("Could not start a thread: {error}");
                }
            }
            Err(error) => {
                // Out of file descriptors? Trying again at once would spin.
                eprintln!("Could not accept a client: {error}");
                thread::sleep(Duration::from_millis(100));
            }
        }
    }
}

/// A client's thread: sends back every byte that the client sends, until it stops sending.
fn echo(mut client: TcpStream) -> io::Result<()> {
    client.set_nodelay(true)?; // Or Nagle's algorithm delays small answers.
    let mut buffer = [0; 4096];
    loop {
        let length = client.read(&mut buffer)?; // Waits for this client.
        if length == 0 {
            return Ok(());
        }
        client.write_all(&buffer[..length])?;
    }
}
