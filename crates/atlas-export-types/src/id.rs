//! Identifiers: one generic type, one marker for each resource.
//!
//! A `SnapshotId` cannot be passed where an `ExportBucketId` belongs, though both are the
//! same 24 hexadecimal digits on the wire. A well-formed identifier lives inline, without
//! a heap allocation; anything else that Atlas sends is kept on the heap as it came.

use std::{
    fmt,
    hash::{Hash, Hasher},
    marker::PhantomData,
    str::FromStr,
};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::{invalid_id::InvalidId, one_line::OneLine, text::from_text};

/// The number of hexadecimal digits in an identifier (Atlas: 24).
const DIGITS: usize = 24;

/// What an [`Id`] identifies. Sealed: the kinds are those in [`kind`](crate::kind).
pub trait IdKind: sealed::Sealed + 'static {
    /// The name of the type, for `Debug`.
    const TYPE: &'static str;
    /// What a person calls it, for messages.
    const NAME: &'static str;
}

pub(crate) mod sealed {
    pub trait Sealed {}
}

/// Makes the ids of the contract: each a name, a marker, and what a person calls what it is of.
macro_rules! ids {
    ($($(#[$docs:meta])* $name:ident, $marker:ident, $noun:literal;)*) => {
        $(
            $(#[$docs])*
            ///
            /// Parsing checks what is given; deserializing keeps what Atlas sends. In a
            /// configuration, [`strict`](crate::strict) checks it when it is read:
            ///
            /// ```
            #[doc = concat!("use atlas_export_types::{", stringify!($name), ", strict};")]
            ///
            /// #[derive(serde::Deserialize)]
            /// struct Config {
            ///     #[serde(with = "strict")]
            #[doc = concat!("    id: ", stringify!($name), ",")]
            /// }
            ///
            /// assert!(serde_json::from_str::<Config>(r#"{"id": "none"}"#).is_err());
            #[doc = concat!("assert!(\"none\".parse::<", stringify!($name), ">().is_err());")]
            /// # let _ = |config: Config| config.id;
            /// ```
            pub type $name = $crate::Id<kind::$marker>;
        )*

        /// The markers of [`Id`](crate::Id).
        pub mod kind {
            use $crate::id::{IdKind, sealed::Sealed};

            $(
                #[doc = concat!("Marks the id of ", $noun, ".")]
                #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
                pub struct $marker;

                impl Sealed for $marker {}

                impl IdKind for $marker {
                    const TYPE: &'static str = stringify!($name);
                    const NAME: &'static str = $noun;
                }
            )*
        }
    };
}

pub(crate) use ids;

/// An identifier of a resource: 24 hexadecimal digits.
///
/// `parse` is for an id that *you* have, and refuses anything else. Deserializing is for an
/// id that *Atlas* sent, and keeps whatever came; [`is_well_formed`](Self::is_well_formed)
/// tells whether it can be used in a request.
///
/// The digits of an id are a number, so `5F3A…` and `5f3a…` are one id: capital letters are
/// lowered when an id is parsed or received, which is how Atlas writes them. A text that is no
/// id is kept, and compared, to the letter.
///
/// ```
/// use atlas_export_types::{ProjectId, RoleId};
///
/// let project: ProjectId = "32b6e34b3d91647abb20e7b8".parse()?;
/// assert_eq!(project.to_string(), "32b6e34b3d91647abb20e7b8");
/// assert_eq!(project, "32B6E34B3D91647ABB20E7B8".parse()?);
///
/// let wrong = "arn:aws:iam::123456789012:role/exports".parse::<RoleId>().unwrap_err();
/// assert!(wrong.to_string().contains("ARN"));
/// # Ok::<(), atlas_export_types::InvalidId>(())
/// ```
pub struct Id<K> {
    repr: Repr,
    kind: PhantomData<fn() -> K>,
}

#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Repr {
    Digits([u8; DIGITS]),
    Other(Box<str>),
}

impl Repr {
    fn digits(text: &str) -> Option<Self> {
        let mut digits: [u8; DIGITS] = text.as_bytes().try_into().ok()?;
        digits.make_ascii_lowercase();
        // All of them, without leaving early: a processor looks at sixteen at once then.
        let fit = digits.iter().fold(true, |fit, digit| {
            fit & (digit.is_ascii_digit() | (b'a'..=b'f').contains(digit))
        });
        fit.then_some(Self::Digits(digits))
    }
}

impl<K: IdKind> Id<K> {
    /// Takes an id as Atlas sent it, well formed or not.
    pub fn received(text: &str) -> Self {
        Self::from_repr(Repr::digits(text).unwrap_or_else(|| Repr::Other(text.into())))
    }

    /// The id as text: 24 small hexadecimal digits, or what was received in their place.
    pub fn as_str(&self) -> &str {
        match &self.repr {
            // ASCII by construction, so the fallback is never taken.
            Repr::Digits(digits) => std::str::from_utf8(digits).unwrap_or_default(),
            Repr::Other(text) => text,
        }
    }

    /// Whether this is 24 hexadecimal digits, and may stand in the path of a request.
    pub fn is_well_formed(&self) -> bool {
        matches!(self.repr, Repr::Digits(_))
    }

    /// The id if it may stand in the path of a request.
    ///
    /// # Errors
    /// [`InvalidId`] for a received id that is not 24 hexadecimal digits.
    pub fn well_formed(&self) -> Result<&Self, InvalidId> {
        if self.is_well_formed() {
            Ok(self)
        } else {
            Err(InvalidId::new::<K>(self.as_str()))
        }
    }

    fn from_repr(repr: Repr) -> Self {
        Self {
            repr,
            kind: PhantomData,
        }
    }
}

impl<K: IdKind> FromStr for Id<K> {
    type Err = InvalidId;

    fn from_str(text: &str) -> Result<Self, InvalidId> {
        Repr::digits(text)
            .map(Self::from_repr)
            .ok_or_else(|| InvalidId::new::<K>(text))
    }
}

from_text!([<K: IdKind>] Id<K>, InvalidId);

/// A copy, so that what takes an id or text takes a borrowed id too.
impl<K> From<&Id<K>> for Id<K> {
    fn from(id: &Id<K>) -> Self {
        id.clone()
    }
}

/// As [`as_str`](Self::as_str), except that what a terminal acts on is escaped in what is no id.
impl<K: IdKind> fmt::Display for Id<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        OneLine(self.as_str()).fmt(f)
    }
}

impl<K: IdKind> fmt::Debug for Id<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple(K::TYPE).field(&self.as_str()).finish()
    }
}

// By hand, because a derive would ask the same of the marker.
impl<K> Clone for Id<K> {
    fn clone(&self) -> Self {
        Self {
            repr: self.repr.clone(),
            kind: PhantomData,
        }
    }
}

impl<K> PartialEq for Id<K> {
    fn eq(&self, other: &Self) -> bool {
        self.repr == other.repr
    }
}

impl<K> Eq for Id<K> {}

impl<K> PartialOrd for Id<K> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl<K> Ord for Id<K> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.repr.cmp(&other.repr)
    }
}

impl<K> Hash for Id<K> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.repr.hash(state);
    }
}

impl<K: IdKind> Serialize for Id<K> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de, K: IdKind> Deserialize<'de> for Id<K> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor<K>(PhantomData<K>);

        impl<K: IdKind> de::Visitor<'_> for Visitor<K> {
            type Value = Id<K>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "the id of {} as a string", K::NAME)
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Id<K>, E> {
                Ok(Id::received(text))
            }
        }

        deserializer.deserialize_str(Visitor(PhantomData))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use crate::{ExportBucketId, ExportJobId, ProjectId, RoleId, SnapshotId};

    const DIGITS24: &str = "32b6e34b3d91647abb20e7b8";

    #[test]
    fn a_given_id_is_24_hexadecimal_digits_of_either_case() {
        assert!(DIGITS24.parse::<ProjectId>().is_ok());
        assert!(DIGITS24.to_uppercase().parse::<ProjectId>().is_ok());
        for wrong in [
            "",
            "32b6e34b3d91647abb20e7b",
            "32b6e34b3d91647abb20e7b8a",
            "32b6e34b3d91647abb20e7bg",
            "{BUCKET-ID}",
            " 32b6e34b3d91647abb20e7b8",
            "../../../../../../../../",
            "\u{661}\u{661}\u{661}\u{661}\u{661}\u{661}\u{661}\u{661}\u{661}\u{661}\u{661}\u{661}",
        ] {
            assert!(wrong.parse::<ProjectId>().is_err(), "{wrong:?} was taken");
        }
    }

    #[test]
    fn the_message_says_what_was_given_and_what_an_id_looks_like() {
        let message = "{BUCKET-ID}"
            .parse::<ExportBucketId>()
            .unwrap_err()
            .to_string();
        assert_eq!(
            message,
            "\"{BUCKET-ID}\" is not the id of an export bucket: an id is 24 hexadecimal digits, \
             for example 32b6e34b3d91647abb20e7b8"
        );
    }

    #[test]
    fn an_aws_arn_or_unique_id_is_recognised_where_a_role_id_belongs() {
        for (given, what) in [
            ("arn:aws:iam::123456789012:role/x", "ARN by which AWS"),
            ("AROAEXAMPLEEXAMPLE123", "unique id by which AWS"),
        ] {
            let message = given.parse::<RoleId>().unwrap_err().to_string();
            assert!(message.contains(given), "{message}");
            assert!(message.contains(what), "{message}");
            assert!(message.contains("cloudProviderAccess"), "{message}");
        }
    }

    #[test]
    fn a_private_key_pasted_as_an_id_is_not_repeated() {
        let key = "0a1b2c3d-0000-4000-8000-0123456789ab";
        let error = key.parse::<ProjectId>().unwrap_err();
        assert!(!format!("{error} {error:?}").contains("0a1b2c3d"));
    }

    #[test]
    fn a_long_mistake_is_cut_short() {
        let message = "é"
            .repeat(10_000)
            .parse::<ProjectId>()
            .unwrap_err()
            .to_string();
        assert!(message.len() < 400, "{}", message.len());
    }

    #[test]
    fn a_well_formed_id_takes_no_more_than_its_digits_and_a_tag() {
        assert!(size_of::<ProjectId>() <= 32);
        assert_eq!(size_of::<Option<ProjectId>>(), size_of::<ProjectId>());
    }

    #[test]
    fn debug_names_the_type() {
        assert_eq!(
            format!("{:?}", SnapshotId::received("x")),
            r#"SnapshotId("x")"#
        );
    }

    #[test]
    fn only_a_string_is_an_id() {
        assert!(serde_json::from_str::<ProjectId>("17").is_err());
        assert!(serde_json::from_str::<ProjectId>("null").is_err());
    }

    proptest! {
        #[test]
        fn the_spelling_of_its_digits_makes_no_other_id(text in "[0-9a-fA-F]{24}") {
            use std::hash::BuildHasher as _;

            let json = serde_json::to_string(&text).unwrap();
            let received: SnapshotId = serde_json::from_str(&json).unwrap();
            let hasher = std::hash::RandomState::new();
            for other in [text.to_lowercase(), text.to_uppercase()] {
                let other: SnapshotId = other.parse().unwrap();
                prop_assert_eq!(&received, &other);
                prop_assert_eq!(received.cmp(&other), std::cmp::Ordering::Equal);
                prop_assert_eq!(hasher.hash_one(&received), hasher.hash_one(&other));
                prop_assert_eq!(other.as_str(), text.to_lowercase());
            }
        }

        #[test]
        fn what_is_no_id_round_trips_to_the_letter(text in ".*|[0-9A-F]{23}|[0-9A-G]{25}") {
            prop_assume!(text.parse::<ExportJobId>().is_err());
            let json = serde_json::to_string(&text).unwrap();
            let id: ExportJobId = serde_json::from_str(&json).unwrap();
            prop_assert_eq!(id.as_str(), text.as_str());
            prop_assert_eq!(serde_json::to_string(&id).unwrap(), json);
            prop_assert_eq!(id.is_well_formed(), text.parse::<ExportJobId>().is_ok());
        }
    }
}
