//! Tests that wait for seconds: for words that must not come, for a lease to run out.
//!
//! `cargo test` runs as many tests at once as there are cores, and two cores would do nothing for minutes. So the first
//! of these tests begins all of them, and each tells how its own ended. Where somebody chose tests, or how many run at
//! once, they run as any other does.

use std::cell::Cell;
use std::collections::{BTreeMap, VecDeque};
use std::env;
use std::io::{self, Write};
use std::panic;
use std::sync::mpsc::{self, Receiver};
use std::sync::{Arc, LazyLock, Mutex};
use std::thread;

/// So many wait at once: more would make a machine so busy that nothing comes in time. (Wine does one thing after the
/// other.)
pub const AT_ONCE: usize = if cfg!(windows) { 2 } else { 12 };

/// A test's name and what it does.
pub type Test = (&'static str, fn());

/// Nothing if a test passed, or why it failed.
type Outcome = Result<(), String>;

/// By the name of each test that was begun, where its outcome comes.
type Begun = BTreeMap<&'static str, Receiver<Outcome>>;

/// Every list that `at_once!` makes, in the order in which the tests ask for their ends; but the wrong servers, which
/// take the longest, do not come last.
const LISTS: &[&[Test]] = &[
    crate::accounts::at_once::ALL,
    crate::chapters::at_once::ALL,
    crate::check::at_once::ALL,
    #[cfg(unix)]
    crate::check::stubborn::at_once::ALL,
    #[cfg(not(windows))]
    crate::check::with_cargo::at_once::ALL,
    crate::wrong_servers::at_once::ALL,
    crate::crowd_command::at_once::ALL,
    #[cfg(unix)]
    crate::crowd_command::in_the_middle::at_once::ALL,
    crate::instances::at_once::ALL,
    crate::outlets::at_once::ALL,
    crate::pictures::at_once::ALL,
    crate::ports::at_once::ALL,
    #[cfg(not(windows))]
    crate::ports::own::at_once::ALL,
    #[cfg(unix)]
    crate::ports::scripts::at_once::ALL,
    #[cfg(target_os = "linux")]
    crate::ports::scripts::in_the_background::at_once::ALL,
    #[cfg(not(windows))]
    crate::watch::at_once::ALL,
    crate::workshop::at_once::ALL,
];

/// Makes a test of each function of this list, among those that are begun at once.
macro_rules! at_once {
    ($($(#[$attribute:meta])* $function:ident)*) => {
        pub mod at_once {
            pub const ALL: &[$crate::at_once::Test] = &[
                $($(#[$attribute])* (concat!(module_path!(), "::", stringify!($function)), super::$function)),*
            ];
            $(
                #[test]
                $(#[$attribute])*
                fn $function() {
                    let name = concat!(module_path!(), "::", stringify!($function));
                    $crate::at_once::run((name, super::$function));
                }
            )*
        }
    };
}

/// Runs a test, or waits for its end if all were begun.
pub fn run((name, test): Test) {
    static BEGUN: LazyLock<Mutex<Begun>> = LazyLock::new(|| Mutex::new(begin_all()));
    if !are_all_run() {
        return test();
    }
    let begun = BEGUN.lock().unwrap().remove(name);
    let outcome = begun.expect("its list is in LISTS").recv().unwrap();
    outcome.unwrap_or_else(|failure| panic!("{failure}"));
}

/// Whether nobody chose tests, by words after `cargo test --`, and nobody said how many run at once.
fn are_all_run() -> bool {
    env::args().len() == 1 && env::var_os("RUST_TEST_THREADS").is_none()
}

fn begin_all() -> Begun {
    keep_failures();
    let (mut begun, mut waiting) = (Begun::new(), VecDeque::new());
    for &(name, test) in LISTS.iter().flat_map(|list| *list) {
        let (tell, told) = mpsc::channel();
        begun.insert(name, told);
        waiting.push_back((test, tell));
    }
    let waiting = Arc::new(Mutex::new(waiting));
    for _ in 0..AT_ONCE {
        let waiting = Arc::clone(&waiting);
        let next = move || waiting.lock().unwrap().pop_front();
        let work = move || {
            while let Some((test, tell)) = next() {
                tell.send(outcome(test)).unwrap();
            }
        };
        let worker = thread::Builder::new().name("tests at once".into());
        worker.spawn(work).unwrap();
    }
    begun
}

thread_local! {
    /// Where a test failed, and why.
    static FAILURE: Cell<String> = const { Cell::new(String::new()) };
}

/// What a thread prints is kept as the output of the test that began it: here, of the one that began all. So why a test
/// failed goes with its outcome. If a thread of its own failed, we say so at once, past what is kept.
fn keep_failures() {
    let usual = panic::take_hook();
    panic::set_hook(Box::new(move |failure| {
        FAILURE.set(failure.to_string());
        if thread::current().name().is_none() {
            let _ = writeln!(io::stderr(), "{failure}");
        }
        usual(failure);
    }));
}

fn outcome(test: fn()) -> Outcome {
    panic::catch_unwind(test).map_err(|_| FAILURE.take())
}
