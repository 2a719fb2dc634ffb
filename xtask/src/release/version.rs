//! The version of a release, and the tags of those before it.

use semver::Version;

/// A version of three numbers, of which the packages are to be.
///
/// # Errors
/// What was given, where it is none.
pub(super) fn parse(text: &str) -> Result<Version, String> {
    match Version::parse(text) {
        Ok(version) => Ok(version),
        Err(_) => Err(format!(
            "{text}: no version; give three numbers, such as 1.2.3"
        )),
    }
}

/// The newest of some tags that are a version each, with its tag.
pub(super) fn newest<'a>(tags: impl Iterator<Item = &'a str>) -> Option<(Version, &'a str)> {
    let versions = tags.filter_map(|tag| {
        let version = Version::parse(tag.strip_prefix('v')?).ok()?;
        Some((version, tag))
    });
    versions.max_by(|(one, _), (other, _)| one.cmp(other))
}

/// Whether `new` may follow `old` where the public API lost nothing: it is newer.
///
/// # Errors
/// Which versions may follow.
pub(super) fn follows(old: &Version, new: &Version) -> Result<(), String> {
    let next = |major, minor, patch| Version::new(major, minor, patch);
    let may = [
        next(old.major, old.minor, old.patch + 1),
        next(old.major, old.minor + 1, 0),
        next(old.major + 1, 0, 0),
    ];
    if may.contains(new) || (!new.pre.is_empty() && new > old) {
        return Ok(());
    }
    let may = may.map(|version| version.to_string()).join(", ");
    Err(format!(
        "{new} does not follow the tag v{old}; the next is one of {may}"
    ))
}

/// Whether `new` may break what `old` promised: before 1.0.0 the second number says so.
pub(super) fn may_break(old: &Version, new: &Version) -> bool {
    new.major > old.major || (old.major == 0 && new.minor > old.minor)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_tag_is_found_by_its_numbers() {
        let tags = ["v0.9.0", "v0.10.0", "other", "v0.10.0-rc.1", "v1"];
        let (_, tag) = newest(tags.into_iter()).unwrap();
        assert_eq!(tag, "v0.10.0");
        assert!(newest(["main"].into_iter()).is_none());
        assert!(parse("1.2").unwrap_err().contains("1.2: no version"));
    }

    #[test]
    fn no_version_is_left_out_or_taken_twice() {
        let of = |text| parse(text).unwrap();
        for (new, may) in [
            ("0.3.5", true),
            ("0.4.0", true),
            ("1.0.0", true),
            ("0.4.0-rc.1", true),
            ("0.3.4", false),
            ("0.5.0", false),
            ("0.3.0", false),
        ] {
            assert_eq!(follows(&of("0.3.4"), &of(new)).is_ok(), may, "{new}");
        }
    }

    #[test]
    fn before_the_first_major_version_the_minor_one_may_break() {
        let of = |text| parse(text).unwrap();
        assert!(may_break(&of("0.3.4"), &of("0.4.0")));
        assert!(!may_break(&of("0.3.4"), &of("0.3.5")));
        assert!(!may_break(&of("1.3.4"), &of("1.4.0")));
        assert!(may_break(&of("1.3.4"), &of("2.0.0")));
    }
}
