//! Servers with a file among their arguments.

use std::path::{Path, PathBuf};
use std::{env, fs, process};

use crate::server::program::Ready;

/// The same with a file, where it takes one.
pub fn with_file(ready: &Ready, file: &Path) -> Option<Ready> {
    match ready {
        Ready::Executable(executable) => executable.with_file(file).map(Ready::Executable),
        Ready::Running(_) => None,
    }
}

/// A folder for a file, which goes when the scene is over.
pub struct Folder(pub PathBuf);

impl Folder {
    pub fn new(name: &str) -> Folder {
        let folder = env::temp_dir().join(format!("workshop-{name}-{}", process::id()));
        let _ = fs::remove_dir_all(&folder);
        let _ = fs::create_dir_all(&folder);
        Folder(folder)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}
