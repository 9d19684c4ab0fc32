//! The steps of the workshop, with their files.

use std::path::Path;

/// A path and the contents.
type File = (&'static str, &'static str);

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
    program: &'static [File],
    /// What its exercise gives away: its own program does not use it.
    given: &'static [File],
}

/// A step: its folder, its idea, its problem; the files of its program, those that it takes from
/// other steps, and those that its exercise gives away. The last step has no task.
macro_rules! step {
    (last $folder:literal, $($rest:tt)*) => {
        step!(@ $folder, "", $($rest)*)
    };
    (@ $folder:literal, $task:expr, $idea:literal, $problem:literal,
       [$($own:literal)*], [$($other:literal)*], [$($given:literal)*]) => {
        Step {
            number: leading_number($folder),
            name: $folder,
            idea: $idea,
            problem: $problem,
            task: $task,
            hints: file!($folder, "/hints.md"),
            program: &[
                $(($own, file!($folder, "/", $own)),)*
                $(($other, file!($other)),)*
            ],
            given: &[$(($given, file!($given)),)*],
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
        [],
        []
    ),
    step!(
        "2-threads",
        "a thread for each client",
        "nobody hears anybody else",
        ["main.rs"],
        [],
        []
    ),
    step!(
        "3-broadcast",
        "Arc<Mutex<Vec<TcpStream>>>, shared by all",
        "a line in two packets becomes two messages, two lines in one packet become one",
        ["main.rs"],
        [],
        []
    ),
    step!(
        "4-lines",
        "framing: bytes in, whole lines out",
        "nobody can ask the server for anything, or say goodbye",
        ["main.rs" "lines.rs" "display.rs" "output.rs" "server.rs"],
        [],
        ["5-commands/clock.rs"]
    ),
    step!(
        "5-commands",
        "a line that starts with / is for the server; a clean goodbye",
        "everybody is an address",
        ["main.rs" "commands.rs" "goodbye.rs" "clock.rs"],
        ["4-lines/lines.rs" "4-lines/display.rs" "4-lines/server.rs" "4-lines/output.rs"],
        []
    ),
    step!(
        "6-names",
        "a name for everybody: question and answer under one lock",
        "one client that stops reading freezes the room",
        ["main.rs" "room.rs" "commands.rs"],
        ["4-lines/lines.rs" "4-lines/display.rs" "4-lines/server.rs" "4-lines/output.rs"
            "5-commands/goodbye.rs" "5-commands/clock.rs"],
        ["7-outboxes/output.rs"]
    ),
    step!(
        "7-outboxes",
        "a bounded queue and a writing thread for each client",
        "a flood cuts off everybody who reads slower than it",
        ["main.rs" "room.rs" "outbox.rs" "output.rs"],
        ["4-lines/lines.rs" "4-lines/display.rs" "4-lines/server.rs" "5-commands/goodbye.rs"
            "5-commands/clock.rs" "6-names/commands.rs"],
        []
    ),
    step!(
        "8-backpressure",
        "who talks waits until those who are behind have taken something",
        "every line wakes a thread for every client: many times the cost of the writes",
        ["main.rs" "room.rs" "outbox.rs" "pace.rs"],
        ["4-lines/lines.rs" "4-lines/display.rs" "4-lines/server.rs" "5-commands/goodbye.rs"
            "5-commands/clock.rs" "6-names/commands.rs" "7-outboxes/output.rs"],
        []
    ),
    step!(
        "9-one-writer",
        "one thread writes for all that keep up, in batches",
        "anybody can take anybody's name",
        ["main.rs" "outbox.rs" "pace.rs"],
        ["4-lines/lines.rs" "4-lines/display.rs" "4-lines/server.rs" "5-commands/goodbye.rs"
            "5-commands/clock.rs" "6-names/commands.rs" "7-outboxes/output.rs"
            "8-backpressure/room.rs"],
        ["10-accounts/sha256.rs"]
    ),
    step!(
        "10-accounts",
        "a name with a key; slow work waits in its own thread",
        "kill the server, and the names are free",
        ["main.rs" "room.rs" "accounts.rs" "commands.rs" "key.rs" "sha256.rs"],
        ["4-lines/lines.rs" "4-lines/display.rs" "4-lines/server.rs" "5-commands/goodbye.rs"
            "5-commands/clock.rs" "7-outboxes/output.rs" "9-one-writer/outbox.rs"
            "9-one-writer/pace.rs"],
        []
    ),
    step!(
        "11-ledger",
        "a file that survives kill -9: reserve, save, commit",
        "a second server is a second room",
        ["main.rs" "room.rs" "ledger.rs"],
        ["4-lines/lines.rs" "4-lines/display.rs" "4-lines/server.rs" "5-commands/goodbye.rs"
            "5-commands/clock.rs" "7-outboxes/output.rs" "9-one-writer/outbox.rs"
            "9-one-writer/pace.rs" "10-accounts/accounts.rs" "10-accounts/commands.rs"
            "10-accounts/key.rs" "10-accounts/sha256.rs"],
        ["12-instances/redis.rs"]
    ),
    step!(
        last
        "12-instances",
        "one log in Redis, which every instance reads in its order",
        "one Redis, one room; TLS, regions and history are left to you",
        ["main.rs" "door.rs" "room.rs" "clients.rs" "audience.rs" "outlet.rs" "outbox.rs"
            "pace.rs" "printing.rs" "commands.rs" "members.rs" "accounts.rs" "login.rs"
            "requests.rs" "turns.rs" "log.rs" "memory.rs" "writer.rs" "reader.rs" "script.rs"
            "room.lua" "redis.rs"],
        ["4-lines/lines.rs" "4-lines/display.rs" "4-lines/server.rs" "5-commands/goodbye.rs"
            "5-commands/clock.rs" "10-accounts/key.rs" "10-accounts/sha256.rs"],
        []
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
    program: &[("main.rs", "fn main() {}\n")],
    given: &[],
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
        let own = self.program.iter().map(|(path, _)| *path);
        let both = own.filter(|path| !path.contains('/') && folder.join(path).exists());
        both.map(|file| self.comparison(file)).collect()
    }

    pub fn comparison(&self, file: &str) -> String {
        let name = self.name;
        format!("git diff --no-index src/bin/mine/{file} steps/{name}/{file}")
    }

    /// The files that its exercise gives away, by name.
    pub fn given(&self) -> impl Iterator<Item = File> {
        by_name(self.given)
    }

    /// The files of its program, by name.
    pub fn program(&self) -> impl Iterator<Item = File> {
        by_name(self.program)
    }
}

fn by_name(files: &'static [File]) -> impl Iterator<Item = File> {
    let name = |path: &'static str| path.rsplit('/').next().unwrap_or(path);
    files.iter().map(move |(path, text)| (name(path), *text))
}
