//! Long lines, and as many of them as it takes to fill whatever there is to be filled.

use std::io::{self, Write};
use std::iter;
use std::net::{TcpListener, TcpStream};
use std::ops::Range;
use std::time::{Duration, Instant};

use super::{SETTLE, Stage, What, all_of};
use crate::failure::{Failure, Outcome};
use crate::{resources, sockets};

/// The bytes in a long line: many of them fill whatever there is to be filled.
pub const LONG_LINE: usize = 4000;
/// So many of them are said at once: few, since a client that reads may fall no further behind.
const BURST: usize = 4;
/// More long lines than any system keeps for somebody who does not read: 16 MB.
const LINES_LIMIT: usize = 4000;

impl Stage<'_> {
    /// A client says so many long lines, one after the other; all of them must hear each. Between two lines they
    /// may also hear `news`.
    pub fn pours(&mut self, name: &str, all: &[&str], lines: usize, news: &str) -> Outcome {
        let client = self.begins_to_pour(name);
        let outcome = self.pours_on(client, all, 0, lines, news);
        self.in_bulk = false;
        outcome?;
        self.has_heard_all(all);
        self.passed(format!("{} hear them all", all_of(all)), None);
        Ok(())
    }

    /// A client says so many long lines `more` than the system keeps for the one who does not read: these the server
    /// must keep itself. Returns how many lines it said.
    pub fn pours_until_waiting(
        &mut self,
        name: &str,
        all: &[&str],
        deaf: &str,
        more: usize,
    ) -> Result<usize, Box<Failure>> {
        let client = self.begins_to_pour(name);
        let outcome = self.pours_and_looks(client, all, deaf, more);
        self.in_bulk = false;
        let lines = outcome?;
        self.has_heard_all(all);
        self.passed(format!("{} hear them all", all_of(all)), None);
        Ok(lines)
    }

    fn begins_to_pour(&mut self, name: &str) -> usize {
        let client = self.find(name);
        self.did(client, "says long lines");
        let what = What::Said("long lines, many of them".to_string());
        self.record(Instant::now(), Some(client), what);
        self.in_bulk = true;
        client
    }

    fn pours_and_looks(
        &mut self,
        client: usize,
        all: &[&str],
        deaf: &str,
        more: usize,
    ) -> Result<usize, Box<Failure>> {
        const LOOK: usize = 32;
        let news = format!("{{{deaf}}} left the chat.");
        let length = self.long_line_of(client, 0).len();
        let mut number = 0;
        while number < LINES_LIMIT {
            number = self.pours_on(client, all, number, LOOK, &news)?;
            // The server may be just about to write it: that shows at rest.
            let waits = |kept: usize| (number * length).saturating_sub(kept) >= more * length;
            if waits(self.kept_for(deaf)) && waits(self.kept_at_rest(deaf)) {
                break;
            }
        }
        Ok(number)
    }

    /// So many lines more. Returns how many there are then.
    fn pours_on(
        &mut self,
        client: usize,
        all: &[&str],
        from: usize,
        lines: usize,
        news: &str,
    ) -> Result<usize, Box<Failure>> {
        let end = from + lines;
        let mut starts = (from..end).step_by(BURST);
        starts.try_for_each(|start| {
            let numbers = start..end.min(start + BURST);
            self.pours_some(client, all, numbers, news)
        })?;
        Ok(end)
    }

    /// The same, once it has not changed for longer than an acknowledgement may be held back: what is not
    /// acknowledged counts at both ends.
    fn kept_at_rest(&mut self, name: &str) -> usize {
        const HELD_BACK: Duration = Duration::from_millis(50);
        let deadline = Instant::now() + 10 * HELD_BACK;
        let mut kept = self.kept_for(name);
        loop {
            self.wait_until(Instant::now() + HELD_BACK);
            let now = self.kept_for(name);
            if now == kept || Instant::now() > deadline {
                return now;
            }
            kept = now;
        }
    }

    /// How much the system keeps of what the server has written to a client that does not read. Only Linux tells;
    /// elsewhere it is nothing, or too little to count.
    fn kept_for(&self, name: &str) -> usize {
        let client = self.clients[self.find(name)].address;
        sockets::unread(self.server.address.port(), client.port()).unwrap_or(0)
    }

    /// Some lines in one write; all of them must hear each before there are more.
    fn pours_some(
        &mut self,
        client: usize,
        all: &[&str],
        numbers: Range<usize>,
        news: &str,
    ) -> Outcome {
        let text: String = numbers
            .clone()
            .map(|number| format!("{}\n", long_line(number)))
            .collect();
        if let Some(stream) = &self.clients[client].stream {
            let _ = stream.as_ref().write_all(text.as_bytes());
        }
        self.said_at = Instant::now();
        all.iter().try_for_each(|name| {
            let mut numbers = numbers.clone();
            numbers.try_for_each(|number| self.hears_long_line(name, client, number, Some(news)))
        })
    }

    fn hears_long_line(
        &mut self,
        name: &str,
        client: usize,
        number: usize,
        news: Option<&str>,
    ) -> Outcome {
        let hearer = self.find(name);
        let deadline = Instant::now() + self.patience;
        if let Some(news) = news {
            self.hears_news(hearer, deadline, news);
        }
        let due = self.long_line_of(client, number);
        self.next_bytes_until(deadline, hearer, due.as_bytes())
            .map(|_| ())
    }

    /// A long line as all hear it.
    fn long_line_of(&self, client: usize, number: usize) -> String {
        let address = self.clients[client].address;
        format!("{address} says: {}\n", long_line(number))
    }

    /// Takes note of the news if that is the next line; if not, it is none.
    fn hears_news(&mut self, hearer: usize, deadline: Instant, news: &str) {
        let news = format!("{}\n", self.fill(news)).into_bytes();
        if self.wait_for_line(hearer, deadline) && self.clients[hearer].unread.starts_with(&news) {
            self.clients[hearer].unread.drain(..news.len());
            self.news_heard += 1;
        }
    }

    /// A client that read nothing while somebody poured hears all of it now.
    pub fn hears_all_poured(&mut self, name: &str, from: &str, lines: usize) -> Outcome {
        let client = self.find(from);
        self.in_bulk = true;
        let mut numbers = 0..lines;
        let outcome =
            numbers.try_for_each(|number| self.hears_long_line(name, client, number, None));
        self.in_bulk = false;
        outcome?;
        self.has_heard_all(&[name]);
        self.passed(format!("{name} hears them all, in order"), None);
        Ok(())
    }

    /// Whether the news came while somebody poured.
    pub fn has_heard_news(&self) -> bool {
        self.news_heard > 0
    }

    /// From now on, what these clients hear is not shown: it is too much, and comes in any pieces.
    pub fn hears_in_bulk(&mut self, names: &[&str]) {
        for name in names {
            let client = self.find(name);
            self.clients[client].in_bulk = true;
        }
    }

    /// Shows in a word what these clients have heard meanwhile.
    pub fn has_heard_all(&mut self, names: &[&str]) {
        for name in names {
            let client = self.find(name);
            self.clients[client].in_bulk = false;
            self.record(
                Instant::now(),
                Some(client),
                What::Heard("all of it".to_string()),
            );
        }
    }

    /// The bytes of memory that the server has in use, where the system tells us.
    pub fn memory(&self) -> Option<u64> {
        resources::memory(&self.server.processes())
    }
}

/// A line that takes a page of memory, and differs from all others.
fn long_line(number: usize) -> String {
    format!("{number:06} {}", "x".repeat(LONG_LINE - 7))
}

/// How many long lines the system keeps on its own for somebody who does not read. It is tried with a connection to
/// ourselves: no two systems, and no two settings of one, are alike.
pub fn lines_in_transit() -> usize {
    let count = || -> io::Result<usize> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let _reader = TcpStream::connect(listener.local_addr()?)?;
        let (mut writer, _) = listener.accept()?;
        writer.set_nodelay(true)?;
        writer.set_write_timeout(Some(SETTLE))?;
        let lines = iter::repeat_with(|| writer.write_all(&[b'x'; LONG_LINE]));
        Ok(lines.take(LINES_LIMIT).take_while(Result::is_ok).count())
    };
    count().unwrap_or(1024)
}
