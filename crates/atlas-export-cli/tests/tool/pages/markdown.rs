//! What of a page is code, and which commands are in it.

/// A block between fences.
pub(super) struct Block {
    pub(super) language: String,
    pub(super) lines: Vec<String>,
    /// Where it begins, for who has to look.
    pub(super) line: usize,
}

impl Block {
    /// Its commands, where it is one of a shell.
    pub(super) fn commands(&self) -> Vec<Command> {
        match self.language.as_str() {
            "sh" => commands(&self.lines),
            _ => Vec::new(),
        }
    }
}

/// The blocks of a page, in order.
pub(super) fn blocks(page: &str) -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    let mut is_inside = false;
    for (index, line) in page.lines().enumerate() {
        // In a list, a block is indented like what it belongs to.
        match line.trim_start().strip_prefix("```") {
            Some(_) if is_inside => is_inside = false,
            Some(language) => {
                is_inside = true;
                blocks.push(Block {
                    language: language.to_owned(),
                    lines: Vec::new(),
                    line: index + 1,
                });
            }
            None if is_inside => blocks.last_mut().unwrap().lines.push(line.to_owned()),
            None => {}
        }
    }
    assert!(!is_inside, "a fence is not closed");
    blocks
}

/// A command of a shell, as it stands there.
#[derive(Debug, PartialEq)]
pub(super) struct Command {
    pub(super) text: String,
    /// How it ends: with 0, or as the comment before it says.
    pub(super) code: i32,
}

impl Command {
    /// What it starts.
    pub(super) fn program(&self) -> &str {
        self.text.split_whitespace().next().unwrap_or_default()
    }

    /// Whether it does nothing but set a variable.
    pub(super) fn is_assignment(&self) -> bool {
        let name = self.text.split('=').next().unwrap_or_default();
        name.len() < self.text.len() && name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_')
    }
}

/// The commands of a block: a line each, and what a backslash continues. A comment `# ends with
/// code 3` is about the command after it.
fn commands(lines: &[String]) -> Vec<Command> {
    let mut commands = Vec::new();
    let mut code = 0;
    let mut text = String::new();
    for line in lines.iter().map(|line| line.trim()) {
        if let Some(comment) = line.strip_prefix('#') {
            if let Some((_, said)) = comment.split_once("ends with code ") {
                let digits = said.split(|c: char| !c.is_ascii_digit()).next();
                code = digits.unwrap().parse().unwrap();
            }
        } else if let Some(begun) = line.strip_suffix('\\') {
            text.push_str(begun);
        } else if !line.is_empty() {
            text.push_str(line);
            commands.push(Command {
                text: std::mem::take(&mut text),
                code: std::mem::take(&mut code),
            });
        }
    }
    assert!(text.is_empty(), "a backslash continues nothing: {text}");
    commands
}

/// What is told in backticks and begins with the name of the tool.
pub(super) fn told(page: &str) -> Vec<&str> {
    let mut is_block = false;
    let mut told = Vec::new();
    for line in page.lines() {
        if line.trim_start().starts_with("```") {
            is_block = !is_block;
        } else if !is_block {
            let spans = line.split('`').skip(1).step_by(2);
            told.extend(spans.filter(|span| span.starts_with("atlas-export ")));
        }
    }
    told
}

/// Where an output departs from what a page shows of it: lines in order, in which `…` stands for
/// anything, and alone for any lines.
pub(super) fn difference(shown: &[String], output: &str) -> Option<String> {
    let mut left = output.lines();
    let mut may_skip = false;
    for line in shown.iter().map(|line| line.trim()) {
        if line == "…" {
            may_skip = true;
            continue;
        }
        if line.is_empty() {
            continue;
        }
        loop {
            match left.next().map(str::trim) {
                None => return Some(line.to_owned()),
                Some("") => {}
                Some(found) if is_like(line, found) => break,
                Some(_) if may_skip => {}
                Some(found) => return Some(format!("{line}\nin place of it: {found}")),
            }
        }
        may_skip = false;
    }
    None
}

/// Whether a line is what is shown, whatever the width of its columns.
fn is_like(shown: &str, line: &str) -> bool {
    let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let (shown, line) = (words(shown), words(line));
    let mut parts = shown.split('…');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = line.strip_prefix(first) else {
        return false;
    };
    let parts: Vec<&str> = parts.collect();
    let Some((last, middle)) = parts.split_last() else {
        return rest.is_empty();
    };
    for part in middle {
        let Some((_, after)) = rest.split_once(part) else {
            return false;
        };
        rest = after;
    }
    rest.ends_with(last)
}

#[test]
fn commands_are_lines_with_what_continues_them() {
    let lines = "# ends with code 3: no --yes\na \\\n  b\n\nname=x\nc # d".lines();
    let commands = commands(&lines.map(str::to_owned).collect::<Vec<_>>());
    let texts: Vec<_> = commands.iter().map(|it| (&*it.text, it.code)).collect();
    assert_eq!(texts, [("a b", 3), ("name=x", 0), ("c # d", 0)]);
    let are_set = commands.iter().map(Command::is_assignment);
    assert_eq!(are_set.collect::<Vec<_>>(), [false, true, false]);
}

#[test]
fn an_output_differs_where_a_line_does() {
    let shown = |text: &str| text.lines().map(str::to_owned).collect::<Vec<_>>();
    let output = "ID     STATE\n605c…  Queued\nmore\n\nthe end";
    for same in ["ID STATE", "ID STATE\n… Queued\n…\nthe end", "…\nthe …"] {
        assert_eq!(difference(&shown(same), output), None, "{same}");
    }
    for other in [
        "STATE",
        "ID STATE\nthe end",
        "…\nthe",
        "…\nThe …",
        "…\nthe end\nmore",
    ] {
        assert!(difference(&shown(other), output).is_some(), "{other}");
    }
}
