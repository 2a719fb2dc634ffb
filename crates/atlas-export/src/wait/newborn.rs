//! What was made a moment ago and does not show yet.
//!
//! Atlas may answer 404 for a job, or a snapshot, that it has only just made. Its age is in its
//! id, whose first four bytes are the second of its making. One that is younger than an effect
//! takes to settle may be missing; one that is older, or from the future, does not exist.

use std::time::{Duration, SystemTime};

use crate::{Error, codes, ensure::SETTLE};

/// Whether an answer only says that something new does not show yet.
pub(super) fn may_show_later(error: &Error, id: &str, now: SystemTime) -> bool {
    // Other codes are about what it belongs to.
    let is_missing = error.code() == Some(codes::RESOURCE_NOT_FOUND);
    error.is_not_found() && is_missing && is_new(id, now)
}

/// Whether an id was made within the settle time.
fn is_new(id: &str, now: SystemTime) -> bool {
    let seconds = id
        .get(..8)
        .filter(|digits| digits.bytes().all(|digit| digit.is_ascii_hexdigit()))
        .and_then(|digits| u64::from_str_radix(digits, 16).ok());
    seconds
        .and_then(|seconds| SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(seconds)))
        .and_then(|made| now.duration_since(made).ok())
        .is_some_and(|age| age <= SETTLE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_new_for_the_settle_time_from_its_second() {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(0x5fb6_a0e0);
        for (id, new) in [
            ("5fb6a0e0e5a4d31b5b8ef0b2", true),
            ("5fb6a0c2e5a4d31b5b8ef0b2", true),
            ("5FB6A0C2E5A4D31B5B8EF0B2", true),
            ("5fb6a0c1e5a4d31b5b8ef0b2", false),
            ("5fb6a0e1e5a4d31b5b8ef0b2", false),
            ("ffffffffe5a4d31b5b8ef0b2", false),
            ("00000000e5a4d31b5b8ef0b2", false),
            ("+fb6a0e0", false),
            ("5fb6", false),
            ("ééééé", false),
            ("", false),
        ] {
            assert_eq!(is_new(id, now), new, "{id}");
        }
        assert!(!is_new("5fb6a0e0", SystemTime::UNIX_EPOCH));
    }

    proptest::proptest! {
        #[test]
        fn no_id_and_no_second_panics_and_only_the_last_half_minute_is_new(
            text in "[0-9a-fA-F]{8,24}|\\PC{0,24}",
            now in proptest::prelude::any::<u32>(),
            age in -40_i64..40,
        ) {
            let at = SystemTime::UNIX_EPOCH + Duration::from_secs(now.into());
            let _ = is_new(&text, at);
            if let Ok(made) = u32::try_from(i64::from(now) - age) {
                let new = is_new(&format!("{made:08x}dc786a5341d4f7fb"), at);
                proptest::prop_assert_eq!(new, (0..=30).contains(&age));
            }
        }
    }
}
