//! Paths: templates that the generator can cut, and segments that URLs keep.

use std::collections::BTreeMap;

use super::{Report, document::Document};
use crate::contract::{Entry, Node, join};

fn paths<'a>(document: &Document<'a>) -> impl Iterator<Item = &'a Entry> {
    let paths = document.root.get("paths").map_or(&[][..], Node::entries);
    paths.iter().filter(|path| !path.key.starts_with("x-"))
}

/// The names in braces, or what is wrong with the braces.
pub(super) fn placeholders(path: &str) -> Result<Vec<&str>, &'static str> {
    let mut names = Vec::new();
    let mut rest = path;
    while let Some(brace) = rest.find(['{', '}']) {
        let (before, after) = rest.split_at(brace);
        let Some(after) = after.strip_prefix('{') else {
            return Err("a `}` closes nothing");
        };
        if before.is_empty() && !names.is_empty() {
            return Err("two placeholders stand side by side");
        }
        let Some((name, behind)) = after.split_once('}') else {
            return Err("a `{` is never closed");
        };
        if name.is_empty() {
            return Err("a placeholder has no name");
        }
        if name.contains(['/', '{']) {
            return Err("a placeholder contains `/` or `{`");
        }
        names.push(name);
        rest = behind;
    }
    Ok(names)
}

pub(super) fn template(document: &Document<'_>, report: &mut Report<'_>) {
    for path in paths(document) {
        let here = join("/paths", &path.key);
        if !path.key.starts_with('/') {
            let message = format!("`{}` does not begin with a slash", path.key);
            report.at(path.at, &here, message, format!("write `/{}`", path.key));
        } else if let Err(wrong) = placeholders(&path.key) {
            let message = format!("in `{}`, {wrong}", path.key);
            report.at(
                path.at,
                &here,
                message,
                "write each placeholder as `{name}`",
            );
        } else if let Some(odd) = path.key.chars().find(|c| {
            // The mocks turn the path into a regular expression; `?` and `#` end a URL's path.
            c.is_whitespace() || c.is_control() || r"?#\()[]*+|^$".contains(*c)
        }) {
            let message = format!("`{}` contains `{odd}`", path.key.escape_debug());
            let help = "paths are letters, digits, `-`, `.`, `_`, `~`, `:` and placeholders; \
                        a query is a parameter `in: query`";
            report.at(path.at, &here, message, help);
        }
    }
}

pub(super) fn segment(document: &Document<'_>, report: &mut Report<'_>) {
    for path in paths(document) {
        let Some(inner) = path.key.strip_prefix('/').filter(|inner| !inner.is_empty()) else {
            continue;
        };
        // A slash at the end is a matter of the house.
        let inner = inner.strip_suffix('/').unwrap_or(inner);
        let wrong = if inner.split('/').any(str::is_empty) {
            "has an empty segment"
        } else if inner
            .split('/')
            .any(|segment| matches!(segment, "." | ".."))
        {
            "has a segment of dots"
        } else {
            continue;
        };
        let kept: Vec<&str> = inner
            .split('/')
            .filter(|segment| !matches!(*segment, "" | "." | ".."))
            .collect();
        report.at(
            path.at,
            &join("/paths", &path.key),
            format!("`{}` {wrong}", path.key),
            format!("write `/{}`", kept.join("/")),
        );
    }
}

pub(super) fn trailing_slash(document: &Document<'_>, report: &mut Report<'_>) {
    for path in paths(document) {
        let without = path.key.trim_end_matches('/');
        if !without.is_empty() && without.len() < path.key.len() {
            report.at(
                path.at,
                &join("/paths", &path.key),
                format!("`{}` ends with a slash", path.key),
                format!("write `{without}`"),
            );
        }
    }
}

pub(super) fn duplicate_placeholder(document: &Document<'_>, report: &mut Report<'_>) {
    for path in paths(document) {
        let names = placeholders(&path.key).unwrap_or_default();
        for (index, name) in names.iter().enumerate() {
            if names.iter().take(index).any(|earlier| earlier == name) {
                report.at(
                    path.at,
                    &join("/paths", &path.key),
                    format!("`{{{name}}}` stands twice in `{}`", path.key),
                    "give the second placeholder a name of its own",
                );
            }
        }
    }
}

pub(super) fn ambiguous(document: &Document<'_>, report: &mut Report<'_>) {
    let mut seen: BTreeMap<String, &Entry> = BTreeMap::new();
    for path in paths(document) {
        let Ok(names) = placeholders(&path.key) else {
            continue;
        };
        let mut shape = path.key.clone();
        for name in names {
            shape = shape.replace(&format!("{{{name}}}"), "{}");
        }
        match seen.get(&shape) {
            Some(first) => report.at(
                path.at,
                &join("/paths", &path.key),
                format!(
                    "this is the path of line {} with other placeholder names",
                    first.at.line
                ),
                format!("move the operations to `{}`", first.key),
            ),
            None => {
                seen.insert(shape, path);
            }
        }
    }
}
