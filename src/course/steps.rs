//! The steps of the workshop, with their files.

use std::path::Path;

/// One step, with its files as they were when the workshop was built.
pub struct Step {
    pub number: usize,
    /// The name of its folder and of its program.
    pub name: &'static str,
    /// The one idea that it introduces.
    pub idea: &'static str,
    /// What is still wrong with it.
    pub problem: &'static str,
    /// `task.md`: how to turn it into the next step. Empty for the last one.
    task: &'static str,
    /// `hints.md`: hints for writing this step.
    hints: &'static str,
    /// Its program: paths in `steps` and contents, `main.rs` first.
    files: &'static [(&'static str, &'static str)],
}

/// A step: its folder, its idea, its problem, the files of its program, and those that it takes
/// from other steps. The last step has no task.
macro_rules! step {
    (last $folder:literal, $($rest:tt)*) => {
        step!(@ $folder, "", $($rest)*)
    };
    (@ $folder:literal, $task:expr, $idea:literal, $problem:literal,
       [$($own:literal)*], [$($other:literal)*]) => {
        Step {
            number: leading_number($folder),
            name: $folder,
            idea: $idea,
            problem: $problem,
            task: $task,
            hints: file!($folder, "/hints.md"),
            files: &[
                $(($own, file!($folder, "/", $own)),)*
                $(($other, file!($other)),)*
            ],
        }
    };
    ($folder:literal, $($rest:tt)*) => {
        step!(@ $folder, file!($folder, "/task.md"), $($rest)*)
    };
}

/// A file in the folder of the steps.
macro_rules! file {
    ($($part:literal),*) => {
        include_str!(concat!("../../steps/", $($part),*))
    };
}

/// All steps, in their order.
pub const STEPS: &[Step] = &[
    step!(
        "1-blocking",
        "accept, read, write back: one client at a time",
        "the second client waits until the first one leaves",
        ["main.rs"],
        []
    ),
    step!(
        "2-threads",
        "a thread for each client",
        "nobody hears anybody else",
        ["main.rs"],
        []
    ),
    step!(
        "3-broadcast",
        "Arc<Mutex<Vec<TcpStream>>>, shared by all",
        "a line in two packets becomes two messages, two lines in one packet become one",
        ["main.rs"],
        []
    ),
    step!(
        "4-lines",
        "framing: bytes in, whole lines out",
        "people have no names, and the server knows no commands",
        ["main.rs" "lines.rs" "display.rs" "output.rs" "server.rs"],
        ["5-names/clock.rs"] // For the exercise: a calendar is no lesson on servers.
    ),
    step!(
        "5-names",
        "commands, and a name for everybody",
        "one reader that stops reading freezes the whole room",
        ["main.rs" "commands.rs" "goodbye.rs" "clock.rs"],
        ["4-lines/lines.rs" "4-lines/display.rs" "4-lines/output.rs" "4-lines/server.rs"]
    ),
    step!(
        "6-backpressure",
        "a room that owns its clients; a queue for a client that falls behind",
        "anybody can take anybody's name",
        ["main.rs" "door.rs" "room.rs" "audience.rs" "outlet.rs" "outbox.rs" "pace.rs" "printing.rs"],
        ["4-lines/lines.rs" "4-lines/display.rs" "4-lines/server.rs" "5-names/commands.rs" "5-names/goodbye.rs" "5-names/clock.rs" "7-accounts/sha256.rs"] // For the exercise: a hash is no lesson on servers.
    ),
    step!(
        "7-accounts",
        "names with a key, and slow work that holds up nobody else",
        "a second server is a second room",
        ["main.rs" "office.rs" "members.rs" "login.rs" "accounts.rs" "ledger.rs" "lock.rs" "key.rs" "sha256.rs" "turns.rs" "requests.rs"],
        ["4-lines/lines.rs" "4-lines/display.rs" "4-lines/server.rs" "5-names/commands.rs" "5-names/goodbye.rs" "5-names/clock.rs" "6-backpressure/door.rs" "6-backpressure/room.rs" "6-backpressure/audience.rs" "6-backpressure/outlet.rs" "6-backpressure/outbox.rs" "6-backpressure/pace.rs" "6-backpressure/printing.rs" "8-instances/redis.rs"] // For the exercise: a protocol is no lesson on servers.
    ),
    step!(
        last
        "8-instances",
        "one log in Redis, which every instance reads in its order",
        "one Redis, one room; TLS, regions and history are left to you",
        ["main.rs" "room.rs" "clients.rs" "members.rs" "log.rs" "memory.rs" "writer.rs" "reader.rs" "script.rs" "room.lua" "redis.rs"],
        ["4-lines/lines.rs" "4-lines/display.rs" "4-lines/server.rs" "5-names/commands.rs" "5-names/goodbye.rs" "5-names/clock.rs" "6-backpressure/door.rs" "6-backpressure/audience.rs" "6-backpressure/outlet.rs" "6-backpressure/outbox.rs" "6-backpressure/pace.rs" "6-backpressure/printing.rs" "7-accounts/accounts.rs" "7-accounts/key.rs" "7-accounts/login.rs" "7-accounts/requests.rs" "7-accounts/sha256.rs" "7-accounts/turns.rs"]
    ),
];

/// Where `start 0` begins: an empty program.
pub static STEP_ZERO: Step = Step {
    number: 0,
    name: "nothing",
    idea: "",
    problem: "",
    task: file!("task.md"),
    hints: "",
    files: &[("main.rs", "fn main() {}\n")],
};

/// The number that the name of a step's folder begins with.
const fn leading_number(folder: &str) -> usize {
    let (bytes, mut number, mut at) = (folder.as_bytes(), 0, 0);
    while bytes[at].is_ascii_digit() {
        number = 10 * number + (bytes[at] - b'0') as usize;
        at += 1;
    }
    number
}

impl Step {
    /// The step with this number, if there is one.
    pub fn find(number: usize) -> Option<&'static Step> {
        STEPS.iter().find(|step| step.number == number)
    }

    /// How to turn it into the next step.
    pub fn task(&self) -> String {
        self.task.lines().skip(2).collect::<Vec<_>>().join("\n")
    }

    /// Hint 1, a question; hint 2, the name of the API; hint 3, the shape of the code.
    pub fn hint(&self, which: usize) -> String {
        let is_heading = |line: &&str| line.starts_with("## ");
        let lines = self.hints.lines();
        let mut headings = 0;
        let of_this = lines.filter(|line| {
            headings += usize::from(is_heading(line));
            headings == which && !is_heading(line) && !line.starts_with("```")
        });
        of_this.collect::<Vec<_>>().join("\n").trim().to_string()
    }

    /// Commands that compare the learner's files with the step's, where both exist.
    pub fn comparisons(&self, folder: &Path) -> Vec<String> {
        let own = self.files.iter().map(|(path, _)| *path);
        let both = own.filter(|path| !path.contains('/') && folder.join(path).exists());
        both.map(|file| self.comparison(file)).collect()
    }

    pub fn comparison(&self, file: &str) -> String {
        let name = self.name;
        format!("git diff --no-index src/bin/mine/{file} steps/{name}/{file}")
    }

    /// The files that its exercise gives away: its own program does not use them.
    pub fn given(&self) -> impl Iterator<Item = (&'static str, &'static str)> {
        let is_used = |name: &str| {
            let Some(module) = name.strip_suffix(".rs") else {
                return true; // No module of its own.
            };
            let declared = format!("mod {module};");
            let mut texts = self.files.iter().map(|(_, text)| text);
            module == "main" || texts.any(|text| text.contains(&declared))
        };
        self.files().filter(move |(name, _)| !is_used(name))
    }

    /// The files of its program, by name.
    pub fn files(&self) -> impl Iterator<Item = (&'static str, &'static str)> {
        let name = |path: &'static str| path.rsplit('/').next().unwrap_or(path);
        self.files
            .iter()
            .map(move |(path, text)| (name(path), *text))
    }
}
