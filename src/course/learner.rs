//! Where the learner's own program lies.

use std::env;
use std::fs;
use std::path::PathBuf;

/// Its name, as `cargo run --bin` takes it.
pub const NAME: &str = "mine";

/// The folder of this package: where `cargo build` works, and `src/bin/mine` belongs.
pub fn package_folder() -> PathBuf {
    let built_in = env!("CARGO_MANIFEST_DIR");
    env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| PathBuf::from(built_in), PathBuf::from)
}

/// The folder of the learner's program, which may not be there yet.
pub fn folder() -> PathBuf {
    package_folder().join("src/bin").join(NAME)
}

/// Whether the learner has begun a program.
pub fn has_begun() -> bool {
    folder().join("main.rs").exists()
}

/// The step that it has passed, beside its folder: what is saved inside is checked again.
fn note() -> PathBuf {
    folder().with_extension("passed")
}

/// The last step whose check it has passed.
pub fn passed() -> Option<usize> {
    let number = fs::read_to_string(note()).ok()?;
    number.trim().parse().ok().filter(|_| has_begun())
}

/// Notes the last step that it passes. The note serves the map alone, so nothing is said if it cannot be written.
pub fn note_passed(step: usize) {
    let _ = fs::write(note(), format!("{step}\n"));
}
