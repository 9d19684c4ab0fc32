//! What the two echo servers promise.

use crate::server::Server;
use crate::step::Step;

on_each!([blocking threads] {
    echoes_every_byte_value
    echoes_a_megabyte_while_it_is_sent
});

fn echoes_every_byte_value(step: Step) {
    let server = Server::start(step);
    let mut alice = server.connect("alice");
    let bytes: Vec<u8> = (0..=u8::MAX).collect();
    for byte in &bytes {
        alice.send_bytes(&[*byte]);
        alice.expect_bytes(&[*byte]);
    }
    alice.send_bytes(&bytes);
    alice.expect_bytes(&bytes);
    alice.leave();
}

/// There is no newline at its end that the server could have waited for.
fn echoes_a_megabyte_while_it_is_sent(step: Step) {
    let server = Server::start(step);
    let mut alice = server.connect("alice");
    let megabyte = megabyte();
    let sending = alice.send_in_background(megabyte.clone());
    alice.expect_bytes(&megabyte);
    sending.join().unwrap();
    alice.leave();
}

/// Any two neighbouring parts differ, so that a lost or doubled one shows.
fn megabyte() -> Vec<u8> {
    (0_u32..1 << 18).flat_map(u32::to_be_bytes).collect()
}
