//! Keys: 128 random bits as 32 hexadecimal digits. Nobody guesses one, so a fast hash is enough to keep it by.

use std::io;

/// A new key.
pub fn make() -> io::Result<String> {
    Ok(hexadecimal(&random_bytes()?))
}

/// Two digits for each byte.
pub fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// 16 bytes from the operating system's generator.
#[cfg(unix)]
fn random_bytes() -> io::Result<[u8; 16]> {
    use std::io::Read;
    let mut bytes = [0; 16];
    std::fs::File::open("/dev/urandom")?.read_exact(&mut bytes)?;
    Ok(bytes)
}

/// 16 bytes made from some of the operating system's generator. The standard library asks that once in each thread, for
/// the secret of its hash maps, and does not hand it out: so this hashes nothing with it, twice. (Each hash counts the
/// secret one up. Each client has a thread, and a secret, of its own.)
#[cfg(not(unix))]
fn random_bytes() -> io::Result<[u8; 16]> {
    use std::hash::{BuildHasher, Hasher, RandomState};
    let half = || u128::from(RandomState::new().build_hasher().finish());
    Ok((half() << 64 | half()).to_be_bytes())
}
