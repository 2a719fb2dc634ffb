//! How the models decode: tolerant by field, in one pass.
//!
//! Only what an item is known by has to fit; the contract says what that is by `required`. Any
//! other field whose value does not fit is absent in its typed field, and the value is in
//! `extra`, under the field's name, and is written back from there. Generated code says what a
//! model's fields are ([`Object`]); here is what reads them.
//!
//! Lists are read in one of two ways ([`Lists`]). A body is read in one pass, in which an item
//! has no text of its own. Where one does not decode, which is rare, the body is read once more,
//! each item from its own text, so that it is told as it was received ([`from_slice`]).

mod field;
mod object;
mod values;

use std::{fmt, marker::PhantomData};

use serde::{
    Deserialize as _, Deserializer, Serialize,
    de::{
        self, DeserializeOwned, DeserializeSeed, MapAccess, SeqAccess, Visitor,
        value::MapAccessDeserializer,
    },
};
use serde_json::{Map, Value};

use crate::TolerantList;

pub(crate) use field::{Field, Received};
pub(crate) use object::object;
pub(crate) use values::decoded;

/// How lists are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[doc(hidden)]
pub enum Lists {
    /// Item by item, each from its own text. One that does not decode keeps its place.
    Apart,
    /// In one pass, which fails where an item does not decode.
    AtOnce,
}

/// What can be the body of an answer, or an item of a list.
pub trait Model: DeserializeOwned {
    /// Decodes it; what has no lists decodes in one way.
    ///
    /// # Errors
    /// Where it does not decode.
    #[doc(hidden)]
    fn decode<'de, D: Deserializer<'de>>(deserializer: D, _: Lists) -> Result<Self, D::Error> {
        Self::deserialize(deserializer)
    }

    /// What it is where there is no body at all, if it can be that.
    #[doc(hidden)]
    fn of_nothing() -> Option<Self> {
        None
    }
}

impl Model for Value {}

impl<T: Object> Model for T {
    fn decode<'de, D: Deserializer<'de>>(deserializer: D, lists: Lists) -> Result<T, D::Error> {
        object(deserializer, lists)
    }
}

/// A model that keeps what it has no field for, and what does not fit the field that it has.
///
/// ```
/// use atlas_export_api::{Object, types::Snapshot};
///
/// fn tell(item: &impl Object) -> Vec<&'static str> {
///     item.undecodable_fields().collect()
/// }
///
/// let snapshot: Snapshot = serde_json::from_str(
///     r#"{"id": "5fb6a0e0e5a4d31b5b8ef0b2", "createdAt": "", "mongodVersion": 8.0}"#,
/// )?;
/// assert_eq!(tell(&snapshot), ["createdAt", "mongodVersion"]);
/// assert_eq!(snapshot.created_at, None);
/// assert_eq!(snapshot.extra["mongodVersion"], 8.0);
/// # Ok::<(), serde_json::Error>(())
/// ```
pub trait Object: DeserializeOwned + Serialize {
    /// The names of its fields in JSON.
    const FIELDS: &'static [&'static str];

    /// Whether it may lack what it is known by.
    #[doc(hidden)]
    const CAN_LACK: bool;

    /// Decodes it from the entries of a JSON object.
    ///
    /// # Errors
    /// Where it lacks what it is known by.
    #[doc(hidden)]
    fn of_entries<'de, A: MapAccess<'de>>(entries: A, lists: Lists) -> Result<Self, A::Error>;

    /// What has no field of its own, and what did not fit the field that it has.
    fn extra(&self) -> &Map<String, Value>;

    /// The fields whose values did not fit. Fields of objects inside it are theirs.
    fn undecodable_fields(&self) -> impl Iterator<Item = &'static str> {
        let extra = self.extra();
        let fields = if extra.is_empty() { &[] } else { Self::FIELDS };
        fields
            .iter()
            .copied()
            .filter(|field| extra.contains_key(*field))
    }
}

/// Decodes a body in one pass; where that meets what does not decode, item by item.
///
/// It gives what `serde_json::from_slice` gives, which reads every list item by item, for two
/// thirds of the work.
///
/// ```
/// use atlas_export_api::{from_slice, types::SnapshotPage};
///
/// let page: SnapshotPage =
///     from_slice(br#"{"results": [{"id": "5fb6a0e0e5a4d31b5b8ef0b2"}, {"id":  7}]}"#)?;
/// assert_eq!(page.results.items().count(), 1);
/// let undecodable = page.results.undecodable().next().unwrap();
/// assert_eq!((undecodable.index(), undecodable.raw()), (1, r#"{"id":  7}"#));
/// # Ok::<(), serde_json::Error>(())
/// ```
///
/// # Errors
/// Where the body is no JSON, or lacks what it is known by.
pub fn from_slice<T: Model>(json: &[u8]) -> Result<T, serde_json::Error> {
    // Whether all of it is text is seen faster than whether each text in it is.
    if let Ok(text) = std::str::from_utf8(json) {
        let mut deserializer = serde_json::Deserializer::from_str(text);
        if let Ok(read) = T::decode(&mut deserializer, Lists::AtOnce)
            && deserializer.end().is_ok()
        {
            return Ok(read);
        }
    }
    serde_json::from_slice(json)
}

/// Decodes an [`Object`].
pub(crate) fn object<'de, T: Object, D: Deserializer<'de>>(
    deserializer: D,
    lists: Lists,
) -> Result<T, D::Error> {
    struct Entries<T>(Lists, PhantomData<T>);

    impl<'de, T: Object> Visitor<'de> for Entries<T> {
        type Value = T;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an object")
        }

        fn visit_map<A: MapAccess<'de>>(self, entries: A) -> Result<T, A::Error> {
            T::of_entries(entries, self.0)
        }
    }

    deserializer.deserialize_map(Entries(lists, PhantomData))
}

/// A field that is an [`Object`].
pub(crate) fn object_field<'de, T: Object, A: MapAccess<'de>>(
    object: A,
    lists: Lists,
) -> Result<Received<T>, A::Error> {
    if T::CAN_LACK {
        // It is given back whole where it lacks something, so it is read whole.
        let value = Value::deserialize(MapAccessDeserializer::new(object))?;
        return Ok(match decoded(value) {
            Ok(read) => Received::Fits(read),
            Err(value) => Received::Misfit(value),
        });
    }
    T::of_entries(object, lists).map(Received::Fits)
}

/// A key of a JSON object: a field, or anything else.
pub(crate) enum Key<K> {
    Known(K),
    Unknown(String),
}

/// Reads a key.
pub(crate) struct Keys<F>(pub(crate) F);

impl<'de, K, F: FnOnce(&str) -> Option<K>> DeserializeSeed<'de> for Keys<F> {
    type Value = Key<K>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Key<K>, D::Error> {
        deserializer.deserialize_identifier(self)
    }
}

impl<K, F: FnOnce(&str) -> Option<K>> Visitor<'_> for Keys<F> {
    type Value = Key<K>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name of a field")
    }

    fn visit_str<E>(self, key: &str) -> Result<Key<K>, E> {
        Ok(match (self.0)(key) {
            Some(known) => Key::Known(known),
            None => Key::Unknown(key.to_owned()),
        })
    }
}

/// The value of a field that may be anything. What does not fit goes to `extra`. Of a field that
/// comes twice the last one counts, as it does for JSON objects anywhere.
pub(crate) fn tolerant<'de, T: Field, A: MapAccess<'de>>(
    entries: &mut A,
    field: &'static str,
    lists: Lists,
    extra: &mut Map<String, Value>,
) -> Result<Option<T>, A::Error> {
    let received = entries.next_value_seed(field::Seed::new(lists))?;
    if let Received::Misfit(value) = received {
        extra.insert(field.to_owned(), value);
        return Ok(None);
    }
    if !extra.is_empty() {
        extra.remove(field);
    }
    Ok(match received {
        Received::Fits(value) => Some(value),
        Received::Null | Received::Misfit(_) => None,
    })
}

/// The value of a field without which there is no item.
pub(crate) fn strict<'de, T: DeserializeOwned, A: MapAccess<'de>>(
    entries: &mut A,
    field: &'static str,
    into: &mut Option<T>,
) -> Result<(), A::Error> {
    if into.is_some() {
        // Two names for it are as good as none.
        return Err(de::Error::duplicate_field(field));
    }
    *into = Some(entries.next_value()?);
    Ok(())
}

/// A list without which there is no page: `null` is an empty one.
pub(crate) fn strict_list<'de, T: Model, A: MapAccess<'de>>(
    entries: &mut A,
    field: &'static str,
    lists: Lists,
    into: &mut Option<TolerantList<T>>,
) -> Result<(), A::Error> {
    if into.is_some() {
        return Err(de::Error::duplicate_field(field));
    }
    *into = Some(match entries.next_value_seed(field::Seed::new(lists))? {
        Received::Fits(list) => list,
        Received::Null => TolerantList::default(),
        Received::Misfit(_) => {
            let found = de::Unexpected::Other("something else");
            return Err(de::Error::invalid_type(found, &"a list"));
        }
    });
    Ok(())
}

/// All items in one pass.
fn at_once<'de, T: Model, A: SeqAccess<'de>>(mut seq: A) -> Result<TolerantList<T>, A::Error> {
    struct Item<T>(PhantomData<T>);

    impl<'de, T: Model> DeserializeSeed<'de> for Item<T> {
        type Value = T;

        fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<T, D::Error> {
            T::decode(deserializer, Lists::AtOnce)
        }
    }

    let mut list = TolerantList::default();
    while let Some(item) = seq.next_element_seed(Item(PhantomData))? {
        list.push(item);
    }
    Ok(list)
}

#[cfg(test)]
mod tests;
