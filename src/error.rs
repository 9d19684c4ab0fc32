//! Why a command ends with status 2.

/// Why nothing could be tried: the command ends with status 2.
pub struct CouldNotTry(pub String);
