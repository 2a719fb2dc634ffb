//! Why a text could not be read, in words about the text rather than about the reader.

use serde_saphyr::{Error, budget::BudgetBreach};

use super::node;
use crate::finding::{Finding, Location};

/// The finding that says why `text` could not be read.
pub(super) fn unread(file: &str, text: &str, error: &Error) -> Finding {
    let at = error.location().map_or(Location::START, node::location);
    let mut error = error;
    // What is wrong with an alias is what is wrong with what it stands for.
    while let Error::AliasError { error: inner, .. } = error {
        error = inner;
    }
    let (rule, message, help) = match error {
        Error::MultipleDocuments { .. } => (
            "contract-several-documents",
            "a second document begins here".to_owned(),
            "keep one document in the file: remove the `---` and what follows it",
        ),
        Error::MergeKeyNotAllowed { .. } => (
            "merge-key",
            "`<<` is a merge key, which YAML 1.2 does not have".to_owned(),
            "name the shared part under `components` and use `$ref`",
        ),
        Error::Budget { breach, .. } => {
            let (message, help) = beyond(breach, text.len());
            ("contract-too-large", message, help)
        }
        Error::AliasReplayCounterOverflow { .. }
        | Error::AliasReplayLimitExceeded { .. }
        | Error::AliasExpansionLimitExceeded { .. }
        | Error::AliasReplayStackDepthExceeded { .. }
        | Error::RecursiveReferencesRequireWeakTypes { .. } => (
            "contract-too-large",
            format!("the aliases run away: {}", first_line(error)),
            INSTEAD_OF_ANCHORS,
        ),
        _ => {
            let said = first_line(error);
            if let Some(quote) = Quote::in_error(text, at, &said) {
                return quote.finding(file);
            }
            (
                "contract-not-yaml",
                format!("not YAML that can be read: {said}"),
                "correct the YAML at this place; the mistake may stand a line above",
            )
        }
    };
    Finding::new(rule, file, at, "", message, help)
}

const INSTEAD_OF_ANCHORS: &str =
    "name shared parts under `components` and use `$ref` instead of anchors";

/// Which bound of the reader a text of `length` bytes goes beyond.
fn beyond(breach: &BudgetBreach, length: usize) -> (String, &'static str) {
    let (count, what) = match breach {
        BudgetBreach::Nodes { nodes } => (*nodes, "values"),
        BudgetBreach::Events { events } => (*events, "parts"),
        BudgetBreach::ScalarBytes { total_scalar_bytes } => (*total_scalar_bytes, "bytes of text"),
        BudgetBreach::Anchors { anchors } => {
            return (
                format!(
                    "the document has {anchors} anchors up to here, more than the reader takes"
                ),
                INSTEAD_OF_ANCHORS,
            );
        }
        BudgetBreach::Aliases { aliases } => {
            return (
                format!(
                    "the document has {aliases} aliases up to here, more than the reader takes"
                ),
                INSTEAD_OF_ANCHORS,
            );
        }
        BudgetBreach::Depth { depth } => {
            return (
                format!("values are nested {depth} deep, deeper than the reader goes"),
                "name nested parts under `components` and use `$ref`",
            );
        }
        other => {
            return (
                format!("the document goes beyond a bound of the reader: {other:?}"),
                "make the document smaller, and use `$ref` instead of anchors",
            );
        }
    };
    // None of them takes less than a byte, unless it is written once and repeated by aliases.
    if count > length {
        let message = format!("the aliases run away: they make {count} {what} of {length} bytes");
        (message, INSTEAD_OF_ANCHORS)
    } else {
        let message =
            format!("the document is larger than the reader takes: {count} {what} up to here");
        (
            message,
            "keep the operations that the SDK needs, and leave out the others",
        )
    }
}

fn first_line(error: &Error) -> String {
    let text = error.to_string();
    let line = text.lines().next().unwrap_or_default();
    // The finding carries the place already.
    let said = line.rsplit_once(" at line ").map_or(line, |(said, _)| said);
    said.to_owned()
}

/// A quote that was meant to close earlier than it does, or that never closes.
struct Quote {
    opens: Location,
    /// Where it closes against all intent; `None` if it never does.
    closes: Option<Location>,
    mark: char,
}

impl Quote {
    /// The quote that an error is about, if it is about one. The reader finds the text behind a
    /// quoted text; what is wrong as a rule is that the quote before was never closed.
    fn in_error(text: &str, at: Location, said: &str) -> Option<Self> {
        if said.starts_with("unclosed quote") {
            let (_, mark) = positions(text).find(|(place, _)| *place >= at)?;
            return Some(Self {
                opens: at,
                closes: None,
                mark,
            });
        }
        let mark = match said {
            _ if !said.starts_with("invalid trailing content after") => return None,
            _ if said.ends_with("single-quoted scalar") => '\'',
            _ if said.ends_with("double-quoted scalar") => '"',
            _ => return None,
        };
        let before: Vec<_> = positions(text)
            .take_while(|(place, _)| *place < at)
            .collect();
        let mut marks = before
            .iter()
            .enumerate()
            .rev()
            .filter(|(_, (_, c))| *c == mark);
        let (_, (closes, _)) = marks.next()?;
        while let Some((index, (opens, _))) = marks.next() {
            let earlier = before.iter().take(index).rev();
            let escapes = match mark {
                '"' => earlier.take_while(|(_, c)| *c == '\\').count(),
                _ => earlier.take_while(|(_, c)| *c == mark).count(),
            };
            if escapes % 2 == 0 {
                return Some(Self {
                    opens: *opens,
                    closes: Some(*closes),
                    mark,
                });
            }
            if mark == '\'' {
                // The other half of a doubled one.
                marks.next();
            }
        }
        None
    }

    fn finding(&self, file: &str) -> Finding {
        let mark = self.mark;
        let message = match self.closes {
            None => format!("the quote {mark} that opens here is never closed"),
            Some(closes) if closes.line == self.opens.line => format!(
                "the quote {mark} that opens here closes in column {}, and more text follows",
                closes.column
            ),
            Some(closes) => format!(
                "the quote {mark} that opens here is not closed before line {}",
                closes.line
            ),
        };
        let help = match mark {
            '"' => "close the quote behind the text, and write a quote within it as \\\"",
            _ => "close the quote behind the text, and write a quote within it twice",
        };
        Finding::new("contract-not-yaml", file, self.opens, "", message, help)
    }
}

/// Every character of a text with its place, line breaks left out.
fn positions(text: &str) -> impl Iterator<Item = (Location, char)> {
    let lines = (1..).zip(text.lines());
    lines.flat_map(|(line, text)| {
        let columns = (1..).zip(text.chars());
        columns.map(move |(column, c)| (Location { line, column }, c))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_large_document_is_called_large_and_a_small_one_that_grows_is_not() {
        let breach = BudgetBreach::Nodes { nodes: 250_001 };
        let (large, help) = beyond(&breach, 1_000_000);
        assert!(large.contains("larger than the reader takes"), "{large}");
        assert!(!format!("{large} {help}").contains("alias"), "{help}");
        let (grown, help) = beyond(&breach, 600);
        assert!(grown.contains("aliases run away"), "{grown}");
        assert!(help.contains("instead of anchors"), "{help}");
    }
}
