//! Paths of the learner's program, and the step that it has passed.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

/// The program's name for `cargo run --bin`.
pub const NAME: &str = "mine";

/// The folder of this package.
pub fn package_folder() -> PathBuf {
    let built_in = env!("CARGO_MANIFEST_DIR");
    env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| PathBuf::from(built_in), PathBuf::from)
}

/// The folder of the learner's program, which may not exist yet.
pub fn folder() -> PathBuf {
    package_folder().join("src/bin").join(NAME)
}

/// A path, from the package's folder if it is inside.
pub fn relative(path: &Path) -> String {
    let inside = path.strip_prefix(package_folder());
    inside.unwrap_or(path).display().to_string()
}

/// Whether the learner has a program.
pub fn has_begun() -> bool {
    folder().join("main.rs").exists()
}

/// The file that keeps the last step passed. It is not in the program's folder, where `watch` would
/// take it for a change.
fn passed_file() -> PathBuf {
    folder().with_extension("passed")
}

/// The last step whose check the program has passed.
pub fn passed() -> Option<usize> {
    let number = fs::read_to_string(passed_file()).ok()?;
    number.trim().parse().ok().filter(|_| has_begun())
}

/// Keeps the last step passed. Only the map needs it, so an error is ignored.
pub fn note_passed(step: usize) {
    let _ = fs::write(passed_file(), format!("{step}\n"));
}
