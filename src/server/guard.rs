//! A guard that ends the server if this command is killed. It is a shell that waits for the end of its input, which
//! comes with the end of this process, however it ends. (Windows has no `sh`: there, Ctrl-C ends both.)

use std::io::Write;
use std::process::{ChildStdin, Command, Stdio};
use std::sync::{Mutex, OnceLock, PoisonError};

/// Reads lines: the variable in the environment of what runs now and, once it runs, its process; or nothing. On Linux
/// all that it has started are found by the variable.
const SCRIPT: &str = r#"
trap '' INT TERM HUP QUIT
while read -r variable process; do
  with=$variable last=$process
done
[ -n "$with" ] || exit
[ -z "$last" ] || kill -KILL "$last"
for environment in $(grep -las "$with" /proc/[0-9]*/environ); do
  environment=${environment%/environ}
  kill -KILL "${environment#/proc/}"
done
"#;

/// What is started with this variable is to end with this command.
pub fn expect(variable: &str) {
    send(&format!("{variable}\n"));
}

/// So is this process, which was started with it.
pub fn watch(variable: &str, process: u32) {
    send(&format!("{variable} {process}\n"));
}

/// Nothing runs any more.
pub fn rest() {
    send("\n");
}

fn send(line: &str) {
    static GUARD: OnceLock<Option<Mutex<ChildStdin>>> = OnceLock::new();
    if let Some(input) = GUARD.get_or_init(start) {
        let mut input = input.lock().unwrap_or_else(PoisonError::into_inner);
        let _ = input.write_all(line.as_bytes()); // Without a guard, it goes as well.
    }
}

fn start() -> Option<Mutex<ChildStdin>> {
    if cfg!(windows) {
        return None;
    }
    let mut guard = Command::new("sh");
    guard.args(["-c", SCRIPT]).stdin(Stdio::piped());
    guard.stdout(Stdio::null()).stderr(Stdio::null());
    guard.spawn().ok()?.stdin.map(Mutex::new)
}
