//! Step 11: how a server handles a file that is damaged, one that another server uses, and a slow
//! disk.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::time::{Duration, Instant};
use std::{fs, thread};

use super::causes::{
    DOES_NOT_NAME_THE_LINE, LOST_BEHIND_A_TORN_LINE, OVERWRITES_DAMAGE, SHARES_ITS_FILE,
    STARTS_WITH_DAMAGE, WAITS_FOR_THE_DISK,
};
use super::files::{Folder, SameFile, log_in, register, with_file};
use super::finding::{Ending, Finding, Problem, measured, passed};
use super::load::{Talker, Typed, empty_room, no_answer, type_while};
use crate::check::failure::Stopped;
use crate::model::contract::LEDGER;
use crate::runner::events::{NoObserver, Observer};
use crate::runner::harness::{Harness, Keys};
use crate::runner::patience::POLL;
use crate::server::program::Ready;

const NO_PLACE: Ending = Ending::LeftOut("your command has no {file} among its arguments");
const NO_LINES: Ending =
    Ending::LeftOut("your server does not add a line to its file for each account");

/// A file with some accounts, as the server has written it, a line for each.
struct Written {
    keys: Keys,
    /// What was in it before the first account, and after each.
    texts: Vec<Vec<u8>>,
}

impl Written {
    /// Registers these names, one after the other, with a server that is killed then. None if they
    /// are not lines.
    fn by(servers: &mut SameFile, file: &PathBuf, names: &[&str]) -> Result<Option<Self>, Problem> {
        let mut written = Written {
            keys: Keys::default(),
            texts: vec![Vec::new()],
        };
        for name in names {
            let mut harness = servers.open(&written.keys)?;
            register(&mut harness, name)?;
            harness.finish();
            written.keys = harness.keys.clone();
            written.texts.push(fs::read(file).unwrap_or_default());
        }
        let mut pairs = written.texts.windows(2).skip(1);
        Ok(pairs.all(is_a_line_more).then_some(written))
    }
}

fn line_ends(text: &[u8]) -> usize {
    text.split(|byte| *byte == b'\n').count() - 1
}

fn is_a_line_more(pair: &[Vec<u8>]) -> bool {
    let more = pair[1].strip_prefix(&pair[0][..]).unwrap_or_default();
    let ends = line_ends(more);
    more.len() > 4 && ends == 1 && more.ends_with(b"\n")
}

/// A server was killed while it wrote. What was answered before is there, and what comes next.
pub fn half_a_line(ready: &Ready, patience: Duration, observer: &mut dyn Observer) -> Finding {
    let folder = Folder::new("torn");
    let file = folder.file();
    let Some(ready) = with_file(ready, &file) else {
        return Ok(NO_PLACE);
    };
    let mut servers = SameFile {
        ready,
        patience,
        observer,
    };
    let Some(written) = Written::by(&mut servers, &file, &["Alice", "Bob"])? else {
        return Ok(NO_LINES);
    };
    let [_, first, both] = &written.texts[..] else {
        return Ok(NO_LINES);
    };
    let _ = fs::write(&file, &both[..usize::midpoint(first.len(), both.len())]);
    let action = "the file ends with half a line when the server starts,";
    let mut harness = servers.open(&written.keys)?;
    if let Err(problem) = register(&mut harness, "Carol") {
        return match &problem {
            Problem::Stopped(Stopped::Failed(failure)) if failure.has_ended() => {
                let seen = "it ends; with the whole line it starts".to_string();
                Err(measured(&harness, action, seen, LOST_BEHIND_A_TORN_LINE))
            }
            _ => Err(problem),
        };
    }
    harness.finish();
    let keys = harness.keys.clone();
    drop(harness);
    let mut harness = servers.open(&keys)?;
    match log_in(&mut harness, &["Alice", "Carol"]) {
        Ok(None) => Ok(passed(
            "the file ends with half a line when the server starts: the accounts before it are \
             there, and those that come next",
        )),
        Ok(Some(name)) => {
            let seen =
                format!("after the next start, the answer to {name} is that name or key is wrong");
            Err(measured(&harness, action, seen, LOST_BEHIND_A_TORN_LINE))
        }
        Err(Problem::Stopped(Stopped::Failed(failure))) if failure.has_ended() => {
            let seen = "carol registers, and the next start ends".to_string();
            Err(measured(&harness, action, seen, LOST_BEHIND_A_TORN_LINE))
        }
        Err(problem) => Err(problem),
    }
}

/// A line in the middle is not an account: what was in it is lost.
pub fn in_the_middle(ready: &Ready, patience: Duration, observer: &mut dyn Observer) -> Finding {
    let folder = Folder::new("damaged");
    let file = folder.file();
    let Some(ready) = with_file(ready, &file) else {
        return Ok(NO_PLACE);
    };
    let mut servers = SameFile {
        ready,
        patience,
        observer,
    };
    let Some(written) = Written::by(&mut servers, &file, &["Alice", "Bob", "Carol"])? else {
        return Ok(NO_LINES);
    };
    let [_, first, second, third] = &written.texts[..] else {
        return Ok(NO_LINES);
    };
    let half = &second[first.len()..usize::midpoint(first.len(), second.len())];
    let damaged = [first, half, b"\n", &third[second.len()..]].concat();
    let _ = fs::write(&file, &damaged);
    let number = 1 + line_ends(first);
    let mut harness = servers.open(&written.keys)?;
    let listens = listens(&mut harness);
    let is_the_same = fs::read(&file).is_ok_and(|text| text == damaged);
    let action = format!("half of line {number} is missing, in the middle of the file,");
    let (seen, advice) = if !is_the_same {
        (
            "the server changes the file at its start",
            OVERWRITES_DAMAGE,
        )
    } else if listens {
        (
            "the server starts as if nothing were wrong",
            STARTS_WITH_DAMAGE,
        )
    } else if !has_number(&harness.output.stderr, number) {
        (
            "the server does not print which line it is to stderr",
            DOES_NOT_NAME_THE_LINE,
        )
    } else {
        return Ok(passed(format!(
            "half of line {number} is missing, in the middle of the file: the start ends with an \
             error that names it"
        )));
    };
    Err(measured(&harness, &action, seen.to_string(), advice))
}

fn has_number(text: &[u8], number: usize) -> bool {
    let text = String::from_utf8_lossy(text);
    let mut numbers = text.split(|c: char| !c.is_ascii_digit());
    numbers.any(|digits| digits.parse() == Ok(number))
}

/// Whether a server begins to listen. If not, it ends.
fn listens(harness: &mut Harness) -> bool {
    let deadline = Instant::now() + harness.patience;
    while harness.has_time(deadline) {
        if harness.server.ended().is_some() {
            harness.exit_status(); // Its last words.
            return false;
        }
        if harness.server.connect(harness.patience).is_ok() {
            return true;
        }
        harness.wait_until(Instant::now() + POLL);
    }
    false
}

/// Two servers with one file would not know of each other's accounts.
pub fn a_second_server(ready: &Ready, patience: Duration, observer: &mut dyn Observer) -> Finding {
    let folder = Folder::new("shared");
    let (Some(same), Some(other)) = (
        with_file(ready, &folder.file()),
        with_file(ready, &folder.0.join("another")),
    ) else {
        return Ok(NO_PLACE);
    };
    let mut first = Harness::open(&same, patience, observer)?;
    register(&mut first, "Alice")?;
    let (mut nobody, mut no_other) = (NoObserver, NoObserver);
    let mut second = Harness::open(&same, patience, &mut nobody)?;
    if listens(&mut second) {
        let mut control = Harness::open(&other, patience, &mut no_other)?;
        let starts = listens(&mut control);
        let action = "a server starts with a file that another one uses,";
        let seen = "it starts, as with a file of its own".to_string();
        if starts {
            return Err(measured(&second, action, seen, SHARES_ITS_FILE));
        }
        return Err(no_answer(&mut second, action));
    }
    drop(second);
    Talker::join(&mut first, "bob")?;
    Ok(passed(
        "a second server starts with the same file: it ends, and the first goes on",
    ))
}

/// How many names are registered, one after the other.
const NAMES: usize = 20;
/// A disk that is faster makes nobody wait.
const SLOW_DISK: Duration = Duration::from_millis(3);
/// On a busy machine one measurement is no evidence.
const TRIES: usize = 3;

/// Bob types while alice registers names, and, as the control, while she asks for the time.
pub fn slow_disk(ready: &Ready, patience: Duration, observer: &mut dyn Observer) -> Finding {
    let folder = Folder::new("disk");
    let Some(ready) = with_file(ready, &folder.file()) else {
        return Ok(NO_PLACE);
    };
    let mut harness = Harness::open(&ready, patience, observer)?;
    empty_room(&mut harness, LEDGER)?;
    let mut alice = Talker::join(&mut harness, "alice")?;
    let mut bob = Talker::join(&mut harness, "bob")?;
    let (mut seen, mut number) = (String::new(), 0);
    for _ in 0..TRIES {
        let text = "/time\n".repeat(NAMES);
        let control = while_asking(&mut harness, &mut alice, &mut bob, &text)?;
        number += NAMES;
        let names = number..number + NAMES;
        let text: String = names
            .map(|name| format!("/register Name{name}\n"))
            .collect();
        let measured = while_asking(&mut harness, &mut alice, &mut bob, &text)?;
        let each = measured.took / u32::try_from(NAMES).unwrap_or(1);
        let (bobs, before) = (measured.typed.median(), control.typed.median());
        if each < SLOW_DISK || bobs < each / 3 || bobs < before * 4 {
            return Ok(passed(
                "alice registers names, and bob, who types, does not wait for the disk",
            ));
        }
        seen = format!(
            "each takes {} ms, and bob waits {} ms for his own words, {} while she asks for /time",
            each.as_millis(),
            bobs.as_millis(),
            before.as_millis()
        );
    }
    let action = "alice registers names,";
    Err(measured(&harness, action, seen, WAITS_FOR_THE_DISK))
}

struct Asked {
    took: Duration,
    typed: Typed,
}

/// Alice asks for all this, and bob types until she has all answers.
fn while_asking(
    harness: &mut Harness,
    alice: &mut Talker,
    bob: &mut Talker,
    text: &str,
) -> Result<Asked, Problem> {
    let (goes_on, patience) = (AtomicBool::new(true), harness.patience);
    let begun = Instant::now();
    let (is_answered, typed) = thread::scope(|scope| {
        let typist = scope.spawn(|| type_while(bob, &goes_on, patience, |_| ()));
        alice.send(&format!("{text}that is all\n"));
        let deadline = begun + patience * 10;
        let answered = alice.read_until(deadline, |line| line.ends_with(b" says: that is all\n"));
        goes_on.store(false, SeqCst);
        (answered, typist.join().expect("a typist"))
    });
    if !is_answered {
        return Err(no_answer(harness, "alice asks for much at once"));
    }
    let took = begun.elapsed();
    Ok(Asked { took, typed })
}

impl Folder {
    fn file(&self) -> PathBuf {
        self.0.join("accounts")
    }
}
