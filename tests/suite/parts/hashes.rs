//! SHA-256, with the examples that its standard was published with.

use super::sha256::hash;

fn hexadecimal(text: &[u8]) -> String {
    hash(text)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

#[test]
fn the_examples_of_the_standard() {
    for (text, expected) in [
        (
            &b"abc"[..],
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
        ),
        (
            b"",
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        ),
        (
            b"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1",
        ),
        (
            b"abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu",
            "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1",
        ),
        (
            &vec![b'a'; 1_000_000],
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0",
        ),
    ] {
        assert_eq!(hexadecimal(text), expected, "{} bytes", text.len());
    }
}

/// Around the ends of blocks: each length has a hash of its own.
#[test]
fn each_length_has_its_own() {
    let hashes: std::collections::HashSet<String> = (0..200)
        .map(|length| hexadecimal(&vec![0; length]))
        .collect();
    assert_eq!(hashes.len(), 200);
}
