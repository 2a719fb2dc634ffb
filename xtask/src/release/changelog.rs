//! CHANGELOG.md, in the form of Keep a Changelog.

/// The sections of a release, in the order in which they stand in no file; any may be missing.
const KINDS: &[&str] = &[
    "Added",
    "Changed",
    "Deprecated",
    "Removed",
    "Fixed",
    "Security",
];

/// The head of what is not released.
const UNRELEASED: &str = "Unreleased";

/// A section of the file: its head without brackets, its date, and its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Section<'a> {
    pub(super) name: &'a str,
    pub(super) date: Option<&'a str>,
    pub(super) text: String,
}

/// The sections, newest first.
pub(super) fn sections(changelog: &str) -> Vec<Section<'_>> {
    let mut sections: Vec<Section<'_>> = Vec::new();
    for line in changelog.lines() {
        if let Some(head) = line.strip_prefix("## ") {
            let (name, date) = match head.split_once(" - ") {
                Some((name, date)) => (name, Some(date)),
                None => (head, None),
            };
            sections.push(Section {
                name: name.trim_matches(['[', ']']),
                date,
                text: String::new(),
            });
        } else if let Some(section) = sections.last_mut() {
            section.text.push_str(line);
            section.text.push('\n');
        }
    }
    sections
}

/// What the section of a version says, and what is wrong with the file.
pub(super) fn check<'a>(
    sections: &'a [Section<'_>],
    version: &str,
) -> (Option<&'a str>, Vec<String>) {
    let mut faults = Vec::new();
    for section in sections {
        let kinds = section
            .text
            .lines()
            .filter_map(|line| line.strip_prefix("### "));
        faults.extend(kinds.filter(|kind| !KINDS.contains(kind)).map(|kind| {
            format!(
                "CHANGELOG.md, {}: `{kind}` is no kind of change; take one of {}",
                section.name,
                KINDS.join(", ")
            )
        }));
    }
    match sections.first() {
        Some(first) if first.name == UNRELEASED => {
            if first.text.lines().any(|line| line.starts_with("- ")) {
                faults.push(format!(
                    "CHANGELOG.md: [{UNRELEASED}] still holds changes; move them under \
                     `## [{version}] - YYYY-MM-DD`"
                ));
            }
        }
        _ => faults.push(format!(
            "CHANGELOG.md does not begin with `## [{UNRELEASED}]`; add it, empty"
        )),
    }
    let Some(section) = sections.iter().find(|section| section.name == version) else {
        faults.push(format!(
            "CHANGELOG.md has no section `## [{version}] - YYYY-MM-DD`; add it"
        ));
        return (None, faults);
    };
    if section.date.is_none_or(|date| !is_date(date)) {
        faults.push(format!(
            "CHANGELOG.md, {version}: the head has no date; write `## [{version}] - YYYY-MM-DD`"
        ));
    }
    if !section.text.lines().any(|line| line.starts_with("- ")) {
        faults.push(format!(
            "CHANGELOG.md, {version}: the section is empty; say what changed"
        ));
    }
    faults.extend(without_migration(section));
    (Some(&section.text), faults)
}

/// Breaks are marked `**Breaking**`, and each says in the same entry how to migrate.
fn without_migration(section: &Section<'_>) -> Vec<String> {
    let entries = section.text.split("\n- ");
    let breaks = entries.filter(|entry| entry.contains("**Breaking"));
    breaks
        .filter(|entry| !entry.contains("Migration:"))
        .map(|entry| {
            let first: String = entry.trim_start_matches("- ").chars().take(60).collect();
            format!(
                "CHANGELOG.md, {}: the break `{first}…` has no `Migration:`; say in its entry what \
                 to write instead",
                section.name
            )
        })
        .collect()
}

/// Whether a section tells of a break.
pub(super) fn tells_of_a_break(text: &str) -> bool {
    text.contains("**Breaking")
}

fn is_date(text: &str) -> bool {
    let mut parts = text.split('-').map(str::len);
    let digits = text
        .chars()
        .all(|letter| letter == '-' || letter.is_ascii_digit());
    digits
        && (parts.next(), parts.next(), parts.next(), parts.next())
            == (Some(4), Some(2), Some(2), None)
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "# Changelog\n\n## [Unreleased]\n\n## [0.2.0] - 2026-11-26\n\n### Added\n\n- A.\n\n\
                        ### Changed\n\n- **Breaking**: B is C.\n  Migration: write C.\n\n## [0.1.0] - 2026-01-02\n\n### Added\n\n- All.\n";

    fn faults(text: &str) -> Vec<String> {
        check(&sections(text), "0.2.0").1
    }

    #[test]
    fn the_section_of_a_version_is_found() {
        let sections = sections(GOOD);
        let (text, faults) = check(&sections, "0.2.0");
        assert_eq!(faults, [""; 0]);
        let text = text.unwrap();
        assert!(tells_of_a_break(text));
        assert!(text.contains("- A.") && !text.contains("- All."), "{text}");
        assert!(!tells_of_a_break(check(&sections, "0.1.0").0.unwrap()));
    }

    #[test]
    fn what_is_stale_is_told_with_its_remedy() {
        for (from, to, told) in [
            (
                "[0.2.0]",
                "[0.3.0]",
                "has no section `## [0.2.0] - YYYY-MM-DD`",
            ),
            (" - 2026-11-26", "", "the head has no date"),
            ("2026-11-26", "today", "the head has no date"),
            (
                "Unreleased]\n",
                "Unreleased]\n\n- More.\n",
                "[Unreleased] still holds changes",
            ),
            (
                "## [Unreleased]",
                "",
                "does not begin with `## [Unreleased]`",
            ),
            (
                "### Added\n\n- A.",
                "### News\n\n- A.",
                "`News` is no kind of change",
            ),
            ("\n  Migration: write C.", "", "**Breaking**: B is C"),
        ] {
            let faults = faults(&GOOD.replacen(from, to, 1));
            assert_eq!(faults.len(), 1, "{to}: {faults:?}");
            assert!(faults[0].contains(told), "{faults:?}");
        }
        let empty = GOOD
            .replace("- A.", "")
            .replace("- **Breaking**: B is C.", "");
        assert!(faults(&empty)[0].contains("the section is empty"));
    }

    /// The repository's own, whatever it is about to be released as.
    #[test]
    fn the_own_changelog_has_the_form() {
        let own = include_str!("../../../CHANGELOG.md");
        let sections = sections(own);
        let (_, faults) = check(&sections, "999.0.0");
        let of_form = faults.iter().filter(|fault| {
            !fault.contains("has no section") && !fault.contains("still holds changes")
        });
        assert_eq!(of_form.collect::<Vec<_>>(), [""; 0]);
    }
}
