//! A value that may fit its field or not.

use std::{fmt, marker::PhantomData};

use serde::{
    Deserialize as _, Deserializer,
    de::{
        DeserializeSeed, MapAccess, SeqAccess, Visitor,
        value::{MapAccessDeserializer, SeqAccessDeserializer},
    },
};
use serde_json::Value;

use super::Lists;

/// What came of a value.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Received<T> {
    /// It is `null`, which is the same as absent.
    Null,
    /// It fits.
    Fits(T),
    /// It does not, and here it is.
    Misfit(Value),
}

/// A type of fields: which values fit it.
///
/// Scalars are handed over as they stand in the text. Only what none of these takes becomes a
/// [`Value`], and may fit yet ([`of_value`](Self::of_value)).
pub(crate) trait Field: Sized {
    /// From a text.
    fn of_text(_text: &str) -> Option<Self> {
        None
    }

    /// From a truth value.
    fn of_bool(_value: bool) -> Option<Self> {
        None
    }

    /// From an integer below 0.
    fn of_signed(_number: i64) -> Option<Self> {
        None
    }

    /// From an integer of 0 or more.
    fn of_unsigned(_number: u64) -> Option<Self> {
        None
    }

    /// From a number with a point or an exponent.
    fn of_float(_number: f64) -> Option<Self> {
        None
    }

    /// From what nothing else took.
    ///
    /// # Errors
    /// The value, where it does not fit.
    fn of_value(value: Value) -> Result<Self, Value> {
        Err(value)
    }

    /// From a list.
    ///
    /// # Errors
    /// Where the text itself cannot be read.
    fn of_list<'de, A: SeqAccess<'de>>(list: A, _: Lists) -> Result<Received<Self>, A::Error> {
        Value::deserialize(SeqAccessDeserializer::new(list)).map(other)
    }

    /// From an object.
    ///
    /// # Errors
    /// Where the text itself cannot be read.
    fn of_object<'de, A: MapAccess<'de>>(object: A, _: Lists) -> Result<Received<Self>, A::Error> {
        Value::deserialize(MapAccessDeserializer::new(object)).map(other)
    }
}

fn other<T: Field>(value: Value) -> Received<T> {
    match T::of_value(value) {
        Ok(value) => Received::Fits(value),
        Err(value) => Received::Misfit(value),
    }
}

/// Reads the value of a field.
pub(super) struct Seed<T>(Lists, PhantomData<T>);

impl<T> Seed<T> {
    pub(super) fn new(lists: Lists) -> Self {
        Self(lists, PhantomData)
    }
}

impl<'de, T: Field> DeserializeSeed<'de> for Seed<T> {
    type Value = Received<T>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de, T: Field> Visitor<'de> for Seed<T> {
    type Value = Received<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }

    fn visit_str<E>(self, text: &str) -> Result<Received<T>, E> {
        Ok(match T::of_text(text) {
            Some(value) => Received::Fits(value),
            None => other(text.into()),
        })
    }

    fn visit_bool<E>(self, value: bool) -> Result<Received<T>, E> {
        Ok(match T::of_bool(value) {
            Some(value) => Received::Fits(value),
            None => other(value.into()),
        })
    }

    fn visit_i64<E>(self, number: i64) -> Result<Received<T>, E> {
        Ok(match T::of_signed(number) {
            Some(value) => Received::Fits(value),
            None => other(number.into()),
        })
    }

    fn visit_u64<E>(self, number: u64) -> Result<Received<T>, E> {
        Ok(match T::of_unsigned(number) {
            Some(value) => Received::Fits(value),
            None => other(number.into()),
        })
    }

    fn visit_f64<E>(self, number: f64) -> Result<Received<T>, E> {
        Ok(match T::of_float(number) {
            Some(value) => Received::Fits(value),
            None => other(number.into()),
        })
    }

    fn visit_unit<E>(self) -> Result<Received<T>, E> {
        Ok(Received::Null)
    }

    fn visit_none<E>(self) -> Result<Received<T>, E> {
        Ok(Received::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Received<T>, D::Error> {
        deserializer.deserialize_any(self)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<Received<T>, A::Error> {
        T::of_list(list, self.0)
    }

    fn visit_map<A: MapAccess<'de>>(self, object: A) -> Result<Received<T>, A::Error> {
        T::of_object(object, self.0)
    }
}
