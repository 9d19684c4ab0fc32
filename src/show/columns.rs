//! The columns: their order, and their positions in a picture, in pixels.

use crate::model::contract::ClientId;
use crate::show::measure;

/// The order: the server is among its clients, so that few arrows cross.
#[derive(Clone, Copy)]
pub struct Columns {
    clients: usize,
}

impl Columns {
    pub fn new(clients: usize) -> Columns {
        Columns { clients }
    }

    /// The number of a client's column, from the left.
    pub fn client(self, client: ClientId) -> usize {
        client + usize::from(self.is_right(client))
    }

    /// The number of the server's column.
    pub fn server(self) -> usize {
        self.clients.div_ceil(2)
    }

    /// Whether a client is on the right of the server.
    pub fn is_right(self, client: ClientId) -> bool {
        client >= self.server()
    }
}

/// At this width, text is legible on a phone.
pub const WIDTH: usize = 560;
const LEFT: usize = 82;
const RIGHT: usize = 524;
/// The server's line, if its threads are unknown.
const THIN: usize = 8;
/// The server's column with its threads: between two clients, and among three.
const WIDE: [usize; 2] = [136, 146];
/// Among three clients, the right one has less room: it is alone there.
const NARROW: usize = 88;
/// Between words and the lines beside them.
const MARGIN: usize = 20;

/// The columns of a picture.
pub struct Grid {
    columns: Columns,
    /// The left edge of the server's column, and its width.
    pub lane: usize,
    pub lane_width: usize,
    /// The distance of two columns on the left of the server, and on its right.
    gaps: [usize; 2],
}

impl Grid {
    pub fn new(clients: usize, has_threads: bool) -> Grid {
        let columns = Columns::new(clients);
        let is_narrow = has_threads && clients > 2;
        let lane_width = if has_threads {
            WIDE[usize::from(is_narrow)]
        } else {
            THIN
        };
        let room = RIGHT - LEFT - lane_width;
        let gaps = if is_narrow {
            [(room - NARROW) / (clients - 1), NARROW]
        } else {
            [room / clients; 2]
        };
        let lane = LEFT + columns.server() * gaps[0];
        Grid {
            columns,
            lane,
            lane_width,
            gaps,
        }
    }

    /// The right edge of the server's column.
    pub fn lane_end(&self) -> usize {
        self.lane + self.lane_width
    }

    /// The middle of the server's column.
    pub fn server(&self) -> usize {
        self.lane + self.lane_width / 2
    }

    pub fn client(&self, client: ClientId) -> usize {
        let (column, server) = (self.columns.client(client), self.columns.server());
        match column.checked_sub(server) {
            Some(columns) => self.lane_end() + columns * self.gaps[1],
            None => LEFT + column * self.gaps[0],
        }
    }

    /// Both ends of an arrow: at the client, and at the server.
    pub fn ends(&self, client: ClientId) -> (usize, usize) {
        let x = self.client(client);
        if self.columns.is_right(client) {
            (x - 2, self.lane_end() + 1)
        } else {
            (x + 2, self.lane - 1)
        }
    }

    /// The anchor of words beside a client's line, with the class for their alignment.
    pub fn beside(&self, client: ClientId) -> (usize, &'static str) {
        let x = self.client(client);
        if self.columns.is_right(client) {
            (x - 14, " end")
        } else {
            (x + 14, "")
        }
    }

    /// Wraps words to fit between a client's line and the next one.
    pub fn wrapped(&self, client: ClientId, text: &str) -> Vec<String> {
        let gap = self.gaps[usize::from(self.columns.is_right(client))];
        measure::wrapped(text, gap - MARGIN)
    }

    /// Of several clients with the same words, those that get them: on each side the one next to
    /// the server.
    pub fn labelled(&self, clients: &[ClientId]) -> Vec<ClientId> {
        let is_right = |client: &&ClientId| self.columns.is_right(**client);
        let left = clients.iter().filter(|client| !is_right(client)).max();
        let right = clients.iter().filter(is_right).min();
        left.into_iter().chain(right).copied().collect()
    }
}
