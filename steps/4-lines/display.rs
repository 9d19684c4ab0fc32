//! What others see of a text: nothing that steers their terminals, or shows the text otherwise than it was written.

/// The most marks on one letter, such as accents. Vietnamese puts two there, biblical Hebrew four. A hundred would grow
/// into the lines above and below.
const MARKS: usize = 5;

/// A text without what is unsafe to print, and without the marks that are too many.
pub fn safe(text: &str) -> String {
    // Most lines are plain ASCII, and are done at a glance.
    let is_plain = |byte: &u8| matches!(byte, b' '..=b'~');
    if text.as_bytes().iter().all(is_plain) {
        return text.to_string();
    }
    let mut marks = 0;
    let stays = |c: &char| {
        marks = match *c {
            c if is_mark(c) => marks + 1,
            c if is_invisible(c) => marks,
            _ => 0,
        };
        marks <= MARKS || !is_mark(*c)
    };
    let text: String = text.chars().filter(stays).collect();
    text.replace(is_unsafe_to_print, "\u{fffd}")
}

/// Whether there is nothing to see in a safe text.
pub fn is_blank(text: &str) -> bool {
    text.chars().all(|c| c.is_whitespace() || is_invisible(c))
}

/// Whether a terminal would do something instead of showing this character, or show the line otherwise than it was
/// written. With an ESC, one client could move another's cursor or colour its screen; with a lone `\r`, write over its own
/// address and pose as somebody else.
fn is_unsafe_to_print(c: char) -> bool {
    match c {
        '\t' => false,
        // Line and paragraph separators, what changes the direction of writing
        // or the look of digits, the soft hyphen, and tags, in which a second
        // text can hide.
        '\u{2028}'..='\u{202e}'
        | '\u{2066}'..='\u{206f}'
        | '\u{200e}'
        | '\u{200f}'
        | '\u{61c}'
        | '\u{ad}'
        | '\u{e0000}'..='\u{e007f}' => true,
        _ => c.is_control(),
    }
}

/// What Unicode calls ignorable by default, and the empty Braille pattern. They stay in a line: some join emoji.
fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{34f}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200d}'
        | '\u{2060}'..='\u{2065}' | '\u{2800}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}'
        | '\u{fff0}'..='\u{fff8}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0080}'..='\u{e0fff}'
    )
}

/// Whether this stands on the letter before it. Unicode has more of these; towers are built of these.
fn is_mark(c: char) -> bool {
    matches!(c,
        '\u{300}'..='\u{36f}' | '\u{483}'..='\u{489}' | '\u{591}'..='\u{5bd}' | '\u{610}'..='\u{61a}'
        | '\u{64b}'..='\u{65f}' | '\u{6d6}'..='\u{6ed}' | '\u{e31}' | '\u{e34}'..='\u{e3a}' | '\u{e47}'..='\u{e4e}'
        | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}' | '\u{20d0}'..='\u{20ff}' | '\u{fe00}'..='\u{fe0f}'
        | '\u{fe20}'..='\u{fe2f}' | '\u{e0100}'..='\u{e01ef}'
    )
}
