//! Lines of the good contract, and what an example writes in their place.

/// The line before which a schema can be put.
pub(super) const SCHEMA: &str = "    ExportState:\n";

/// Lines of the good contract, and what stands in their place. A rule may have several.
#[derive(Clone, Copy, Debug)]
pub(super) struct Edit {
    pub(super) rule: &'static str,
    pub(super) from: &'static str,
    pub(super) bad: &'static str,
    pub(super) good: &'static str,
    /// What follows both, and is not shown.
    pub(super) then: &'static str,
}

/// Lines in the place of others.
pub(super) const fn change(
    rule: &'static str,
    from: &'static str,
    bad: &'static str,
    good: &'static str,
) -> Edit {
    Edit {
        rule,
        from,
        bad,
        good,
        then: "",
    }
}

/// Bad lines in the place of those that are good already.
pub(super) const fn replace(rule: &'static str, bad: &'static str, good: &'static str) -> Edit {
    change(rule, good, bad, good)
}

/// Lines before a line that stays.
pub(super) const fn insert(
    rule: &'static str,
    before: &'static str,
    bad: &'static str,
    good: &'static str,
) -> Edit {
    Edit {
        then: before,
        ..change(rule, before, bad, good)
    }
}
