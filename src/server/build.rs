//! Building a program of this package.

use std::env;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use crate::course::learner;
use crate::error::CouldNotTry;

/// Builds one program of this package with cargo, whose messages go to stderr as they are.
pub fn build(name: &str) -> Result<PathBuf, CouldNotTry> {
    if name == learner::NAME && !learner::has_begun() {
        return Err(CouldNotTry(
            "you have no program of your own yet. Start with: cargo run -- start 1".to_string(),
        ));
    }
    let output = match cargo(name)
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
    {
        Ok(output) => output,
        Err(error) => {
            return built_before(name)
                .ok_or_else(|| CouldNotTry(format!("cannot run cargo to build {name}: {error}")));
        }
    };
    if !output.status.success() {
        return Err(CouldNotTry(format!(
            "{name} did not build: cargo says why, above"
        )));
    }
    let messages = String::from_utf8_lossy(&output.stdout);
    messages
        .lines()
        .find_map(executable)
        .or_else(|| built_before(name))
        .ok_or_else(|| CouldNotTry(format!("cargo built {name}, but did not say where")))
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
