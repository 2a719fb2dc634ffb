//! Which values fit the fields whose types are not models: all of it or nothing, as serde reads it.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    hash::Hash,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    num::{NonZeroI32, NonZeroI64, NonZeroU8, NonZeroU16, NonZeroU32, NonZeroU64},
};

use chrono::{DateTime, NaiveDate, Utc};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::decode::{Field, Model, decoded};

macro_rules! fields {
    ($($kind:ty),*) => {$(
        impl Field for $kind {
            fn of_value(value: Value) -> Result<Self, Value> {
                decoded(value)
            }
        }
    )*};
}

macro_rules! models {
    ($($kind:ty),*) => {$(
        impl Model for $kind {}
    )*};
}

/// For the generated types that serde reads by what it derives.
macro_rules! whole {
    ($kind:ident) => {
        impl crate::decode::Model for $kind {}

        impl crate::decode::Field for $kind {
            fn of_value(
                value: ::serde_json::Value,
            ) -> ::std::result::Result<Self, ::serde_json::Value> {
                crate::decode::decoded(value)
            }
        }
    };
}

/// For the open enumerations.
#[allow(unused_macros, reason = "a contract may have no open enumeration")]
macro_rules! open {
    ($kind:ident) => {
        impl crate::decode::Model for $kind {}

        impl crate::decode::Field for $kind {
            fn of_text(text: &str) -> ::std::option::Option<Self> {
                ::std::option::Option::Some(text.into())
            }
        }
    };
}

#[allow(unused_imports, reason = "each contract uses its part")]
pub(crate) use {open, whole};

fields!(
    u8, u16, u32, u64, i8, i16, f32, NonZeroU8, NonZeroU16, NonZeroU32, NonZeroU64, NonZeroI32,
    NonZeroI64, NaiveDate, IpAddr, Ipv4Addr, Ipv6Addr, Value, Map<String, Value>
);
models!(
    bool, String, u8, u16, u32, u64, i8, i16, i32, i64, f32, f64, NonZeroU8, NonZeroU16,
    NonZeroU32, NonZeroU64, NonZeroI32, NonZeroI64, DateTime<Utc>, NaiveDate, IpAddr, Ipv4Addr,
    Ipv6Addr, Map<String, Value>
);

impl<T: DeserializeOwned> Model for Vec<T> {}

impl<T: DeserializeOwned, const N: usize> Model for [T; N]
where
    Self: DeserializeOwned,
{
}

impl<T: DeserializeOwned, const N: usize> Field for [T; N]
where
    Self: DeserializeOwned,
{
    fn of_value(value: Value) -> Result<Self, Value> {
        decoded(value)
    }
}

impl<T: DeserializeOwned + Eq + Hash> Model for HashSet<T> {}

impl<T: DeserializeOwned + Eq + Hash> Field for HashSet<T> {
    fn of_value(value: Value) -> Result<Self, Value> {
        decoded(value)
    }
}

impl<K: DeserializeOwned + Eq + Hash, V: DeserializeOwned> Model for HashMap<K, V> {}

impl<K: DeserializeOwned + Eq + Hash, V: DeserializeOwned> Field for HashMap<K, V> {
    fn of_value(value: Value) -> Result<Self, Value> {
        decoded(value)
    }
}

impl<K: DeserializeOwned + Ord, V: DeserializeOwned> Model for BTreeMap<K, V> {}

impl<K: DeserializeOwned + Ord, V: DeserializeOwned> Field for BTreeMap<K, V> {
    fn of_value(value: Value) -> Result<Self, Value> {
        decoded(value)
    }
}

/// An answer that may have no body at all.
impl<T: DeserializeOwned> Model for Option<T> {
    fn of_nothing() -> Option<Self> {
        Some(None)
    }
}

impl<T: DeserializeOwned> Field for Option<T> {
    fn of_value(value: Value) -> Result<Self, Value> {
        decoded(value)
    }
}

impl<T: DeserializeOwned> Field for Box<T> {
    fn of_value(value: Value) -> Result<Self, Value> {
        decoded(value)
    }
}
