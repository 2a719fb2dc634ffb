//! What a release changes of the public API, by the lists in `api/`.

use semver::Version;

use super::version::may_break;

/// Lines that came and lines that went, since the last tag.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct ApiDiff<'a> {
    pub(super) added: Vec<&'a str>,
    pub(super) removed: Vec<&'a str>,
}

/// Reads the diff that git makes.
pub(super) fn read(diff: &str) -> ApiDiff<'_> {
    let changed = |mark: char| {
        diff.lines()
            .filter_map(move |line| line.strip_prefix(mark))
            // `+++ b/api/…`
            .filter(|line| !line.starts_with(['+', '-', '#']) && !line.is_empty())
    };
    ApiDiff {
        added: changed('+').collect(),
        removed: changed('-').collect(),
    }
}

impl ApiDiff<'_> {
    /// What the release may not be, where lines went.
    pub(super) fn faults(
        &self,
        old: &Version,
        new: &Version,
        breaks_are_told: bool,
    ) -> Vec<String> {
        let Some(first) = self.removed.first() else {
            return Vec::new();
        };
        let went = format!(
            "{} lines of api/ went or changed since v{old}, the first being `{first}`",
            self.removed.len()
        );
        let mut faults = Vec::new();
        if !may_break(old, new) {
            faults.push(format!(
                "{went}; {new} may not break what v{old} promised: take the next version that may"
            ));
        }
        if !breaks_are_told {
            faults.push(format!(
                "{went}; no entry of CHANGELOG.md is marked `**Breaking**`: tell of the break, \
                 with a `Migration:`"
            ));
        }
        faults
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DIFF: &str = "diff --git a/api/a.txt b/api/a.txt\n--- a/api/a.txt\n+++ b/api/a.txt\n@@ -2 \
                        +2,2 @@\n-pub fn a::old()\n+pub fn a::new()\n+pub struct a::More\n";

    #[test]
    fn lines_that_came_and_went_are_told_apart() {
        let diff = read(DIFF);
        assert_eq!(diff.added, ["pub fn a::new()", "pub struct a::More"]);
        assert_eq!(diff.removed, ["pub fn a::old()"]);
    }

    #[test]
    fn a_break_wants_a_version_and_an_entry() {
        let (old, patch, minor) = (
            Version::new(0, 1, 0),
            Version::new(0, 1, 1),
            Version::new(0, 2, 0),
        );
        let diff = read(DIFF);
        assert_eq!(diff.faults(&old, &minor, true), [""; 0]);
        assert_eq!(ApiDiff::default().faults(&old, &patch, false), [""; 0]);
        let told = diff.faults(&old, &patch, false);
        assert_eq!(told.len(), 2, "{told:?}");
        assert!(
            told[0].contains("0.1.1 may not break what v0.1.0 promised"),
            "{told:?}"
        );
        assert!(told[0].contains("`pub fn a::old()`"), "{told:?}");
        assert!(
            told[1].contains("no entry of CHANGELOG.md is marked"),
            "{told:?}"
        );
    }
}
