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

/// Elsewhere: a socket beside the file, which ends with the server, even if that is killed. (`File::try_lock` does this from
/// Rust 1.89 on.)
#[cfg(not(windows))]
pub type Lock = std::os::unix::net::UnixDatagram;

#[cfg(not(windows))]
pub fn take(path: &Path) -> io::Result<Lock> {
    let beside = format!("{}.lock", path.display());
    free(&beside)
        .and_then(|()| Lock::bind(&beside))
        .map_err(|error| io::Error::other(format!("its lock, {beside}: {error}")))
}

/// Removes a socket whose server has ended; fails if it lives.
#[cfg(not(windows))]
fn free(beside: &str) -> io::Result<()> {
    use std::fs;
    use std::os::unix::fs::FileTypeExt;
    let Ok(found) = fs::symlink_metadata(beside) else {
        return Ok(());
    };
    let lives = |path: &str| Lock::unbound()?.connect(path);
    if !found.file_type().is_socket() {
        return Err(io::Error::other("another file has that name"));
    }
    if lives(beside).is_ok() {
        return Err(io::Error::other("another server uses it"));
    }
    // Another server may take it just now. Moved aside, it is looked at once more.
    let aside = format!("{beside}.{}", std::process::id());
    fs::rename(beside, &aside)?;
    if lives(&aside).is_ok() {
        fs::rename(&aside, beside)?;
        return Err(io::Error::other("another server uses it"));
    }
    fs::remove_file(aside)
}
