//! What clients expect of the server, and what went wrong where that does not come.

use std::process::ExitStatus;
use std::time::{Duration, Instant};

use super::{Client, LAST_MOMENTS, SETTLE, Stage, TICK, What, all_of, is_notice, quoted};
use crate::cause::Cause;
use crate::failure::{Failure, Outcome};
use crate::terminal::escaped;
use crate::verdict::Verdict;

impl Stage<'_> {
    /// The client's next line must be `line`, to the letter.
    pub fn hears(&mut self, name: &str, line: &str) -> Outcome {
        let took = self.next_line(name, line)?;
        let text = self.seen_by(self.find(name), format!("hears {}", quoted_line(line)));
        self.passed(text, Some(took));
        Ok(())
    }

    /// The next line of each of them must be `line`.
    pub fn all_hear(&mut self, names: &[&str], line: &str) -> Outcome {
        let mut took = Duration::ZERO;
        for name in names {
            took = took.max(self.next_line(name, line)?);
        }
        let verb = if names.len() == 1 { "hears" } else { "hear" };
        let text = format!("{} {verb} {}", all_of(names), quoted_line(line));
        self.passed(text, Some(took));
        Ok(())
    }

    /// A client says a word and gets it back: from an echo as it is, from a chat as what it said.
    pub fn says_and_gets_back(&mut self, name: &str, text: &str) -> Outcome {
        self.says(name, text);
        self.gets_back(name, text)
    }

    /// What the client said comes back to it.
    pub fn gets_back(&mut self, name: &str, text: &str) -> Outcome {
        let client = self.find(name);
        let chat = format!("{{{name}}} says: {text}");
        let deadline = Instant::now() + self.patience;
        // In a chat, what others did may come first.
        while self.wait_for_line(client, deadline) && self.starts_with_news(client, &chat) {
            let end = line_length(&self.clients[client].unread);
            self.clients[client].unread.drain(..end);
        }
        let line = self.fill(&chat);
        let said = self.clients[client].unread.starts_with(line.as_bytes());
        let took = self.next_line_until(deadline, name, if said { &chat } else { text })?;
        let text = self.seen_by(client, format!("gets {} back", quoted(text)));
        self.passed(text, Some(took));
        Ok(())
    }

    /// What a client sees, after what was done: its name need not be said again if it did that itself.
    fn seen_by(&self, client: usize, what: String) -> String {
        if self.doer == Some(client) {
            what
        } else {
            format!("{} {what}", self.clients[client].name)
        }
    }

    fn starts_with_news(&self, client: usize, own: &str) -> bool {
        let unread = &self.clients[client].unread;
        let line = String::from_utf8_lossy(&unread[..line_length(unread)]).into_owned();
        (is_notice(&line) || line.contains(" says: ")) && line != format!("{}\n", self.fill(own))
    }

    /// The server ends the client's connection in order, with nothing before it.
    pub fn sees_end(&mut self, name: &str) -> Outcome {
        let client = self.find(name);
        let deadline = Instant::now() + self.patience;
        let ended = |c: &Client| c.ended.is_some() || !c.unread.is_empty();
        self.wait_for(client, deadline, ended);
        let seen = &self.clients[client];
        let verdict = match &seen.ended {
            _ if !seen.unread.is_empty() => Verdict::ExtraBytes(self.mask(&seen.unread)),
            Some(Verdict::Closed) => {
                let took = seen.heard_at.saturating_duration_since(self.said_at);
                let text = self.seen_by(client, "is disconnected".to_string());
                self.passed(text, Some(took));
                return Ok(());
            }
            Some(verdict) => verdict.clone(),
            None => Verdict::StaysOpen(self.patience),
        };
        Err(self.fail(Some(client), verdict))
    }

    /// Takes the next line as it comes: where several talk at once, it may be anybody's.
    pub fn take_line(&mut self, name: &str) -> Result<String, Box<Failure>> {
        let client = self.find(name);
        let deadline = Instant::now() + self.patience;
        if !self.wait_for_line(client, deadline) {
            let verdict = self.why_silent(client, "");
            return Err(self.fail(Some(client), verdict));
        }
        let end = line_length(&self.clients[client].unread);
        let line: Vec<u8> = self.clients[client].unread.drain(..end).collect();
        Ok(self.mask(&line[..end - 1]))
    }

    /// A client gets some answer, whichever.
    pub fn gets_an_answer(&mut self, name: &str) -> Outcome {
        self.take_line(name)?;
        self.passed("gets an answer".to_string(), Some(self.said_at.elapsed()));
        Ok(())
    }

    /// The client's next line must be such as `due` says; the words are the server's own.
    pub fn hears_such(&mut self, name: &str, due: &str, fits: fn(&str) -> bool) -> Outcome {
        let client = self.find(name);
        let got = self.take_line(name)?;
        if !fits(&got) {
            let due = due.to_string();
            return Err(self.fail(Some(client), Verdict::WrongKind { due, got }));
        }
        let took = self.said_at.elapsed();
        self.passed(format!("hears {}", quoted(&got)), Some(took));
        Ok(())
    }

    /// Each of them comes to hear a line, whatever they hear before it.
    pub fn all_come_to_hear(&mut self, names: &[&str], line: &str) -> Outcome {
        let mut took = Duration::ZERO;
        for name in names {
            let Some(later) = self.comes_to_hear(name, line) else {
                let client = self.find(name);
                self.clients[client].unread.clear();
                let verdict = self.why_silent(client, line);
                return Err(self.fail(Some(client), verdict));
            };
            took = took.max(later);
        }
        let text = format!("{} hear {}", all_of(names), quoted_line(line));
        self.passed(text, Some(took));
        Ok(())
    }

    /// Whether a line comes to this client, and how long after the last thing said or done. This
    /// is for probes: it expects nothing, and what came before the line does not matter.
    pub fn comes_to_hear(&mut self, name: &str, line: &str) -> Option<Duration> {
        let client = self.find(name);
        let line = format!("{}\n", self.fill(line)).into_bytes();
        let heard = |c: &Client| c.unread.windows(line.len()).any(|part| part == line);
        let deadline = Instant::now() + self.patience;
        self.wait_for(client, deadline, heard);
        let seen = &self.clients[client];
        if heard(seen) {
            return Some(seen.heard_at.saturating_duration_since(self.said_at));
        }
        self.record(
            Instant::now(),
            Some(client),
            What::HeardNothing(self.patience),
        );
        None
    }

    /// Whether this client has been sent this text already.
    pub fn has_heard(&self, name: &str, text: &str) -> bool {
        let text = self.fill(text).into_bytes();
        self.clients[self.find(name)]
            .unread
            .windows(text.len())
            .any(|part| part == text)
    }

    /// Whether the server has closed this client's connection.
    pub fn is_disconnected(&self, name: &str) -> bool {
        self.clients[self.find(name)].ended.is_some()
    }

    fn next_line(&mut self, name: &str, line: &str) -> Result<Duration, Box<Failure>> {
        self.next_line_until(Instant::now() + self.patience, name, line)
    }

    fn next_line_until(
        &mut self,
        deadline: Instant,
        name: &str,
        line: &str,
    ) -> Result<Duration, Box<Failure>> {
        let due = format!("{}\n", self.fill(line)).into_bytes();
        self.next_bytes_until(deadline, self.find(name), &due)
    }

    pub(super) fn next_bytes_until(
        &mut self,
        deadline: Instant,
        client: usize,
        due: &[u8],
    ) -> Result<Duration, Box<Failure>> {
        let decided = |c: &Client| c.unread.len() >= due.len() || !due.starts_with(&c.unread);
        self.wait_for(client, deadline, decided);
        if self.clients[client].unread.starts_with(due) {
            self.answered = true;
            self.clients[client].unread.drain(..due.len());
            let heard_at = self.clients[client].heard_at;
            return Ok(heard_at.saturating_duration_since(self.said_at));
        }
        let verdict = if self.clients[client].unread.is_empty() {
            self.why_silent(client, "")
        } else {
            self.why_wrong(client, due)
        };
        Err(self.fail(Some(client), verdict))
    }

    fn why_silent(&mut self, client: usize, line: &str) -> Verdict {
        if let Some(ended) = self.clients[client].ended.clone() {
            return ended;
        }
        if !self.clients[client].unread.is_empty() {
            let due = self.fill(line).into_bytes();
            return self.why_wrong(client, &due);
        }
        self.record(
            Instant::now(),
            Some(client),
            What::HeardNothing(self.patience),
        );
        Verdict::Silent(self.patience)
    }

    fn why_wrong(&mut self, client: usize, due: &[u8]) -> Verdict {
        // What came is wrong already; a moment later we can show all of it.
        self.wait_until(Instant::now() + SETTLE);
        let got = &self.clients[client].unread;
        match got.strip_suffix(due) {
            Some(extra) if !extra.is_empty() => Verdict::ExtraBytes(self.mask(extra)),
            _ => Verdict::WrongBytes {
                due: self.mask(due),
                got: self.mask(got),
            },
        }
    }

    /// What went wrong, with all that helps to explain it.
    pub fn fail(&mut self, client: Option<usize>, verdict: Verdict) -> Box<Failure> {
        let too_early = matches!(verdict, Verdict::NeverListened(..));
        let verdict = match self.exit_status(&verdict) {
            Some(status) => Verdict::Exited(status),
            None => verdict,
        };
        let cause = match verdict {
            Verdict::Exited(status) if too_early && !status.success() => {
                Some(Cause::EndsBeforeListening)
            }
            _ => None,
        };
        let elsewhere = match verdict {
            Verdict::NeverListened(..) => self.server.listens_elsewhere(),
            _ => None,
        };
        let hearer = client
            .filter(|_| self.doer != client)
            .map(|client| self.clients[client].name);
        Box::new(Failure {
            verdict,
            did: self.did.join(", "),
            hearer,
            showed: elsewhere
                .iter()
                .map(|other| format!("but something listens at {other}"))
                .collect(),
            cause: cause.or(elsewhere.map(|_| Cause::WrongPort)),
            addresses: self.clients.iter().map(|c| (c.name, c.address)).collect(),
            complained: String::from_utf8_lossy(&self.complained).into_owned(),
            printed: String::from_utf8_lossy(&self.printed).into_owned(),
        })
    }

    /// What a client saw was not what it should have seen; the first line that differs tells.
    pub fn fail_at_difference(
        &mut self,
        name: &str,
        due: &[String],
        got: &[String],
    ) -> Box<Failure> {
        let client = self.find(name);
        let differs = due.iter().zip(got).find(|(due, got)| due != got);
        let (due, got) =
            differs.map_or_else(Default::default, |(due, got)| (due.clone(), got.clone()));
        self.fail(Some(client), Verdict::WrongBytes { due, got })
    }

    /// How the server ended, where a client's connection ended with it.
    fn exit_status(&mut self, verdict: &Verdict) -> Option<ExitStatus> {
        use Verdict::{Closed, ConnectionReset, NeverListened, Refused};
        if !matches!(
            verdict,
            Closed | ConnectionReset | NeverListened(..) | Refused
        ) {
            return None;
        }
        // A program's connections are closed a moment before it has ended: a panic takes its time.
        let deadline = Instant::now() + LAST_MOMENTS;
        while self.server.ended().is_none() && Instant::now() < deadline {
            self.wait_until(Instant::now() + TICK);
        }
        // What it printed last is still on its way to us; a child of it may hold the other end.
        while self.outputs_ended < 2 && Instant::now() < deadline {
            self.wait_until(Instant::now() + TICK);
        }
        let status = self.server.ended()?;
        self.record(Instant::now(), None, What::Exited(status.to_string()));
        Some(status)
    }
}

fn quoted_line(line: &str) -> String {
    quoted(&escaped(line.as_bytes()))
}

fn line_length(bytes: &[u8]) -> usize {
    bytes
        .iter()
        .position(|byte| *byte == b'\n')
        .map_or(bytes.len(), |end| end + 1)
}
