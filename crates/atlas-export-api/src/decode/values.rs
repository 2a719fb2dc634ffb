//! Which values fit the fields of any contract.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{
    Deserialize as _,
    de::{DeserializeOwned, SeqAccess, value::SeqAccessDeserializer},
};
use serde_json::{Number, Value};

use super::{Field, Lists, Model, Received, at_once};
use crate::TolerantList;

impl Field for String {
    fn of_text(text: &str) -> Option<Self> {
        Some(text.to_owned())
    }
}

impl Field for bool {
    fn of_bool(value: bool) -> Option<Self> {
        Some(value)
    }
}

impl Field for i64 {
    fn of_signed(number: i64) -> Option<Self> {
        Some(number)
    }

    fn of_unsigned(number: u64) -> Option<Self> {
        number.try_into().ok()
    }

    /// An integer that is written with a point or an exponent is one, as long as a float of its
    /// size stands for it alone.
    fn of_float(number: f64) -> Option<Self> {
        const EXACT: f64 = 9_007_199_254_740_992.0;
        let whole = number.fract() == 0.0 && number.abs() < EXACT;
        whole.then(|| format!("{number:.0}").parse().ok()).flatten()
    }

    // Numbers come as objects where a crate of the build keeps their digits.
    fn of_value(value: Value) -> Result<Self, Value> {
        value.as_i64().ok_or(value)
    }
}

impl Field for i32 {
    fn of_signed(number: i64) -> Option<Self> {
        number.try_into().ok()
    }

    fn of_unsigned(number: u64) -> Option<Self> {
        number.try_into().ok()
    }

    fn of_float(number: f64) -> Option<Self> {
        i64::of_float(number)?.try_into().ok()
    }

    fn of_value(value: Value) -> Result<Self, Value> {
        let number = value.as_i64().and_then(|number| number.try_into().ok());
        number.ok_or(value)
    }
}

impl Field for f64 {
    fn of_signed(number: i64) -> Option<Self> {
        Number::from(number).as_f64()
    }

    fn of_unsigned(number: u64) -> Option<Self> {
        Number::from(number).as_f64()
    }

    fn of_float(number: f64) -> Option<Self> {
        Some(number)
    }

    fn of_value(value: Value) -> Result<Self, Value> {
        value.as_f64().ok_or(value)
    }
}

impl Field for DateTime<Utc> {
    fn of_text(text: &str) -> Option<Self> {
        whole_seconds(text).or_else(|| text.parse().ok())
    }
}

/// A time in whole seconds, `2021-03-25T16:49:23Z`: a tenth of the work that it is to read
/// whatever RFC 3339 allows.
fn whole_seconds(text: &str) -> Option<DateTime<Utc>> {
    fn two([tens, ones]: [u8; 2]) -> Option<u32> {
        let digits = tens.is_ascii_digit() && ones.is_ascii_digit();
        digits.then(|| u32::from(tens - b'0') * 10 + u32::from(ones - b'0'))
    }
    let text: [u8; 20] = text.as_bytes().try_into().ok()?;
    #[rustfmt::skip]
    let [
        c1, c0, y1, y0, b'-', o1, o0, b'-', d1, d0, b'T',
        h1, h0, b':', m1, m0, b':', s1, s0, b'Z',
    ] = text
    else {
        return None;
    };
    let year = two([c1, c0])? * 100 + two([y1, y0])?;
    let date = NaiveDate::from_ymd_opt(year.try_into().ok()?, two([o1, o0])?, two([d1, d0])?)?;
    let time = date.and_hms_opt(two([h1, h0])?, two([m1, m0])?, two([s1, s0])?)?;
    Some(time.and_utc())
}

/// What a type reads by itself, or the value.
pub(crate) fn decoded<T: DeserializeOwned>(value: Value) -> Result<T, Value> {
    T::deserialize(&value).map_err(|_| value)
}

/// All of it or nothing.
impl<T: DeserializeOwned> Field for Vec<T> {
    fn of_value(value: Value) -> Result<Self, Value> {
        decoded(value)
    }
}

impl<T: Model> Field for TolerantList<T> {
    fn of_list<'de, A: SeqAccess<'de>>(list: A, lists: Lists) -> Result<Received<Self>, A::Error> {
        let list = match lists {
            Lists::AtOnce => at_once(list),
            Lists::Apart => Self::deserialize(SeqAccessDeserializer::new(list)),
        };
        list.map(Received::Fits)
    }
}
