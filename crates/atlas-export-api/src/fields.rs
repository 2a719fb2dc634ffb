//! Which values fit the fields that this contract has a vocabulary for.

use atlas_export_types::{ClusterName, ExportStateReason, Id, IdKind, ItemCount};
use serde_json::Value;

use crate::decode::{Field, decoded};

impl<K: IdKind> Field for Id<K> {
    fn of_text(text: &str) -> Option<Self> {
        Some(Self::received(text))
    }
}

impl Field for ClusterName {
    fn of_text(text: &str) -> Option<Self> {
        text.parse().ok()
    }
}

macro_rules! open_enums {
    ($($name:ident)*) => {$(
        impl Field for atlas_export_types::$name {
            fn of_text(text: &str) -> Option<Self> {
                Some(text.into())
            }
        }
    )*};
}

atlas_export_types::each_open_enum!(open_enums);

// These two read whatever it is.

impl Field for ExportStateReason {
    fn of_value(value: Value) -> Result<Self, Value> {
        decoded(value)
    }
}

impl Field for ItemCount {
    fn of_unsigned(number: u64) -> Option<Self> {
        Some(number.into())
    }

    fn of_value(value: Value) -> Result<Self, Value> {
        decoded(value)
    }
}
