//! Descriptions as comments: Markdown in which nothing is run and nothing is hidden.
//!
//! rustdoc takes every code block without a language for Rust and runs it as a test, and HTML
//! for HTML. The contract means neither. So a code block becomes one of `text` unless it names
//! a language that is not Rust, and a tag is shown as it is written.

use serde_json::Value;

/// Keys under which there is prose.
const PROSE: [&str; 2] = ["description", "summary"];

/// Keys under which there are values, whatever is in them.
const VALUES: [&str; 4] = ["default", "enum", "example", "examples"];

/// Languages that rustdoc does not run.
const LANGUAGES: [&str; 14] = [
    "bash",
    "console",
    "csv",
    "html",
    "http",
    "ini",
    "javascript",
    "json",
    "python",
    "sh",
    "text",
    "toml",
    "xml",
    "yaml",
];

/// Makes a comment of every description in the contract.
pub(super) fn quieten(contract: &mut Value) {
    if let Some(Value::String(title)) = contract.pointer_mut("/info/title") {
        *title = harmless(title);
    }
    quieten_all(contract);
}

fn quieten_all(value: &mut Value) {
    match value {
        Value::Object(map) => {
            for (key, inner) in map {
                match (key.as_str(), inner) {
                    (key, Value::String(text)) if PROSE.contains(&key) => *text = harmless(text),
                    // Names of properties are not keys of a schema.
                    ("properties", Value::Object(all)) => {
                        all.values_mut().for_each(quieten_all);
                    }
                    (key, _) if VALUES.contains(&key) => {}
                    (_, inner) => quieten_all(inner),
                }
            }
        }
        Value::Array(values) => values.iter_mut().for_each(quieten_all),
        _ => {}
    }
}

/// A text in which no code block is Rust and no tag is HTML.
pub(super) fn harmless(text: &str) -> String {
    let mut pen = Pen::default();
    for line in text.lines() {
        pen.line(line);
    }
    pen.close();
    let mut lines = pen.lines.join("\n");
    if text.ends_with('\n') {
        lines.push('\n');
    }
    lines
}

/// What stands around a line.
#[derive(Default)]
enum Around {
    #[default]
    Prose,
    /// A code block between these marks.
    Fence { mark: char, length: usize },
    /// A code block that is one by its indentation.
    Indented,
}

#[derive(Default)]
struct Pen {
    lines: Vec<String>,
    around: Around,
    in_list: bool,
}

impl Pen {
    fn line(&mut self, line: &str) {
        let inner = line.trim_start();
        let indent = line.len() - inner.len();
        if let Around::Fence { mark, length } = self.around {
            let run = run(inner, mark);
            if run >= length && inner.trim_end().len() == run {
                self.around = Around::Prose;
            }
            self.lines.push(line.to_owned());
            return;
        }
        // Within a list, what is indented that far belongs to an item.
        let code = if self.in_list { 6 } else { 4 };
        let begins = self.lines.last().is_none_or(|last| last.trim().is_empty());
        let is_code = (indent >= code || line.starts_with('\t')) && !is_item(inner);
        if matches!(self.around, Around::Indented) {
            if inner.is_empty() || is_code {
                self.lines.push(line.to_owned());
                return;
            }
            self.close();
        } else if is_code && begins && !inner.is_empty() {
            self.lines.push("```text".to_owned());
            self.lines.push(line.to_owned());
            self.around = Around::Indented;
            return;
        }
        self.in_list =
            is_item(inner) || (self.in_list && (!begins || indent > 0 || inner.is_empty()));
        match opening(inner) {
            Some((mark, length)) => {
                let (marks, language) = inner.split_at(length);
                let language = language.trim();
                let language = if LANGUAGES.contains(&language) {
                    language
                } else {
                    "text"
                };
                let (margin, _) = line.split_at(indent);
                self.lines.push(format!("{margin}{marks}{language}"));
                self.around = Around::Fence { mark, length };
            }
            None => self.lines.push(escaped(line)),
        }
    }

    /// Ends a code block that is still open.
    fn close(&mut self) {
        match std::mem::take(&mut self.around) {
            Around::Prose => {}
            Around::Fence { mark, length } => {
                self.lines.push(mark.to_string().repeat(length));
            }
            Around::Indented => {
                // The lines between the block and what follows stay between them.
                let written = self.lines.iter().rposition(|line| !line.trim().is_empty());
                let end = written.map_or(self.lines.len(), |last| last + 1);
                self.lines.insert(end, "```".to_owned());
            }
        }
    }
}

fn run(text: &str, mark: char) -> usize {
    text.chars().take_while(|c| *c == mark).count()
}

/// The marks with which a code block begins, if it does.
fn opening(line: &str) -> Option<(char, usize)> {
    let mark = line.chars().next().filter(|c| matches!(c, '`' | '~'))?;
    let length = run(line, mark);
    let inline = mark == '`' && line.trim_start_matches(mark).contains(mark);
    (length >= 3 && !inline).then_some((mark, length))
}

/// Whether a line is an item of a list.
fn is_item(line: &str) -> bool {
    let marked = ["- ", "* ", "+ "].iter().any(|mark| line.starts_with(mark));
    let digits = line.trim_start_matches(|c: char| c.is_ascii_digit());
    let numbered =
        digits.len() < line.len() && (digits.starts_with(". ") || digits.starts_with(") "));
    marked || numbered
}

/// A line of prose whose tags are shown rather than obeyed. Code between backticks and links in
/// angle brackets stay as they are.
fn escaped(line: &str) -> String {
    let mut escaped = String::with_capacity(line.len());
    let mut rest = line;
    while let Some(at) = rest.find(['`', '<', '\\']) {
        let (before, after) = rest.split_at(at);
        escaped.push_str(before);
        let length = match after.chars().next() {
            Some('`') => {
                let length = run(after, '`');
                let (_, behind) = after.split_at(length);
                length + code_span(behind, length).unwrap_or(0)
            }
            // What follows a backslash is a character of the text.
            Some('\\') => 1 + after.chars().nth(1).map_or(0, char::len_utf8),
            _ if is_tag(after) => {
                escaped.push_str("&lt;");
                rest = after.get(1..).unwrap_or_default();
                continue;
            }
            _ => 1,
        };
        let (kept, behind) = after.split_at(length);
        escaped.push_str(kept);
        rest = behind;
    }
    escaped + rest
}

/// The length of code that `length` backticks close, the backticks included.
fn code_span(text: &str, length: usize) -> Option<usize> {
    let mut at = 0;
    while let Some(found) = text.get(at..)?.find('`') {
        let run = run(text.get(at + found..)?, '`');
        at += found + run;
        if run == length {
            return Some(at);
        }
    }
    None
}

/// Whether a text begins with a tag, or what a reader of HTML may take for one, and no link.
fn is_tag(text: &str) -> bool {
    let mut chars = text.chars().skip(1);
    let begins = chars
        .next()
        .is_some_and(|c| c.is_ascii_alphabetic() || "/!?".contains(c));
    let inner = text.split_once('>').map_or("", |(inner, _)| inner);
    let link = inner.contains([':', '@']) && !inner.contains(char::is_whitespace);
    begins && !link
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn code_blocks_are_no_rust() {
        for (given, expected) in [
            ("```\nlet a;\n```\nb", "```text\nlet a;\n```\nb"),
            ("~~~rust\na\n~~~", "~~~text\na\n~~~"),
            ("```json\n{}\n```", "```json\n{}\n```"),
            ("```should_panic\na\n```", "```text\na\n```"),
            ("- a\n  ```\n  b\n  ```", "- a\n  ```text\n  b\n  ```"),
            (
                "A:\n\n    code\n\n    more\n\nB.",
                "A:\n\n```text\n    code\n\n    more\n```\n\nB.",
            ),
            ("- a\n\n    belongs to a", "- a\n\n    belongs to a"),
            ("- a\n\n      code", "- a\n\n```text\n      code\n```"),
            ("```\nnever closed", "```text\nnever closed\n```"),
            ("````\n```\n````", "````text\n```\n````"),
        ] {
            assert_eq!(harmless(given), expected, "{given}");
        }
    }

    #[test]
    fn tags_are_shown() {
        for (given, expected) in [
            ("a <details> b </details>", "a &lt;details> b &lt;/details>"),
            ("a List<String> b", "a List&lt;String> b"),
            (
                "`List<String>` ``a`<b>`` <b>",
                "`List<String>` ``a`<b>`` &lt;b>",
            ),
            (
                "<https://example.com/a> <a@example.com>",
                "<https://example.com/a> <a@example.com>",
            ),
            ("a < b, a <3, \\<b>", "a < b, a <3, \\<b>"),
            ("an `open <b> tick", "an `open &lt;b> tick"),
            ("```\n<a>\n```", "```text\n<a>\n```"),
        ] {
            assert_eq!(harmless(given), expected, "{given}");
        }
    }

    #[test]
    fn plain_text_stays_as_it_is() {
        for text in [
            "",
            "\n",
            "One.\n\nTwo.\n",
            "- a\n  b\n- c\n\nd",
            "  a\n b",
            "1. a\n\n   b",
        ] {
            assert_eq!(harmless(text), text);
        }
    }

    #[test]
    fn values_and_names_are_no_prose() {
        let mut contract = json!({
            "description": "<b>",
            "properties": {
                "description": { "type": "string", "description": "<b>" },
                "example": { "type": "string", "description": "<b>" },
            },
            "default": { "description": "<b>" },
        });
        quieten(&mut contract);
        let expected = json!({
            "description": "&lt;b>",
            "properties": {
                "description": { "type": "string", "description": "&lt;b>" },
                "example": { "type": "string", "description": "&lt;b>" },
            },
            "default": { "description": "<b>" },
        });
        assert_eq!(contract, expected);
    }
}
