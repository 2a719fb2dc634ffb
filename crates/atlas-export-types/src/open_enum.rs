//! Enumerations whose set of values may grow.
//!
//! A service adds values without a new version of what it offers. A value that this crate does not
//! know decodes, prints and goes back on the wire as it came.

use std::fmt;

/// A value that is not among the known ones of its enumeration.
///
/// Only reading makes one, so a known value never hides in here.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UnknownValue(Box<str>);

impl UnknownValue {
    /// For [`open_enum!`], after it has looked for the known ones.
    #[doc(hidden)]
    pub fn received(value: &str) -> Self {
        Self(value.into())
    }

    /// The value as received.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for UnknownValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

/// Makes an enumeration that keeps the values that it does not know. For the crates of this
/// workspace; it wants `serde` beside it.
#[doc(hidden)]
#[macro_export]
macro_rules! open_enum {
    (
        $(#[$docs:meta])*
        $name:ident {
            $( $(#[$variant_docs:meta])* $variant:ident = $value:literal, )+
        }
    ) => {
        $(#[$docs])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum $name {
            $( $(#[$variant_docs])* #[doc = concat!("\n\nOn the wire: `", $value, "`.")] $variant, )+
            /// A value that this version of the crate does not know.
            Unknown($crate::UnknownValue),
        }

        impl $name {
            /// The known values, as they stand on the wire.
            pub const KNOWN: &'static [&'static str] = &[$($value),+];

            /// The value as it stands on the wire.
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $value,)+
                    Self::Unknown(value) => value.as_str(),
                }
            }

            /// Whether this version of the crate knows the value.
            pub fn is_known(&self) -> bool {
                !matches!(self, Self::Unknown(_))
            }
        }

        impl From<&str> for $name {
            fn from(value: &str) -> Self {
                match value {
                    $($value => Self::$variant,)+
                    other => Self::Unknown($crate::UnknownValue::received(other)),
                }
            }
        }

        impl ::std::str::FromStr for $name {
            type Err = ::std::convert::Infallible;

            fn from_str(value: &str) -> Result<Self, Self::Err> {
                Ok(value.into())
            }
        }

        /// As [`as_str`](Self::as_str), except that what a terminal acts on is escaped in an
        /// unknown value.
        impl ::std::fmt::Display for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                ::std::fmt::Display::fmt(&$crate::OneLine(self.as_str()), f)
            }
        }

        impl ::serde::Serialize for $name {
            fn serialize<S: ::serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> ::serde::Deserialize<'de> for $name {
            fn deserialize<D: ::serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct Visitor;

                impl ::serde::de::Visitor<'_> for Visitor {
                    type Value = $name;

                    fn expecting(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                        f.write_str("a string")
                    }

                    fn visit_str<E: ::serde::de::Error>(self, value: &str) -> Result<$name, E> {
                        Ok(value.into())
                    }
                }

                deserializer.deserialize_str(Visitor)
            }
        }
    };
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use crate::{CloudProvider, ExportJobState};

    #[test]
    fn known_values_have_names() {
        assert_eq!(
            ExportJobState::from("InProgress"),
            ExportJobState::InProgress
        );
        assert_eq!(CloudProvider::Azure.to_string(), "AZURE");
        for value in ExportJobState::KNOWN {
            assert!(ExportJobState::from(*value).is_known());
        }
    }

    #[test]
    fn case_matters() {
        assert!(!ExportJobState::from("queued").is_known());
    }

    #[test]
    fn only_a_string_is_a_state() {
        assert!(serde_json::from_str::<ExportJobState>("1").is_err());
    }

    #[test]
    fn an_unknown_state_is_visible_in_debug() {
        assert_eq!(
            format!("{:?}", ExportJobState::from("Paused")),
            "Unknown(\"Paused\")"
        );
    }

    proptest! {
        #[test]
        fn any_value_round_trips(value in ".*") {
            let json = serde_json::to_string(&value).unwrap();
            let state: ExportJobState = serde_json::from_str(&json).unwrap();
            prop_assert_eq!(state.as_str(), value.as_str());
            prop_assert_eq!(serde_json::to_string(&state).unwrap(), json);
        }
    }
}
