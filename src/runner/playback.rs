//! Plays a session on a server, and records it until something is not as the contract says.

use std::mem;
use std::time::{Duration, Instant};

use crate::model::contract::{Action, ClientId, Contract, Expected};
use crate::model::judge::{Hearing, Terms, is_foreign, is_of_turn_before, judge};
use crate::model::matching::{contains, first_line, lines, unbounded_tail};
use crate::model::recording::{RecordedTurn, Recording};
use crate::model::session::{
    Act, Turn, clients, half_closes, leaves, orders, placeholders, says, sets_stage,
};
use crate::model::verdict::{Divergence, Verdict, description};
use crate::os::threads::ThreadState;
use crate::runner::events::EventKind;
use crate::runner::harness::{Client, ConnectError, Harness};
use crate::runner::patience::{AFTERMATH, LATENESS, LOGIN, MOST_EXTRA, QUIET, SEARCH};
use crate::runner::played::{Aftermath, Played};

/// What is expected where there is too much to show it.
pub const LONG_LINES: &str = "alice's lines";

/// How a session is played.
#[derive(Clone, Copy, Default)]
pub struct Options {
    /// For a display: clients that hear nothing are waited for, also after something wrong came.
    pub wait_full_timeout: bool,
    /// What the server's threads wait in is of no interest: to find out takes a while.
    pub skip_threads: bool,
    /// Between the acts of one turn.
    pub delay_between_acts: Duration,
}

pub struct Playback<'s, 'a> {
    pub harness: &'s mut Harness<'a>,
    pub options: Options,
    pub contract: Contract,
    pub recording: Recording,
    pub divergence: Option<Divergence>,
    /// What each client was to hear in the last turn, and how long it took until all had.
    pub last_expected: Vec<Vec<Expected>>,
    pub took: Duration,
    /// The same of the turn before.
    expected_before: Vec<Vec<Expected>>,
    /// The clients that read nothing, and what each client has still to hear.
    pub stalled: Vec<ClientId>,
    waiting: Vec<Vec<Expected>>,
    /// What the server's threads wait in while an answer is missing, and what they waited in when
    /// the first one was.
    meanwhile: Vec<ThreadState>,
    waits: Vec<ThreadState>,
    aftermath: Option<Aftermath>,
}

/// What the contract says of a turn, in one of the orders in which the server may see it.
struct Outcome {
    contract: Contract,
    expected: Vec<Vec<Expected>>,
}

impl<'s, 'a> Playback<'s, 'a> {
    /// Begins a session; `whole` are the turns that will come.
    pub fn begin(harness: &'s mut Harness<'a>, step: usize, whole: &[Turn]) -> Playback<'s, 'a> {
        let mut contract = Contract::new(step, placeholders(whole));
        contract.server = harness.server.address.to_string();
        let recording = Recording {
            step,
            addresses: placeholders(whole),
            server: contract.server.clone(),
            is_shared: harness.server.is_shared(),
            ..Recording::default()
        };
        Playback {
            harness,
            options: Options::default(),
            contract,
            recording,
            divergence: None,
            last_expected: Vec::new(),
            took: Duration::ZERO,
            expected_before: Vec::new(),
            stalled: Vec::new(),
            waiting: vec![Vec::new(); clients(whole)],
            meanwhile: Vec::new(),
            waits: Vec::new(),
            aftermath: None,
        }
    }

    /// Plays turns until something is wrong; then it is false.
    pub fn run_until_wrong(&mut self, session: &[Turn]) -> bool {
        session.iter().all(|turn| self.turn(turn))
    }

    /// Plays turns, whatever goes wrong, until it has waited this long for answers that never came.
    pub fn run_to_end(&mut self, session: &[Turn], all_timeouts: Duration) {
        let deadline = Instant::now() + SEARCH;
        let mut timeouts = 0;
        for turn in session {
            if self.harness.patience * timeouts >= all_timeouts || !self.harness.has_time(deadline)
            {
                break;
            }
            let begun = Instant::now();
            if self.contract.has_ended || self.turn(turn) {
                continue;
            }
            timeouts += u32::from(begun.elapsed() >= self.harness.patience);
        }
        self.recording.exit = self.harness.server.ended();
    }

    /// Ends the session: what is left is plain data.
    pub fn finish(self) -> Played {
        Played {
            snapshot: self.harness.snapshot(),
            recording: self.recording,
            divergence: self.divergence,
            waits: self.waits,
            aftermath: self.aftermath,
        }
    }

    /// Plays one turn; false if something was wrong in it.
    pub fn turn(&mut self, turn: &Turn) -> bool {
        let begun = Instant::now();
        self.harness.display.sets_stage = sets_stage(turn);
        let refused = self.act_all(turn);
        let is_refused = refused.is_some();
        let wrong = match refused {
            Some((who, error)) => Some(self.refused(who, &error)),
            None => self.await_all(turn, begun),
        };
        let heard_at = self.harness.clients.iter().map(|client| client.heard_at);
        let heard_at = heard_at.max().unwrap_or(begun);
        self.took = heard_at.saturating_duration_since(begun);
        let more = wrong.is_none().then(|| self.pause()).flatten();
        self.keep(turn, is_refused, wrong.is_some());
        self.harness.display.sets_stage = false;
        if let Some(more) = more {
            self.diverge(more);
        }
        let Some(wrong) = wrong else {
            return true;
        };
        for client in &mut self.harness.clients {
            client.unread.clear();
        }
        self.diverge(wrong);
        false
    }

    /// Notes the first thing that is wrong.
    fn diverge(&mut self, mut divergence: Divergence) {
        let session = &self.recording.session;
        if is_of_turn_before(session, &self.expected_before, &divergence) {
            divergence.turn -= 1;
        }
        let meanwhile = mem::take(&mut self.meanwhile);
        if self.divergence.is_none() {
            (self.divergence, self.waits) = (Some(divergence), meanwhile);
        }
    }

    fn diverged(&self, client: ClientId, verdict: Verdict) -> Divergence {
        Divergence {
            turn: self.recording.turns.len(),
            client: Some(client),
            verdict,
        }
    }

    /// For a display there is a pause, and no sentinel: what comes meanwhile is too much.
    fn pause(&mut self) -> Option<Divergence> {
        self.harness.pause();
        let unread = |who: &ClientId| &self.harness.clients[*who].unread;
        let mut hearers = self.hearers().filter(|_| self.options.wait_full_timeout);
        let who = hearers.find(|who| !unread(who).is_empty())?;
        let extra = Verdict::Extra(first_line(unread(&who)).to_vec());
        Some(self.diverged(who, extra))
    }

    /// Keeps what was heard in this turn.
    fn keep(&mut self, turn: &Turn, is_refused: bool, is_waited_out: bool) {
        let mut kept = RecordedTurn {
            is_refused,
            is_waited_out,
            ..RecordedTurn::default()
        };
        for client in &mut self.harness.clients {
            let end = client.end.filter(|_| client.is_connected());
            kept.heard.push(mem::take(&mut client.log));
            kept.ends.push(end);
        }
        self.recording.session.push(turn.clone());
        self.recording.turns.push(kept);
    }
}

impl From<Playback<'_, '_>> for Played {
    fn from(playback: Playback) -> Played {
        playback.finish()
    }
}

// What is done.

impl Playback<'_, '_> {
    /// A client reads nothing any more.
    pub fn stall(&mut self, who: ClientId) {
        self.stalled.push(who);
        self.harness.stop_reading(who);
        self.harness.note(who, "reads nothing");
    }

    /// A client that read nothing reads.
    pub fn read_again(&mut self, who: ClientId) {
        self.stalled.retain(|other| *other != who);
        self.harness.clients[who].is_muted = true;
        self.harness.read_again(who);
    }

    fn act_all(&mut self, turn: &Turn) -> Option<(ClientId, ConnectError)> {
        let resets = |act: &&Act| act.action == Action::Reset && self.can_hear(act.who);
        let reset = turn.acts.iter().find(resets);
        if let Some(act) = reset {
            self.harness.stop_reading(act.who);
        }
        for (at, act) in turn.acts.iter().enumerate() {
            // The answer to the first word stays unread; only then comes what is left.
            if at > 0 && reset.is_some() {
                self.harness.wait_for_unread(act.who);
            }
            if at > 0 && !self.options.delay_between_acts.is_zero() {
                let until = Instant::now() + self.options.delay_between_acts;
                self.harness.wait_until(until);
            }
            if let Err(error) = self.act(act) {
                return Some((act.who, error));
            }
        }
        None
    }

    fn act(&mut self, Act { who, action }: &Act) -> Result<(), ConnectError> {
        let who = *who;
        match action {
            Action::Connect => self.connect(who)?,
            // A client that could not connect can do nothing.
            _ if !self.can_hear(who) => {}
            Action::Send(bytes) => self.harness.send(who, bytes),
            Action::HalfClose => self.harness.half_close(who),
            Action::Leave => self.harness.leave(who),
            Action::Reset => self.harness.reset(who),
        }
        Ok(())
    }

    fn connect(&mut self, who: ClientId) -> Result<(), ConnectError> {
        if self.stalled.contains(&who) {
            self.harness.connect_without_reading(who)?;
            self.harness.note(who, "reads nothing");
        } else {
            self.harness.connect(who)?;
        }
        let address = self.harness.clients[who].address.to_string();
        self.contract.clients[who].address.clone_from(&address);
        self.recording.addresses[who] = address;
        Ok(())
    }

    fn refused(&mut self, who: ClientId, error: &ConnectError) -> Divergence {
        let verdict = match (self.harness.exit_status(), error) {
            (Some(status), ConnectError::NeverListened(_)) => Verdict::NeverStarted(status),
            (Some(status), ConnectError::Refused) => Verdict::Exited(status),
            (None, ConnectError::Refused) => Verdict::Refused,
            (None, ConnectError::NeverListened(after)) => Verdict::NeverListened {
                address: self.harness.server.address,
                after: *after,
                elsewhere: self.harness.server.listens_elsewhere(),
            },
        };
        self.diverged(who, verdict)
    }
}

// What comes of it.

impl Playback<'_, '_> {
    /// Waits until each client has what the contract says, in one of the possible orders. Returns
    /// what is wrong.
    fn await_all(&mut self, turn: &Turn, begun: Instant) -> Option<Divergence> {
        let orders = orders(turn);
        let mut outcomes: Vec<Outcome> = orders.iter().map(|order| self.outcome(order)).collect();
        self.publish_expectations(&outcomes);
        self.wait_until_idle(turn, &outcomes);
        let deadline = begun + self.harness.patience;
        let met = self.wait_for_one_of(&outcomes, deadline);
        let outcome = outcomes.swap_remove(met.unwrap_or(0));
        let wrong = match met {
            Some(_) => {
                self.linger(&outcome);
                self.consume(&outcome);
                None
            }
            None => Some(self.judge(&outcome, turn, deadline)),
        };
        self.contract = outcome.contract;
        self.expected_before = mem::replace(&mut self.last_expected, outcome.expected);
        for (who, waiting) in self.waiting.iter_mut().enumerate() {
            if self.stalled.contains(&who) {
                waiting.extend(self.contract.take_expected(who));
            } else {
                *waiting = unbounded_tail(&self.last_expected[who]);
            }
        }
        wrong
    }

    fn outcome(&self, order: &[&Act]) -> Outcome {
        let mut contract = self.contract.clone();
        for act in order {
            contract.act(act.who, &act.action);
        }
        let expected = |who: ClientId| {
            if self.stalled.contains(&who) {
                return Vec::new();
            }
            [self.waiting[who].clone(), contract.take_expected(who)].concat()
        };
        let expected = (0..self.waiting.len()).map(expected).collect();
        Outcome { contract, expected }
    }

    /// Waits until one of the outcomes is met, or none can be any more. A busy machine gets more
    /// time: what it was late with us, it may be late with each of the server's threads.
    fn wait_for_one_of(&mut self, outcomes: &[Outcome], deadline: Instant) -> Option<usize> {
        let last = deadline + self.harness.patience * MOST_EXTRA;
        let late_before = self.harness.late;
        loop {
            let late = self.harness.late.saturating_sub(late_before);
            let deadline = last.min(deadline + late * LATENESS);
            let all = outcomes.iter().map(|outcome| self.hearings(outcome));
            let all: Vec<Vec<Hearing>> = all.collect();
            let is_met = |hearings: &Vec<Hearing>| hearings.iter().all(Hearing::is_met);
            if let Some(met) = all.iter().position(is_met) {
                return Some(met);
            }
            let waits = self.options.wait_full_timeout && all[0].iter().any(Hearing::is_left_out);
            let is_over = all.iter().all(|all| all.iter().any(Hearing::differs)) && !waits;
            if is_over || !self.harness.take_report(deadline) {
                return None;
            }
        }
    }

    /// Whether a client has connected, and has not gone on its own.
    pub fn can_hear(&self, who: ClientId) -> bool {
        let client = self.harness.clients.get(who);
        client.is_some_and(Client::is_connected)
    }

    /// The clients that can hear something, and read.
    fn hearers(&self) -> impl Iterator<Item = ClientId> {
        let all = 0..self.harness.clients.len();
        all.filter(|who| self.can_hear(*who) && !self.stalled.contains(who))
    }

    fn hearings<'t>(&'t self, outcome: &'t Outcome) -> Vec<Hearing<'t>> {
        let hearing = |who: ClientId| {
            let client = &self.harness.clients[who];
            Hearing::new(
                who,
                &outcome.expected[who],
                (&client.unread, client.end),
                outcome.contract.clients[who].has_gone(),
                &|line| is_foreign(&self.contract, self.recording.is_shared, who, line),
            )
        };
        self.hearers().map(hearing).collect()
    }

    /// Where nothing need come of what was sent, the server is to have read it before we go on.
    fn wait_until_idle(&mut self, turn: &Turn, outcomes: &[Outcome]) {
        let need_not_come = |who: ClientId, expected: &[Expected]| {
            !self.can_hear(who) || expected.len() == unbounded_tail(expected).len()
        };
        let is_silent = outcomes.iter().all(|outcome| {
            let mut expected = outcome.expected.iter().enumerate();
            expected.all(|(who, expected)| need_not_come(who, expected))
        });
        let is_read = |act: &Act| match act.action {
            Action::Send(_) => self.can_hear(act.who),
            Action::Reset => true,
            _ => false,
        };
        if is_silent && turn.acts.iter().any(is_read) {
            self.harness.wait_until_idle();
        }
    }

    /// A client whose connection should have ended, and has not, may receive a moment later what
    /// belongs to this turn.
    fn linger(&mut self, outcome: &Outcome) {
        let lingers = |who: ClientId| {
            outcome.contract.clients[who].has_gone() && self.harness.clients[who].end.is_none()
        };
        if self.hearers().any(lingers) {
            self.harness.wait_until(Instant::now() + QUIET);
        }
    }

    fn consume(&mut self, outcome: &Outcome) {
        let hearings = self.hearings(outcome).into_iter();
        let used = hearings.filter_map(|one| Some((one.client, one.used()?)));
        for (who, used) in used.collect::<Vec<_>>() {
            self.harness.clients[who].unread.drain(..used);
        }
    }

    /// Waits until no client receives anything any more, and judges.
    fn judge(&mut self, outcome: &Outcome, turn: &Turn, deadline: Instant) -> Divergence {
        self.wait_until_quiet(turn, deadline);
        let terms = Terms {
            number: self.recording.turns.len(),
            patience: self.harness.patience,
            wait_full_timeout: self.options.wait_full_timeout,
            servers: 1 + usize::from(self.harness.twin.is_some()),
        };
        let mut divergence = judge(turn, &self.hearings(outcome), terms);
        match (&divergence.verdict, divergence.client) {
            (Verdict::Closed(_), _) => {
                if let Some(status) = self.harness.exit_status() {
                    divergence.verdict = Verdict::Exited(status);
                }
            }
            (Verdict::Silent { expected, .. }, Some(who)) => {
                if !self.options.skip_threads {
                    self.meanwhile = self.harness.threads();
                }
                self.record_silence(who, expected.first());
            }
            _ => {}
        }
        divergence
    }

    fn wait_until_quiet(&mut self, turn: &Turn, deadline: Instant) {
        let begun = Instant::now();
        // A wrong key is answered late.
        let logs_in =
            |act: &Act| matches!(&act.action, Action::Send(bytes) if bytes.starts_with(b"/login"));
        let waits_for_login = |harness: &Harness| {
            let mut logins = turn.acts.iter().filter(|act| logs_in(act));
            logins.any(|act| harness.clients[act.who].unread.is_empty())
        };
        loop {
            let is_quiet = self.harness.quiet_for().min(begun.elapsed()) >= QUIET;
            let may_answer = begun.elapsed() < LOGIN && waits_for_login(self.harness);
            if is_quiet && !may_answer || !self.harness.has_time(deadline) {
                return;
            }
            self.harness.take_report(Instant::now() + QUIET / 4);
        }
    }

    /// For a display, each line that comes is compared at once with what was to come.
    fn publish_expectations(&mut self, outcomes: &[Outcome]) {
        let harness = &mut *self.harness;
        let expects = &mut harness.display.expects;
        expects.is_on = harness.display.is_on && outcomes.len() == 1;
        if !expects.is_on {
            return;
        }
        let outcome = &outcomes[0];
        let is_own = |one: &Expected| matches!(one, Expected::Matches(_));
        let (mut all_lines, mut own_words) = (Vec::new(), Vec::new());
        for (who, expected) in outcome.expected.iter().enumerate() {
            let all = expected.iter().map(|expected| match expected {
                Expected::Bytes(bytes) => bytes.as_slice(),
                _ => &[],
            });
            let all = all.collect::<Vec<_>>().concat();
            all_lines.push(lines(&all).map(|line| harness.masked(line)).collect());
            own_words.extend(expected.iter().any(is_own).then_some(who));
        }
        let unheard = outcome.contract.unheard.iter();
        let optional = unheard.map(|line| harness.masked(line)).collect();
        let expects = &mut harness.display.expects;
        (expects.lines, expects.own_words, expects.optional) = (all_lines, own_words, optional);
    }

    fn record_silence(&mut self, who: ClientId, missing: Option<&Expected>) {
        let expected = missing.map(|missing| match missing {
            Expected::Bytes(_) if self.harness.display.is_muted => LONG_LINES.to_string(),
            Expected::Bytes(bytes) => self.harness.masked(first_line(bytes)),
            missing => description(missing).unwrap_or_default().to_string(),
        });
        let nothing = EventKind::HeardNothing(self.harness.patience);
        let now = Instant::now();
        self.harness
            .record_expecting(now, Some(who), nothing, expected);
    }

    /// A client misses something. Does it come when others speak or leave, or when there is no more
    /// to read?
    pub fn probe_after_silence(&mut self) {
        self.recording.exit = self.harness.server.ended();
        let Some(Divergence {
            client: Some(who),
            verdict: Verdict::Silent { expected, .. },
            ..
        }) = &self.divergence
        else {
            return;
        };
        let (who, Some(Expected::Bytes(missing))) = (*who, expected.first().cloned()) else {
            return;
        };
        let last = self.recording.turns.last();
        let is_served = last.is_some_and(|turn| turn.heard.iter().any(|heard| !heard.is_empty()));
        if self.options.wait_full_timeout && is_served {
            return; // No client keeps the server from it.
        }
        for (other, turn, did) in self.probes(who) {
            let later = self.probe(who, &turn, &missing);
            self.keep(&turn, false, true);
            if let Some(later) = later {
                self.aftermath = Some(Aftermath {
                    client: who,
                    other,
                    did,
                    missing,
                    later,
                });
                return;
            }
        }
    }

    /// What others do after a client has missed something, one after the other.
    fn probes(&self, who: ClientId) -> Vec<(ClientId, Turn, &'static str)> {
        let others: Vec<ClientId> = self.hearers().filter(|other| *other != who).collect();
        let silent = |other: &&ClientId| self.contract.clients[**other].sent == 0;
        let speak = others.iter().filter(silent);
        let speak = speak.map(|other| (*other, says(*other, "hm?"), "said something"));
        let leave = others.iter().map(|other| (*other, leaves(*other), "left"));
        let end = (who, half_closes(who), "sent no more (a half-close)");
        let end = (!self.options.wait_full_timeout).then_some(end);
        speak.chain(leave).chain(end).collect()
    }

    /// How long after this turn comes what was missing, if it comes.
    fn probe(&mut self, who: ClientId, turn: &Turn, missing: &[u8]) -> Option<Duration> {
        let begun = Instant::now();
        self.act_all(turn);
        for act in &turn.acts {
            self.contract.act(act.who, &act.action);
        }
        let patience = self.harness.patience;
        let limit = if self.options.wait_full_timeout {
            patience
        } else {
            AFTERMATH.min(patience)
        };
        let came = |harness: &Harness| contains(&harness.clients[who].unread, missing);
        if !self.harness.wait_for(begun + limit, came) {
            return None;
        }
        let heard_at = self.harness.clients[who].heard_at;
        self.harness.wait_until(Instant::now() + QUIET);
        Some(heard_at.saturating_duration_since(begun))
    }
}
