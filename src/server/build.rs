//! Building a program of this package.

use std::env;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use crate::course::learner;
use crate::error::CouldNotTry;

/// Builds one program of this package with cargo, whose messages go to stderr as they are.
pub fn build(name: &str) -> Result<PathBuf, CouldNotTry> {
    let could_not = |why: &str| CouldNotTry(why.to_string());
    if name == learner::NAME && !learner::has_begun() {
        let why = "you have no program of your own yet. Start with: cargo run -- start 1";
        return Err(could_not(why));
    }
    let built = match cargo(name).output() {
        Ok(output) if output.status.success() => {
            let messages = String::from_utf8_lossy(&output.stdout);
            let path = messages.lines().find_map(executable);
            path.ok_or_else(|| format!("cargo built {name}, but did not say where"))
        }
        Ok(_) => {
            return Err(could_not(&format!(
                "{name} did not build: cargo says why, above"
            )));
        }
        Err(error) => Err(format!("cannot run cargo to build {name}: {error}")),
    };
    built.or_else(|why| built_before(name).ok_or_else(|| could_not(&why)))
}

fn cargo(name: &str) -> Command {
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.args([
        "build",
        "--quiet",
        "--message-format=json-render-diagnostics",
        "--bin",
        name,
    ]);
    cargo
        .arg("--manifest-path")
        .arg(learner::package_folder().join("Cargo.toml"));
    if !cfg!(debug_assertions) {
        cargo.arg("--release");
    }
    cargo.stdin(Stdio::null()).stderr(Stdio::inherit());
    cargo
}

/// The path in one of cargo's JSON messages, if it names a program.
fn executable(message: &str) -> Option<PathBuf> {
    let (_, rest) = message.split_once("\"executable\":\"")?;
    let mut path = String::new();
    let mut characters = rest.chars();
    loop {
        match characters.next()? {
            '"' => return Some(PathBuf::from(path)),
            '\\' => path.push(characters.next()?),
            c => path.push(c),
        }
    }
}

/// A program beside this one, for machines without cargo.
fn built_before(name: &str) -> Option<PathBuf> {
    let path = env::current_exe()
        .ok()?
        .with_file_name(format!("{name}{}", env::consts::EXE_SUFFIX));
    path.exists().then_some(path)
}
