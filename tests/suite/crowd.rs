//! What a server promises that serves many at once.

use crate::server::Server;
use crate::step::Step;

on_each!([threads broadcast lines names backpressure] {
    idle_ones_hold_nobody_up
});

fn idle_ones_hold_nobody_up(step: Step) {
    let server = Server::start(step);
    let silent = server.connect("alice");
    let slow = server.connect("bob");
    slow.sends(b"wait, I am");
    server.serves(&mut server.connect("carol"));
    drop((silent, slow));
}
