//! Text from outside, made fit for a terminal.

use std::fmt::{self, Write as _};

/// A text that somebody else wrote, for a message: on one line, and without what a terminal would
/// act on. `Display` escapes control characters and those that are invisible or turn the
/// direction of a line, as Rust writes them in a string (`\n`, `\u{1b}`), and leaves the rest as
/// it is.
///
/// Everything that prints what a service, a report or an environment said goes through it.
///
/// ```
/// use atlas_export_types::OneLine;
///
/// assert_eq!(OneLine("done\u{1b}[2J\n").to_string(), "done\\u{1b}[2J\\n");
/// assert_eq!(OneLine("fertig: ✓").to_string(), "fertig: ✓");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OneLine<'a>(pub &'a str);

impl fmt::Display for OneLine<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.0.contains(is_acted_on) {
            return f.pad(self.0);
        }
        let mut line = String::with_capacity(self.0.len() + 16);
        for c in self.0.chars() {
            if is_acted_on(c) {
                write!(line, "{}", c.escape_default())?;
            } else {
                line.push(c);
            }
        }
        f.pad(&line)
    }
}

/// Whether a terminal would do something else with a character than show it.
fn is_acted_on(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{ad}'
                | '\u{61c}'
                | '\u{180e}'
                | '\u{200b}'..='\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{feff}'
                | '\u{fff9}'..='\u{fffb}'
                | '\u{e0000}'..='\u{e007f}'
        )
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_is_escaped_is_padded_like_anything_else() {
        assert_eq!(
            format!("{:>6}|{:.3}", OneLine("a\tb"), OneLine("abcd")),
            "  a\\tb|abc"
        );
    }

    #[test]
    fn what_turns_the_direction_of_a_line_is_escaped() {
        assert_eq!(
            OneLine("a\u{202e}b\u{2066}").to_string(),
            "a\\u{202e}b\\u{2066}"
        );
    }

    proptest! {
        #[test]
        fn no_text_reaches_the_terminal_but_as_letters(text in any::<String>()) {
            let line = OneLine(&text).to_string();
            prop_assert!(!line.contains(is_acted_on), "{line:?}");
            if !text.contains(is_acted_on) {
                prop_assert_eq!(line, text);
            }
        }
    }
}
