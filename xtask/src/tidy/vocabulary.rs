//! The words that are not used here, each with what is said instead.
//!
//! The table is small and sure: a row is a word that nobody has to think about. A word that is
//! right in one sense and wrong in another has a phrase here, or what is right beside it, or a
//! place where it is right.

/// Phrases that are not used, and the one that is.
pub(super) struct Word {
    /// Each form that is searched for, as words.
    pub(super) not: &'static [&'static str],
    /// What a finding advises, after "say".
    pub(super) say: &'static str,
    /// What contains a phrase and is right.
    pub(super) but: &'static [&'static str],
}

/// Where a word is right, and why.
pub(super) struct Place {
    /// A file, or a folder.
    pub(super) below: &'static str,
    pub(super) words: &'static [&'static str],
    #[cfg_attr(not(test), expect(dead_code, reason = "it is for who reads the table"))]
    pub(super) why: &'static str,
}

#[rustfmt::skip]
pub(super) const WORDS: &[Word] = &[
    word(&["mend", "mends", "mended", "mending"], "\"remedy\" or \"help\", or \"correct\" for the verb"),
    word(&["unreadable", "unchecked item", "unchecked items"], "\"undecodable\" of an item, and why of anything else"),
    Word {
        // An odd value of a type that is called so.
        but: &["odd item count"],
        ..word(&["odd one", "odd ones", "odd item", "odd items", "undecodable odd", "odd undecodable"], "\"undecodable\"")
    },
    word(&["discreet", "discreetly"], "\"redacted\""),
    word(&["cannot be right"], "\"is invalid\""),
    word(&["hold still", "holds still", "held still"], "\"kept changing\""),
    word(&["what stands between", "what stands before"], "\"any proxy in between\""),
    word(&["lesson", "lessons"], "\"rate hint\""),
    Word { but: &["of course"], ..word(&["course", "courses"], "\"call statistics\"") },
];

pub(super) const PLACES: &[Place] = &[
    Place {
        below: "xtask",
        words: &["unreadable"],
        why: "a file, or a media type, that the generator cannot read",
    },
    Place {
        below: "crates/atlas-export-fake/src",
        words: &["unreadable"],
        why: "the body of a request that broke off",
    },
    Place {
        below: "crates/atlas-export-fake/src/limiter",
        words: &["course"],
        why: "how the level of a bucket goes on, not a call",
    },
];

const fn word(not: &'static [&'static str], say: &'static str) -> Word {
    Word { not, say, but: &[] }
}
