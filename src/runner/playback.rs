//! Plays a session on a server, and compares what everybody hears with what the contract says.

use std::mem;
use std::time::{Duration, Instant};

use crate::model::advice::Advice;
use crate::model::contract::{Action, ClientId, Contract, Expected, Pattern};
use crate::model::matching::{Compared, compare, first_line, is_notice, lines, still_open};
use crate::model::recording::{RecordedTurn, Recording};
use crate::model::session::{
    Act, NAMES, Turn, clients, half_closes, leaves, orders, placeholders, says, sets_stage,
};
use crate::model::verdict::{Verdict, described};
use crate::os::threads;
use crate::runner::events::EventKind;
use crate::runner::harness::{Client, Harness, Refused};
use crate::text::{milliseconds, quoted};

/// What is expected where there is too much to show it.
pub const LONG_LINES: &str = "alice's lines";

/// A turn that went wrong is over when nobody has heard anything for this long.
const QUIET: Duration = Duration::from_millis(60);
/// A login that fails is answered after a second.
const LOGIN: Duration = Duration::from_millis(1100);
/// How long we wait for what was missing, each time that somebody has left.
const AFTERMATH: Duration = Duration::from_millis(250);

const TORN_LINES: Advice = Advice {
    id: "torn-lines",
    means: "your server lets two threads write at the same time: their lines mix.",
    look_at: "how a line is written: put it together first, then one write of it all, under the lock.",
};
const OTHER_ORDER: Advice = Advice {
    id: "other-order",
    means: "your server shows the same lines to different clients in different order.",
    look_at: "the loop that writes to all: one lock around all of it, not one for each write.",
};
const OTHER_ORDER_ELSEWHERE: Advice = Advice {
    id: "other-order-elsewhere",
    look_at: "where a client's own words come from: from what the servers share, \
              and only from there.",
    ..OTHER_ORDER
};

/// The first thing that was not as expected.
#[derive(Clone, Debug)]
pub struct Divergence {
    /// The number of the turn.
    pub turn: usize,
    pub who: Option<ClientId>,
    pub verdict: Verdict,
    /// What the server's threads wait in, and what a further try showed.
    pub showed: Vec<String>,
}

pub struct Playback<'s, 'a> {
    pub stage: &'s mut Harness<'a>,
    pub contract: Contract,
    pub record: Recording,
    pub divergence: Option<Divergence>,
    /// What the last turn led to, and how long it took until everybody had heard it.
    pub last_expected: Vec<Vec<Expected>>,
    /// The same of the turn before.
    pub expected_before: Vec<Vec<Expected>>,
    pub took: Duration,
    /// Also where something wrong was heard, we wait for those who hear nothing: somebody looks on.
    pub waits_out: bool,
    /// What is wrong will be told: then the operating system is asked what the server waits in, which takes a while.
    pub is_told: bool,
    /// How long after one another those act who act in the same turn.
    pub apart: Duration,
    /// Who reads nothing, and what everybody is to hear who reads later.
    pub stalled: Vec<ClientId>,
    waiting: Vec<Vec<Expected>>,
    /// What the server's threads wait in while somebody hears nothing.
    meanwhile: Option<String>,
}

/// What the contract says of a turn, in one of the orders in which the server may see it.
struct Outcome {
    contract: Contract,
    expected: Vec<Vec<Expected>>,
}

impl<'s, 'a> Playback<'s, 'a> {
    /// Begins a session; `whole` are the turns that will come.
    pub fn begin(stage: &'s mut Harness<'a>, step: usize, whole: &[Turn]) -> Playback<'s, 'a> {
        let mut contract = Contract::new(step, placeholders(whole));
        contract.server = stage.server.address.to_string();
        let record = Recording {
            step,
            addresses: placeholders(whole),
            server: contract.server.clone(),
            is_shared: stage.server.is_shared(),
            ..Recording::default()
        };
        Playback {
            stage,
            contract,
            record,
            divergence: None,
            last_expected: Vec::new(),
            expected_before: Vec::new(),
            took: Duration::ZERO,
            waits_out: false,
            is_told: true,
            apart: Duration::ZERO,
            stalled: Vec::new(),
            meanwhile: None,
            waiting: vec![Vec::new(); clients(whole)],
        }
    }

    /// Plays turns until something is wrong; then it is false.
    pub fn run_until_wrong(&mut self, session: &[Turn]) -> bool {
        session.iter().all(|turn| self.turn(turn))
    }

    /// Plays turns, whatever goes wrong, until it is too late.
    pub fn record_expecting(&mut self, session: &[Turn], deadline: Instant) {
        for turn in session {
            if Instant::now() < deadline && !self.contract.has_ended {
                self.turn(turn);
            }
        }
        self.record.exit = self.stage.server.ended();
    }

    /// Plays one turn; false if something was wrong in it.
    pub fn turn(&mut self, turn: &Turn) -> bool {
        let begun = Instant::now();
        self.stage.expects.sets_stage = sets_stage(turn);
        let refused = self.act_all(turn);
        let is_refused = refused.is_some();
        let wrong = match refused {
            Some((who, refused)) => Some((Some(who), self.why_refused(&refused))),
            None => self.hears(turn, begun),
        };
        let heard_at = self
            .stage
            .clients
            .iter()
            .map(|client| client.heard_at)
            .max();
        self.took = heard_at.unwrap_or(begun).saturating_duration_since(begun);
        let more = wrong.is_none().then(|| self.pause()).flatten();
        self.keep(turn, is_refused, wrong.is_some());
        self.stage.expects.sets_stage = false;
        if let Some((who, verdict)) = more {
            self.diverge(Some(who), verdict);
        }
        let Some((who, verdict)) = wrong else {
            return true;
        };
        self.stage
            .clients
            .iter_mut()
            .for_each(|client| client.unread.clear());
        self.diverge(who, verdict);
        false
    }

    /// Notes the first thing that is wrong.
    fn diverge(&mut self, who: Option<ClientId>, verdict: Verdict) {
        let first = Divergence {
            turn: self.record.turns.len() - 1,
            who,
            verdict,
            showed: self.meanwhile.take().into_iter().collect(),
        };
        self.divergence.get_or_insert(first);
    }

    /// Where somebody looks on, there is a pause, and no sentinel: what comes meanwhile is too much.
    fn pause(&mut self) -> Option<(ClientId, Verdict)> {
        self.stage.pause();
        let unread = |who: &ClientId| &self.stage.clients[*who].unread;
        let mut hearers = self.hearers().filter(|_| self.waits_out);
        let who = hearers.find(|who| !unread(who).is_empty())?;
        Some((who, Verdict::Extra(first_line(unread(&who)).to_vec())))
    }

    /// A client reads nothing any more.
    pub fn stall(&mut self, who: ClientId) {
        self.stalled.push(who);
        self.stage.stop_reading(who);
        self.stage.note(who, "reads nothing");
    }

    /// A client that read nothing reads.
    pub fn read_again(&mut self, who: ClientId) {
        self.stalled.retain(|other| *other != who);
        self.stage.clients[who].in_bulk = true;
        self.stage.read_again(who);
    }

    fn act_all(&mut self, turn: &Turn) -> Option<(ClientId, Refused)> {
        let resets = turn
            .acts
            .iter()
            .find(|act| act.action == Action::Reset && self.can_hear(act.who));
        if let Some(Act { who, .. }) = resets {
            self.stage.stop_reading(*who);
        }
        for (at, act) in turn.acts.iter().enumerate() {
            // The answer to the first word stays unread; only then comes what is left.
            if at > 0 && resets.is_some() {
                self.stage.wait_for_unread(act.who);
            }
            if at > 0 && !self.apart.is_zero() {
                self.stage.wait_until(Instant::now() + self.apart);
            }
            if let Err(refused) = self.act(act) {
                return Some((act.who, refused));
            }
        }
        None
    }

    fn act(&mut self, Act { who, action }: &Act) -> Result<(), Refused> {
        let who = *who;
        match action {
            Action::Connect => {
                if self.stalled.contains(&who) {
                    self.stage.connect_without_reading(who)?;
                    self.stage.note(who, "reads nothing");
                } else {
                    self.stage.connect(who)?;
                }
                let address = self.stage.clients[who].address.to_string();
                self.contract.clients[who].address.clone_from(&address);
                self.record.addresses[who] = address;
            }
            // One that could not connect can do nothing.
            _ if !self.can_hear(who) => {}
            Action::Send(bytes) => self.stage.send(who, bytes),
            Action::HalfClose => self.stage.half_close(who),
            Action::Leave => self.stage.leave(who),
            Action::Reset => self.stage.reset(who),
        }
        Ok(())
    }

    /// Whether somebody has come, and has not gone on its own.
    pub fn can_hear(&self, who: ClientId) -> bool {
        let client = self.stage.clients.get(who);
        client.is_some_and(Client::is_connected)
    }

    /// Waits until everybody has heard what the contract says, in one of the possible orders. Returns what is wrong.
    fn hears(&mut self, turn: &Turn, begun: Instant) -> Option<(Option<ClientId>, Verdict)> {
        let mut outcomes: Vec<Outcome> = orders(turn)
            .iter()
            .map(|order| self.outcome(order))
            .collect();
        self.publish_expectations(&outcomes);
        self.wait_until_idle(turn, &outcomes);
        let deadline = begun + self.stage.patience;
        let is_met = loop {
            if let Some(met) = outcomes.iter().position(|outcome| self.is_met(outcome)) {
                outcomes.swap(0, met);
                break true;
            }
            let is_wrong = outcomes.iter().all(|outcome| self.differs(outcome));
            let is_over = is_wrong && !(self.waits_out && self.somebody_is_left_out(&outcomes[0]));
            if is_over || !self.stage.take_report(deadline) {
                break false;
            }
        };
        let outcome = outcomes.swap_remove(0);
        let wrong = (!is_met).then(|| self.what_is_wrong(&outcome, turn, deadline));
        if is_met {
            self.linger(&outcome);
            self.consume(&outcome);
        }
        self.contract = outcome.contract;
        self.expected_before = mem::replace(&mut self.last_expected, outcome.expected);
        for (who, waiting) in self.waiting.iter_mut().enumerate() {
            if self.stalled.contains(&who) {
                waiting.extend(self.contract.take_expected(who));
            } else {
                *waiting = still_open(&self.last_expected[who]);
            }
        }
        wrong
    }

    /// Whether somebody is to hear something, and has heard nothing.
    fn somebody_is_left_out(&self, outcome: &Outcome) -> bool {
        self.hearers().any(|who| self.is_left_out(outcome, who))
    }

    fn is_left_out(&self, outcome: &Outcome, who: ClientId) -> bool {
        let waits = matches!(self.compared(outcome, who), Compared::Waits { .. });
        waits && self.stage.clients[who].unread.is_empty()
    }

    /// Where somebody looks on, each line that is heard is compared at once with what was to be heard.
    fn publish_expectations(&mut self, outcomes: &[Outcome]) {
        let stage = &mut *self.stage;
        stage.expects.is_on = stage.is_shown && outcomes.len() == 1;
        if !stage.expects.is_on {
            return;
        }
        stage.expects.own_words.clear();
        stage.expects.lines.clear();
        for (who, expected) in outcomes[0].expected.iter().enumerate() {
            let all = expected.iter().map(|expected| match expected {
                Expected::Bytes(bytes) => bytes.as_slice(),
                _ => &[],
            });
            let all = all.collect::<Vec<_>>().concat();
            let lines = lines(&all).map(|line| stage.masked(line)).collect();
            stage.expects.lines.push(lines);
            if expected
                .iter()
                .any(|one| matches!(one, Expected::Matches(_)))
            {
                stage.expects.own_words.push(who);
            }
        }
        let unheard = outcomes[0].contract.unheard.iter();
        stage.expects.optional = unheard.map(|line| stage.masked(line)).collect();
    }

    fn heard_nothing(&mut self, who: ClientId, patience: Duration, missing: Option<&Expected>) {
        let shown = |bytes: &[u8]| self.stage.masked(bytes);
        let expected = missing.map(|missing| match missing {
            Expected::Bytes(_) if self.stage.in_bulk => LONG_LINES.to_string(),
            Expected::Bytes(bytes) => shown(first_line(bytes)),
            missing => described(missing, &shown),
        });
        let nothing = EventKind::HeardNothing(patience);
        self.stage
            .record_expecting(Instant::now(), Some(who), nothing, expected);
    }

    /// A connection that should have ended, and has not, may hear a moment later what belongs to this turn.
    fn linger(&mut self, outcome: &Outcome) {
        let lingers = |who: ClientId| {
            outcome.contract.clients[who].has_gone() && self.stage.clients[who].end.is_none()
        };
        if self.hearers().any(lingers) {
            self.stage.wait_until(Instant::now() + QUIET);
        }
    }

    /// Where nothing need come of what was sent, the server is to have read it before we go on.
    fn wait_until_idle(&mut self, turn: &Turn, outcomes: &[Outcome]) {
        let need_not_come = |who: ClientId, expected: &[Expected]| {
            !self.can_hear(who) || expected.len() == still_open(expected).len()
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
            self.stage.wait_until_idle();
        }
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

    /// The clients that can hear something: they have come, and have not gone on their own.
    fn hearers(&self) -> impl Iterator<Item = ClientId> {
        let all = 0..self.stage.clients.len();
        all.filter(|who| self.can_hear(*who) && !self.stalled.contains(who))
    }

    fn compared(&self, outcome: &Outcome, who: ClientId) -> Compared {
        let client = &self.stage.clients[who];
        let expected = &outcome.expected[who];
        let is_over = outcome.contract.clients[who].has_gone();
        match compare(expected, &client.unread, client.end, &|line| {
            self.is_foreign(who, line)
        }) {
            // What nobody said is to end must not end. Lines of the server's own that came before are no part of this.
            Compared::Met(at) if client.end.is_some() && !is_over => Compared::Hook {
                item: expected.len(),
                at: if still_open(expected).is_empty() {
                    at
                } else {
                    client.unread.len()
                },
            },
            compared => compared,
        }
    }

    /// Whether a line is no part of this session: others talk in a room that we share, and who comes after somebody
    /// has left may or may not hear of that.
    fn is_foreign(&self, who: ClientId, line: &[u8]) -> bool {
        let is_ours = |line: &[u8]| {
            let mut all = 0..self.contract.clients.len();
            all.any(|who| line.starts_with(format!("{} ", self.contract.name(who)).as_bytes()))
        };
        self.contract.is_leftover(who, line)
            || (self.record.is_shared && is_notice(line) && !is_ours(line))
    }

    fn is_met(&self, outcome: &Outcome) -> bool {
        self.hearers()
            .all(|who| matches!(self.compared(outcome, who), Compared::Met(_)))
    }

    fn differs(&self, outcome: &Outcome) -> bool {
        self.hearers()
            .any(|who| matches!(self.compared(outcome, who), Compared::Hook { .. }))
    }

    fn consume(&mut self, outcome: &Outcome) {
        for who in self.hearers().collect::<Vec<_>>() {
            if let Compared::Met(used) = self.compared(outcome, who) {
                self.stage.clients[who].unread.drain(..used);
            }
        }
    }

    /// Keeps what was heard in this turn.
    fn keep(&mut self, turn: &Turn, is_refused: bool, is_waited_out: bool) {
        let mut heard = RecordedTurn {
            is_refused,
            is_waited_out,
            ..RecordedTurn::default()
        };
        for client in &mut self.stage.clients {
            heard.heard.push(mem::take(&mut client.log));
            heard
                .ends
                .push(client.end.filter(|_| client.is_connected()));
        }
        self.record.session.push(turn.clone());
        self.record.turns.push(heard);
    }

    // What is wrong.

    fn why_refused(&mut self, refused: &Refused) -> Verdict {
        match (self.stage.exit_status(), refused) {
            (Some(status), Refused::NeverListened(_)) => Verdict::NeverStarted(status),
            (Some(status), _) => Verdict::Exited(status),
            (None, Refused::Now) => Verdict::Refused,
            (None, Refused::NeverListened(after)) => Verdict::NeverListened {
                address: self.stage.server.address,
                after: *after,
                elsewhere: self.stage.server.listens_elsewhere(),
            },
        }
    }

    /// Whether somebody logs in, and has heard nothing: a wrong key is answered late.
    fn wait_for_login(&self, turn: &Turn) -> bool {
        let logs_in =
            |act: &Act| matches!(&act.action, Action::Send(bytes) if bytes.starts_with(b"/login"));
        let mut acts = turn.acts.iter();
        acts.any(|act| logs_in(act) && self.stage.clients[act.who].unread.is_empty())
    }

    /// Waits until nobody hears anything any more, and finds out who has heard something else than it should.
    fn what_is_wrong(
        &mut self,
        outcome: &Outcome,
        turn: &Turn,
        deadline: Instant,
    ) -> (Option<ClientId>, Verdict) {
        let begun = Instant::now();
        let is_quiet = |play: &Self| play.stage.quiet_for().min(begun.elapsed()) >= QUIET;
        let may_answer = |play: &Self| begun.elapsed() < LOGIN && play.wait_for_login(turn);
        while (!is_quiet(self) || may_answer(self)) && self.stage.has_time(deadline) {
            self.stage.take_report(Instant::now() + QUIET / 4);
        }
        if let Some(wrong) = self.mixed_or_in_another_order(outcome, turn) {
            return wrong;
        }
        let all: Vec<(ClientId, Compared)> = self
            .hearers()
            .map(|who| (who, self.compared(outcome, who)))
            .collect();
        let is_actor = |who: ClientId| turn.acts.iter().any(|act| act.who == who);
        let weight = |(who, compared): &&(ClientId, Compared)| match compared {
            _ if self.waits_out && self.is_left_out(outcome, *who) => 0,
            Compared::Met(_) => 9,
            Compared::Hook { at, .. } if self.stage.clients[*who].unread.len() > *at => 1,
            Compared::Hook { .. } => 3,
            Compared::Waits { at, .. } if self.stage.clients[*who].unread.len() > *at => 2,
            Compared::Waits { .. } => 5 - usize::from(is_actor(*who)),
        };
        match all.iter().min_by_key(weight) {
            Some((who, compared)) => {
                let verdict = self.verdict(*who, *compared, &outcome.expected[*who], turn);
                (Some(*who), verdict)
            }
            None => (
                None,
                Verdict::Silent {
                    expected: Vec::new(),
                    patience: self.stage.patience,
                },
            ),
        }
    }

    /// Several talk at once. Does everybody hear all of it, but not in the same order, or not in one piece?
    fn mixed_or_in_another_order(
        &self,
        outcome: &Outcome,
        turn: &Turn,
    ) -> Option<(Option<ClientId>, Verdict)> {
        if turn.acts.iter().all(|act| act.who == turn.acts[0].who) {
            return None;
        }
        let expected = |who: ClientId| -> Vec<u8> {
            let bytes = outcome.expected[who].iter().map(|expected| match expected {
                Expected::Bytes(bytes) => bytes.as_slice(),
                _ => &[],
            });
            bytes.collect::<Vec<_>>().concat()
        };
        let heard = |who: ClientId| self.stage.clients[who].unread.as_slice();
        let is_complete = self
            .hearers()
            .all(|who| sorted(heard(who).iter()) == sorted(expected(who).iter()));
        if !is_complete {
            return None;
        }
        let in_lines = |bytes: &[u8]| sorted(lines(bytes).map(<[u8]>::to_vec));
        let differs = self
            .hearers()
            .find(|who| in_lines(heard(*who)) != in_lines(&expected(*who)));
        Some(match differs {
            Some(who) => (Some(who), self.torn(who, &expected(who))),
            None => self.other_order(),
        })
    }

    fn torn(&self, who: ClientId, expected: &[u8]) -> Verdict {
        let expected: Vec<&[u8]> = lines(expected).collect();
        let torn = lines(&self.stage.clients[who].unread)
            .find(|line| !expected.contains(line))
            .unwrap_or_default();
        Verdict::Found {
            seen: format!("hears {}", quoted(&self.stage.masked(torn))),
            advice: TORN_LINES,
        }
    }

    fn other_order(&self) -> (Option<ClientId>, Verdict) {
        let first = self.hearers().next();
        let heard = |who: ClientId| self.stage.clients[who].unread.as_slice();
        let other = self
            .hearers()
            .find(|who| first.is_some_and(|first| heard(*who) != heard(first)));
        let name = NAMES[first.unwrap_or_default()];
        (
            other,
            Verdict::Found {
                seen: format!("hears the same lines as {name} in another order"),
                advice: if self.stage.twin.is_some() {
                    OTHER_ORDER_ELSEWHERE
                } else {
                    OTHER_ORDER
                },
            },
        )
    }

    fn verdict(
        &mut self,
        who: ClientId,
        compared: Compared,
        expected: &[Expected],
        turn: &Turn,
    ) -> Verdict {
        let patience = self.stage.patience;
        let (Compared::Hook { item, at } | Compared::Waits { item, at }) = compared else {
            return Verdict::Silent {
                expected: Vec::new(),
                patience,
            };
        };
        let client = &self.stage.clients[who];
        // Where anything may be said, what was heard is right: what comes next is missing.
        let is_anything = |one: &&Expected| matches!(one, Expected::Matches(Pattern::Anything));
        let missing = &expected[item.min(expected.len())..];
        let rest = match missing.first().filter(is_anything) {
            Some(_) => Vec::new(),
            None => client.unread[at..].to_vec(),
        };
        let missing: Vec<Expected> = missing.iter().skip_while(is_anything).cloned().collect();
        match (missing.first(), client.end) {
            (_, Some(end)) if rest.is_empty() => match self.stage.exit_status() {
                Some(status) => Verdict::Exited(status),
                None => Verdict::Closed(end),
            },
            (Some(Expected::End { .. }), None) if rest.is_empty() => Verdict::StaysOpen(patience),
            (_, None) if rest.is_empty() => {
                self.meanwhile = self.blocked_threads();
                self.heard_nothing(who, patience, missing.first());
                Verdict::Silent {
                    expected: missing,
                    patience,
                }
            }
            (None | Some(Expected::End { .. }), _) => Verdict::Extra(rest),
            (Some(expected @ Expected::Matches(Pattern::Help)), _) => Verdict::Wrong {
                got: rest,
                expected: expected.clone(),
            },
            (Some(Expected::Bytes(bytes)), _)
                if before(&rest, bytes).is_some_and(|extra| !extra.is_empty()) =>
            {
                Verdict::Extra(before(&rest, bytes).unwrap_or_default().to_vec())
            }
            (Some(_), _) if turn.is_sentinel && !mentions(&rest, turn) => {
                Verdict::Extra(first_line(&rest).to_vec())
            }
            (Some(expected), _) => Verdict::Wrong {
                got: as_long_as(expected, &rest),
                expected: expected.clone(),
            },
        }
    }

    /// What the server's threads wait in, where the operating system tells.
    fn blocked_threads(&self) -> Option<String> {
        if self.stage.twin.is_some() || !self.is_told {
            return None; // Of two servers, whose threads?
        }
        let addresses = self.stage.addresses();
        let name_of = |port| {
            let client = addresses.iter().find(|(_, address)| address.port() == port);
            client.map(|(who, _)| NAMES[*who].to_string())
        };
        let threads = threads::threads(&self.stage.server.processes(), name_of)?;
        let sentence = threads::sentence(&threads)?;
        Some(format!("Meanwhile, your server: {sentence}"))
    }

    /// Somebody hears nothing. Does it come when others speak or leave, or when there is no more to read?
    pub fn probe_after_silence(&mut self) {
        self.record.exit = self.stage.server.ended();
        let Some(Divergence {
            who: Some(who),
            verdict: Verdict::Silent { expected, .. },
            ..
        }) = &self.divergence
        else {
            return;
        };
        let (who, missing) = (*who, expected.first().cloned());
        let Some(Expected::Bytes(missing)) = missing else {
            return;
        };
        let last = self.record.turns.last();
        let is_served = last.is_some_and(|turn| turn.heard.iter().any(|heard| !heard.is_empty()));
        if self.waits_out && is_served {
            return; // Nobody keeps the server from it.
        }
        let others: Vec<ClientId> = self.hearers().filter(|other| *other != who).collect();
        let silent = others
            .iter()
            .filter(|other| self.contract.clients[**other].sent == 0);
        let mut tries: Vec<(ClientId, Turn, &str)> = silent
            .map(|other| (*other, says(*other, "hm?"), "said something"))
            .collect();
        tries.extend(others.iter().map(|other| (*other, leaves(*other), "left")));
        if !self.waits_out {
            tries.push((who, half_closes(who), "sent no more (a half-close)"));
        }
        for (other, turn, what) in tries {
            let begun = Instant::now();
            self.act_all(&turn);
            turn.acts
                .iter()
                .for_each(|act| self.contract.act(act.who, &act.action));
            let limit = if self.waits_out {
                self.stage.patience
            } else {
                AFTERMATH.min(self.stage.patience)
            };
            let deadline = begun + limit;
            let heard = |stage: &Harness| contains(&stage.clients[who].unread, &missing);
            let came = self.stage.wait_for(deadline, heard);
            let later = self.stage.clients[who]
                .heard_at
                .saturating_duration_since(begun);
            self.stage
                .wait_until(Instant::now() + if came { QUIET } else { Duration::ZERO });
            self.keep(&turn, false, true);
            if came {
                self.shows(who, other, what, &missing, later);
                return;
            }
        }
    }

    fn shows(
        &mut self,
        who: ClientId,
        other: ClientId,
        what: &str,
        missing: &[u8],
        later: Duration,
    ) {
        let text = self.stage.masked(missing);
        let it = if self.contract.is_chat() {
            "it".to_string()
        } else {
            format!("{}'s {}", NAMES[who], quoted(&text))
        };
        let showed = format!(
            "then {} {what}, and {it} came {} later",
            NAMES[other],
            milliseconds(later)
        );
        if let Some(divergence) = &mut self.divergence {
            divergence.showed.push(showed);
        }
    }
}

/// Whether what was heard has to do with what was said in this turn.
fn mentions(heard: &[u8], turn: &Turn) -> bool {
    turn.acts.iter().any(|act| match &act.action {
        Action::Send(bytes) => contains(first_line(heard), bytes.trim_ascii()),
        _ => false,
    })
}

fn sorted<T: Ord>(parts: impl Iterator<Item = T>) -> Vec<T> {
    let mut parts: Vec<T> = parts.collect();
    parts.sort();
    parts
}

/// What was heard before what was expected.
fn before<'h>(heard: &'h [u8], expected: &[u8]) -> Option<&'h [u8]> {
    let at = heard
        .windows(expected.len())
        .position(|window| window == expected);
    at.map(|at| &heard[..at])
}

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    bytes
        .windows(part.len().max(1))
        .any(|window| window == part)
}

/// What was heard instead: as many lines as there are in what was expected.
fn as_long_as(expected: &Expected, heard: &[u8]) -> Vec<u8> {
    let count = match expected {
        Expected::Bytes(bytes) => lines(bytes).count(),
        _ => 1,
    };
    lines(heard).take(count).collect::<Vec<_>>().concat()
}
