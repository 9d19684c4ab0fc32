//! Wrong servers: small programs, each with one mistake that people really make.
//!
//! `wrong-servers NAME ADDRESS` runs one of them. The file of each begins with its mistake, and the
//! check that must see it.

// The words of `check` stand in the comments as they are.
#![allow(clippy::doc_markdown)]

mod accounts;
mod outbox;
mod right;

use std::env;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::exit;
use std::sync::{Arc, Mutex};
use std::thread;

/// Everybody in the room, for those who get this part right.
type Clients = Arc<Mutex<Vec<(SocketAddr, TcpStream)>>>;

macro_rules! servers {
    ($($name:ident)*) => {
        $(mod $name;)*

        fn main() {
            let name = env::args().nth(1).unwrap_or_default();
            match name.replace('-', "_").as_str() {
                $(stringify!($name) => $name::main(),)*
                _ => {
                    eprintln!("wrong-servers: no server '{name}'; there are: {}", [$(stringify!($name)),*].join(" "));
                    exit(2);
                }
            }
        }
    };
}

servers! {
    a_second_for_the_slow
    accounts_to_the_letter
    address_in_left
    announces_no_change
    answers_before_saving
    answers_everybody
    answers_once
    answers_overtake
    answers_the_first
    any_key
    any_name
    ascii_capitals
    asks_then_renames
    asks_under_lock
    capitals
    collects_before_refusing
    commands_by_prefix
    counts_keys_up
    counts_on
    cuts_at_64
    cuts_characters
    cuts_lines
    damaged_somewhere
    dawdles
    dies_on_reset
    digit_first
    disconnects_the_slow
    doubles_lines
    drops_for_the_slow
    drops_the_silent
    empty_answer
    end_as_message
    ends_whoever_registered
    exit_alone
    exit_drops_queue
    exits_after_first_client
    floods
    forgets_old_accounts
    four_threads
    goes_on_behind_half_a_line
    handles_before_accepting
    has_left
    hears_after_exit
    ignores_the_end
    joins_at_first_word
    joins_each_thread
    keeps_carriage_return
    keeps_connections
    keeps_half_closed
    keeps_names
    keeps_old_names
    keeps_queues
    key_in_the_file
    key_in_the_log
    key_told_to_all
    keys_from_names
    leaves_out_sender
    limit_minus_one
    limit_with_return
    listens_elsewhere
    lists_unsorted
    lock_in_loop
    locks_across_read
    locks_for_each_write
    locks_in_two_orders
    locks_others_out
    locks_twice
    lone_return_ends
    looks_again_and_again
    loses_lines
    main_returns
    names_without_port
    never_clears
    never_flushes
    never_listens
    never_removes
    newline_twice
    nick_takes_accounts
    no_bye
    no_join
    no_leap_days
    no_left
    no_left_after_reset
    no_limit
    no_newline
    old_connection_goes_on
    old_connection_left
    old_one_stays_open
    one_count_for_all
    own_address
    own_case_is_taken
    own_join
    own_left
    panics_on_bytes
    passes_c1
    passes_controls
    pause_under_lock
    pauses_in_turn
    prefix_of_key
    prints_the_answer
    queues_without_end
    reader_in_loop
    reads_before_spawning
    refuses_each_piece
    refuses_in_public
    registers_in_two_steps
    registers_without_the_name
    removes_controls
    renames_in_private
    replaces_bytes
    replays_history
    rest_of_long_line
    same_name_twice
    saves_under_lock
    second_stall
    sixteen_characters
    sleeps_under_lock
    sorts_by_bytes
    spells_newline
    stale_places
    stops_at_the_dead
    stops_at_zero
    tab_is_no_space
    takes_damage_for_an_account
    tells_name_from_key
    trims_lines
    two_with_one_file
    unwraps_a_write
    waits_for_a_first_word
    waits_for_a_queue
    waits_for_each_full_socket
    waits_half_a_minute
    wakes_for_each
    whole_buffer
    writes_twice
    wrong_key_at_once
}

fn listen() -> TcpListener {
    let address = env::args().nth(2).expect("an address");
    TcpListener::bind(address).expect("a free address")
}

/// Serves each client in a thread of its own.
fn serve_each(serve: impl Fn(&Clients, TcpStream, SocketAddr) + Copy + Send + 'static) {
    let clients = Clients::default();
    let listener = listen();
    loop {
        let (client, address) = listener.accept().unwrap();
        let clients = Clients::clone(&clients);
        thread::spawn(move || serve(&clients, client, address));
    }
}

/// The same, where everybody joins and leaves as it should be.
fn chat(talk: impl Fn(&Clients, TcpStream, SocketAddr) + Copy + Send + 'static) {
    serve_each(move |clients, client, address| {
        join(clients, &client, address);
        talk(clients, client, address);
        leave(clients, address);
    });
}

fn echo(mut client: TcpStream) {
    let mut buffer = [0; 512];
    while let Ok(length @ 1..) = client.read(&mut buffer) {
        let _ = client.write_all(&buffer[..length]);
    }
}

/// What one read returns; none at the end.
fn read(client: &mut TcpStream) -> Option<Vec<u8>> {
    let mut buffer = [0; 8192];
    let length = client.read(&mut buffer).ok().filter(|length| *length > 0)?;
    Some(buffer[..length].to_vec())
}

fn lines(client: &TcpStream) -> impl Iterator<Item = Vec<u8>> {
    let lines = BufReader::new(client).split(b'\n');
    lines.map_while(Result::ok)
}

/// The line that tells what somebody says.
fn said(who: SocketAddr, text: &[u8]) -> Vec<u8> {
    [format!("{who} says: ").as_bytes(), text.trim_ascii(), b"\n"].concat()
}

fn say(clients: &Clients, who: SocketAddr, text: &[u8]) {
    broadcast(clients, said(who, text));
}

/// Tells everybody, and forgets those who are gone.
fn broadcast(clients: &Clients, text: impl AsRef<[u8]>) {
    tell(&mut clients.lock().unwrap(), text);
}

fn tell(clients: &mut Vec<(SocketAddr, TcpStream)>, text: impl AsRef<[u8]>) {
    clients.retain_mut(|(_, client)| client.write_all(text.as_ref()).is_ok());
}

fn join(clients: &Clients, client: &TcpStream, address: SocketAddr) {
    let mut clients = clients.lock().unwrap();
    tell(&mut clients, format!("{address} joined the chat.\n"));
    clients.push((address, client.try_clone().unwrap()));
}

fn leave(clients: &Clients, address: SocketAddr) {
    let mut clients = clients.lock().unwrap();
    clients.retain(|(other, _)| *other != address);
    tell(&mut clients, format!("{address} left the chat.\n"));
}
