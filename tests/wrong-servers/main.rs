//! Wrong servers: small programs, each with one mistake that people really make.
//!
//! `wrong-servers NAME ADDRESS` runs one of them. The file of each begins with the words that
//! `check` must say of it; `tests/suite/wrong_servers.rs` sees to that.

// The words of `check` stand in the comments as they are.
#![allow(clippy::doc_markdown)]

mod names;
mod rooms;

use std::env;
use std::io::Write;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// Everybody in the room, for those who get this part right.
type Clients = Arc<Mutex<Vec<(SocketAddr, TcpStream)>>>;

macro_rules! servers {
    ($($name:ident)*) => {
        $(mod $name;)*

        fn main() {
            let name = env::args().nth(1).unwrap_or_default();
            match name.replace('-', "_").as_str() {
                $(stringify!($name) => $name::main(),)*
                _ => panic!("no wrong server '{name}'; there are: {}", stringify!($($name)*)),
            }
        }
    };
}

servers! {
    address_in_left
    answers_everybody
    answers_overtake
    answers_the_first
    any_name
    asks_under_lock
    capitals
    commands_by_prefix
    cuts_characters
    cuts_lines
    dies_on_reset
    disconnects_the_slow
    doubles_lines
    drops_for_the_slow
    end_as_message
    exits_after_first_client
    floods
    four_threads
    handles_before_accepting
    hears_after_exit
    ignores_the_end
    joins_at_first_word
    joins_each_thread
    keeps_carriage_return
    keeps_half_closed
    keeps_names
    keeps_queues
    leaves_out_sender
    listens_elsewhere
    lists_unsorted
    locks_across_read
    locks_for_each_write
    locks_others_out
    locks_twice
    loses_lines
    main_returns
    never_flushes
    never_listens
    never_removes
    newline_twice
    no_bye
    no_join
    no_left
    no_left_after_reset
    no_limit
    no_newline
    own_address
    own_join
    own_left
    panics_on_bytes
    passes_controls
    queues_without_end
    reader_in_loop
    reads_before_spawning
    refuses_in_public
    removes_controls
    renames_in_private
    replaces_bytes
    rest_of_long_line
    same_name_twice
    spells_newline
    waits_for_a_queue
    whole_buffer
    writes_twice
}

fn listen() -> TcpListener {
    let address = env::args().nth(2).expect("an address");
    TcpListener::bind(address).expect("a free address")
}

/// Tells everybody, and forgets whoever is gone.
fn broadcast(clients: &Clients, text: &str) {
    tell(&mut clients.lock().unwrap(), text);
}

fn tell(clients: &mut Vec<(SocketAddr, TcpStream)>, text: &str) {
    clients.retain_mut(|(_, client)| client.write_all(text.as_bytes()).is_ok());
}

fn join(clients: &Clients, client: &TcpStream, address: SocketAddr) {
    let mut clients = clients.lock().unwrap();
    tell(&mut clients, &format!("{address} joined the chat.\n"));
    clients.push((address, client.try_clone().unwrap()));
}

fn leave(clients: &Clients, address: SocketAddr) {
    let mut clients = clients.lock().unwrap();
    clients.retain(|(other, _)| *other != address);
    tell(&mut clients, &format!("{address} left the chat.\n"));
}
