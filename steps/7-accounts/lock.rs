//! Sees to it that one server alone uses a file.

use std::io;
use std::path::Path;

/// On Windows, a file can be opened for one program alone: nothing else is needed.
#[cfg(windows)]
pub struct Lock;

#[cfg(windows)]
pub fn take(_: &Path) -> io::Result<Lock> {
    Ok(Lock)
}

/// Elsewhere: a socket beside the file, which ends with the server, even if that is killed. (`File::lock` does this from
/// Rust 1.89 on.)
#[cfg(not(windows))]
pub type Lock = std::os::unix::net::UnixDatagram;

#[cfg(not(windows))]
pub fn take(path: &Path) -> io::Result<Lock> {
    let beside = format!("{}.lock", path.display());
    if Lock::unbound()?.connect(&beside).is_ok() {
        return Err(io::Error::other("another server uses it"));
    }
    let _ = std::fs::remove_file(&beside); // Left by a server that has ended.
    Lock::bind(beside)
}
