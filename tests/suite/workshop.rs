//! The workshop command: what it prints, what it writes, and with which status it ends.

use std::fs;
use std::path::{Path, PathBuf};

use assert_cmd::Command;
use assert_cmd::assert::Assert;
use predicates::prelude::PredicateBooleanExt;
use predicates::str::contains;

use crate::bugs::wrong_server;
use crate::pictures::chapters;
use crate::server::Server;
use crate::step;

/// The workshop command, with a deadline.
pub fn workshop(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_workshop"));
    command
        .args(arguments)
        .env("NO_COLOR", "1")
        .env_remove("RUST_BACKTRACE") // A panic's first line is enough, and comes sooner.
        .timeout(crate::wait::WAIT * 18); // Beside two more suites, on two cores.
    command
}

/// What a command has printed to stdout.
pub fn stdout(ended: &Assert) -> String {
    String::from_utf8(ended.get_output().stdout.clone()).unwrap()
}

/// A temporary folder, removed on drop.
pub struct Folder(pub PathBuf);

impl Folder {
    pub fn new(name: &str) -> Folder {
        let path = std::env::temp_dir().join(format!("workshop-{}-{name}", std::process::id()));
        let _ = fs::remove_dir_all(&path); // A process with the same id may have left it.
        fs::create_dir_all(&path).unwrap();
        Folder(path)
    }

    pub fn read(&self, path: &str) -> String {
        fs::read_to_string(self.0.join(path)).unwrap()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// A package with nothing in it but the learner's own program.
#[cfg(not(windows))]
pub struct Learner(Folder);

#[cfg(not(windows))]
impl Learner {
    pub fn new(name: &str) -> Learner {
        let folder = Folder::new(name);
        let manifest = "[package]\nname = \"mine\"\nedition = \"2024\"\n[workspace]\n";
        fs::write(folder.0.join("Cargo.toml"), manifest).unwrap();
        Learner(folder)
    }

    pub fn run(&self, words: &[&str]) -> Assert {
        workshop(words).envs(self.environment()).assert()
    }

    /// The environment that makes a command run in this package.
    pub fn environment(&self) -> [(&'static str, PathBuf); 3] {
        [
            ("CARGO_MANIFEST_DIR", self.0.0.clone()),
            ("CARGO_TARGET_DIR", self.0.0.join("target")),
            ("CARGO_PROFILE_DEV_DEBUG", "0".into()), // Builds faster.
        ]
    }

    /// Removes a file of the learner's program.
    pub fn remove(&self, name: &str) {
        fs::remove_file(self.0.0.join("src/bin/mine").join(name)).unwrap();
    }

    /// Replaces a part of the learner's program.
    pub fn replace_in_main(&self, part: &str, other: &str) {
        let program = self.0.read("src/bin/mine/main.rs");
        assert!(program.contains(part), "{program}");
        let program = program.replace(part, other);
        fs::write(self.0.0.join("src/bin/mine/main.rs"), program).unwrap();
    }
}

/// In a folder without a program: no test may depend on what is in `src/bin/mine`.
#[test]
fn without_arguments_the_map_is_printed() {
    let folder = Folder::new("map");
    let mut map = workshop(&[]);
    let map = map.env("CARGO_MANIFEST_DIR", &folder.0).assert().success();
    let steps = fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("steps")).unwrap();
    let steps = steps.flatten().filter(|entry| entry.path().is_dir());
    let map = steps.fold(map, |map, step| {
        map.stdout(contains(step.file_name().into_string().unwrap()))
    });
    map.stdout(contains("cargo run -- start 1"))
        .stdout(contains("still wrong"))
        .stderr("");
}

#[test]
fn every_command_has_help() {
    for command in [
        "map", "show", "start", "check", "watch", "crowd", "hint", "talk",
    ] {
        workshop(&["--help"])
            .assert()
            .success()
            .stdout(contains(command));
        for words in [[command, "--help"], [command, "-h"], ["help", command]] {
            let usage = workshop(&words).assert().success();
            usage.stdout(contains("Usage: cargo run -- ")).stderr("");
        }
    }
}

#[test]
fn the_version_is_printed() {
    let version = format!("workshop {}\n", env!("CARGO_PKG_VERSION"));
    for word in ["--version", "-V"] {
        workshop(&[word]).assert().success().stdout(version.clone());
    }
}

#[test]
fn invalid_arguments_are_refused_with_the_reason() {
    for (words, error) in [
        (
            &["chek"][..],
            "unknown command 'chek': did you mean 'check'?",
        ),
        (&["sing"], "unknown command 'sing'\n"),
        (&["help", "sing"], "unknown command 'sing'\n"),
        (&["check", "99"], "there is no step '99'"),
        (&["check", "two"], "there is no step 'two'"),
        (&["check", "2", "3"], "unexpected argument '3'"),
        (&["check", "2", "--loud"], "unexpected argument '--loud'"),
        (&["check", "2", "--bin"], "--bin needs a value"),
        (&["check", "2", "--"], "a command must follow '--'"),
        (
            &["check", "2", "--patience", "soon"],
            "--patience takes seconds from 0.1 to 600, not 'soon'",
        ),
        (
            &["check", "2", "--patience", "0"],
            "--patience takes seconds from 0.1 to 600, not '0'",
        ),
        (
            &["check", "2", "--at", "127.0.0.1:1337", "--bin", "2-threads"],
            "'--at' and '--bin' name two programs: which one?",
        ),
        (
            &["crowd", "--bin", "3-broadcast", "--", "php", "chat.php"],
            "'--bin' and '--' name two programs: which one?",
        ),
        (
            &["show", "1", "--bin", "mine", "--bin", "2-threads"],
            "'--bin' and '--bin' name two programs: which one?",
        ),
        (&["start"], "which step?"),
        (&["hint"], "a hint for which step?"),
        (&["hint", "2", "4"], "there is no hint '4'"),
        (&["hint", "2", "1", "1"], "unexpected argument '1'"),
        (&["talk", "a", "b"], "unexpected argument 'b'"),
        (&["map", "x"], "unexpected argument 'x'"),
    ] {
        workshop(words)
            .assert()
            .code(2)
            .stdout("")
            .stderr(contains(error));
    }
}

#[test]
fn each_step_has_three_hints() {
    for number in 1..=step::all().len() {
        let number = number.to_string();
        let hint = |which: &[&str]| {
            let words = [&["hint", number.as_str()], which].concat();
            stdout(&workshop(&words).assert().success())
        };
        assert_eq!(hint(&[]), hint(&["1"]), "the first one is the next one");
        let texts = ["1", "2", "3"].map(|which| hint(&[which]));
        for (which, text) in texts.iter().enumerate() {
            assert!(!text.contains("```") && !text.contains("##"), "{text}");
            let begins = |text: &String| text.lines().nth(3).unwrap().to_string();
            let holds = texts.iter().map(|other| text.contains(&begins(other)));
            let only_this: Vec<bool> = (0..3).map(|other| other == which).collect();
            assert_eq!(holds.collect::<Vec<_>>(), only_this, "{text}");
        }
    }
}

/// Texts that are printed as they are fit a terminal of 80 columns.
#[test]
fn texts_are_at_most_80_columns_wide() {
    let fits = |words: &[&str]| {
        let text = stdout(&workshop(words).assert().success());
        let is_wide = |line: &&str| line.chars().count() > 80;
        let wide: Vec<&str> = text.lines().filter(is_wide).collect();
        assert!(wide.is_empty(), "{words:?}: {wide:#?}");
    };
    fits(&["map"]);
    fits(&["help"]);
    for command in [
        "map", "show", "start", "check", "hint", "talk", "watch", "crowd",
    ] {
        fits(&["help", command]);
    }
    for number in 1..=step::all().len() {
        for which in ["1", "2", "3"] {
            fits(&["hint", &number.to_string(), which]);
        }
    }
    for name in chapters().iter().map(String::as_str).chain([""]) {
        let path = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("steps")
            .join(name);
        let task = fs::read_to_string(path.join("task.md")).unwrap_or_default();
        let wide = task.lines().find(|line| line.chars().count() > 80);
        assert_eq!(wide, None, "the task of step {name}");
    }
}

/// A step's hints and task are in its folder, and in the package.
#[test]
fn each_step_is_a_folder_with_its_texts() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("steps");
    let steps = step::all();
    let names: Vec<&str> = steps.iter().map(|step| step.name).collect();
    assert_eq!(names, chapters(), "the tests know all steps");
    for (number, name) in (1..).zip(names) {
        let has = |file: &str| folder.join(name).join(file).exists();
        assert!(has("hints.md"), "{name}/hints.md");
        assert_eq!(has("task.md"), number < steps.len(), "{name}/task.md");
    }
    let manifest = include_str!("../../Cargo.toml");
    let include = manifest.lines().find(|line| line.starts_with("include"));
    assert!(include.unwrap().contains("\"/steps\""), "{include:?}");
}

#[test]
fn start_writes_a_program_and_never_overwrites_one() {
    let folder = Folder::new("start");
    let start = |words: &[&str]| {
        let mut command = workshop(words);
        command.env("CARGO_MANIFEST_DIR", &folder.0);
        command.assert()
    };
    start(&["start", "1"])
        .success()
        .stdout(contains("cargo run -- check 2"));
    let program = folder.read("src/bin/mine/main.rs");
    assert!(program.starts_with("// Your task, step 2."), "{program}");
    assert!(program.contains("Usage: mine [ADDRESS]"), "{program}");
    assert!(program.contains("fn echo("), "{program}");

    fs::write(folder.0.join("src/bin/mine/main.rs"), "mine, all mine").unwrap();
    let refusal = "workshop: you have a program already, src/bin/mine.
Go on with it, or replace it by step 2 (yours is kept beside it):

  cargo run -- start 2 --force
";
    start(&["start", "2"]).code(2).stdout("").stderr(refusal);
    assert_eq!(folder.read("src/bin/mine/main.rs"), "mine, all mine");

    start(&["start", "2", "--force"])
        .success()
        .stdout(contains("before-1"));
    assert_eq!(
        folder.read("src/bin/mine/before-1/main.rs"),
        "mine, all mine"
    );
    assert!(folder.read("src/bin/mine/main.rs").contains("Builder"));
    start(&["start", "3", "--force"])
        .success()
        .stdout(contains("before-2"));
}

#[test]
fn start_4_brings_the_calendar() {
    let folder = Folder::new("calendar");
    let mut start = workshop(&["start", "4"]);
    start
        .env("CARGO_MANIFEST_DIR", &folder.0)
        .assert()
        .success();
    let calendar = folder.read("src/bin/mine/clock.rs");
    assert_eq!(calendar, include_str!("../../steps/5-commands/clock.rs"));
}

#[test]
fn without_a_program_check_says_how_to_start() {
    let folder = Folder::new("none");
    let mut check = workshop(&["check"]);
    let check = check.env("CARGO_MANIFEST_DIR", &folder.0).assert();
    check
        .code(2)
        .stdout("")
        .stderr(contains("cargo run -- start 1"));
}

#[test]
fn show_names_the_check_of_the_command_it_was_given() {
    let program = step::threads().program;
    let check = format!("Check it   cargo run -- check 3 -- {program} {{address}}\n");
    let show = workshop(&["show", "2", "--", program, "{address}"]).assert();
    show.success()
        .stdout(contains(check))
        .stdout(contains("src/bin/mine").not());
}

#[test]
fn show_names_the_check_of_the_running_server_it_was_given() {
    let server = Server::start(step::threads());
    let address = server.address.to_string();
    let check = format!("Check it   cargo run -- check 3 --at {address}\n");
    let show = workshop(&["show", "2", "--at", &address]).assert();
    show.success().stdout(contains(check));
}

/// Extra output is reported though nothing more is expected. And as the bug is not the scene's own,
/// the next step is not called its fix.
#[test]
fn show_reports_extra_output_and_where_to_look() {
    let server = wrong_server();
    workshop(&["show", "2", "--", &server, "newline_twice", "{address}"])
        .assert()
        .success()
        .stdout(contains("    You see    bob connects, says \"yo\""))
        .stdout(contains("also hears a newline"))
        .stdout(contains("    Look at    what you read: trim the text"))
        .stdout(contains("The fix").not());
}

#[test]
fn show_reports_in_sentences() {
    let program = step::all()[0].program;
    let output = stdout(&workshop(&["show", "1", "--", program, "{address}"]).assert());
    let words: Vec<&str> = output.split_whitespace().collect();
    let text = words.join(" ");
    let meanwhile = if cfg!(target_os = "linux") {
        "Meanwhile, this server: main in read(alice). "
    } else {
        ""
    };
    let seen = format!("bob says \"yo\" and hears nothing for 2 s. {meanwhile}Then alice left, ");
    assert!(text.contains(&seen), "{output}");
    assert!(text.contains(" ms later. It means this server"), "{output}");
}
