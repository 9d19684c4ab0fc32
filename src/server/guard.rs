//! A guard that ends the servers if this command is killed. It is a shell that waits for the end of its input, which
//! comes with the end of this process, however it ends. (Windows has no `sh`: there, Ctrl-C ends both.)

use std::io::Write;
use std::process::{ChildStdin, Command, Stdio};
use std::sync::{Mutex, OnceLock, PoisonError};

/// Reads lines: the variable in the environment of what runs now, and its process, once it runs; or that it has ended.
/// On Linux all that it has started are found by the variable.
const SCRIPT: &str = r#"
trap '' INT TERM HUP QUIT
running=
while read -r what variable process; do
  others=
  for one in $running; do
    [ "${one%,*}" = "$variable" ] || others="$others $one"
  done
  running=$others
  [ "$what" = ended ] || running="$running $variable,$process"
done
for one in $running; do
  process=${one##*,}
  [ -z "$process" ] || kill -KILL "$process"
  for environment in $(grep -las "${one%,*}" /proc/[0-9]*/environ); do
    environment=${environment%/environ}
    kill -KILL "${environment#/proc/}"
  done
done
"#;

/// What is started with this variable is to end with this command.
pub fn expect(variable: &str) {
    send(&format!("runs {variable}\n"));
}

/// So is this process, which was started with it.
pub fn watch(variable: &str, process: u32) {
    send(&format!("runs {variable} {process}\n"));
}

/// What was started with this variable has ended.
pub fn rest(variable: &str) {
    send(&format!("ended {variable}\n"));
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
