//! A list that survives an item it cannot decode.
//!
//! One enum value that the service added yesterday must not cost its caller the other 499 items
//! of a page. So each item is decoded on its own; one that does not fit stays in
//! its place with its raw JSON and the reason.

use std::{fmt, marker::PhantomData};

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{DeserializeOwned, SeqAccess, Visitor},
};
use serde_json::value::RawValue;

use crate::Undecodable;

/// One place of a [`TolerantList`].
#[derive(Clone, Debug, PartialEq)]
pub enum Entry<T> {
    /// An item that decoded.
    Item(T),
    /// An item that did not, as it was received.
    Undecodable(Box<Undecodable>),
}

impl<T> Entry<T> {
    /// The item, unless it is undecodable.
    pub fn item(&self) -> Option<&T> {
        match self {
            Self::Item(item) => Some(item),
            Self::Undecodable(_) => None,
        }
    }

    /// The item, or what stands in its place.
    ///
    /// # Errors
    /// The raw JSON of an item that did not decode.
    pub fn into_result(self) -> Result<T, Box<Undecodable>> {
        match self {
            Self::Item(item) => Ok(item),
            Self::Undecodable(item) => Err(item),
        }
    }
}

/// A list in which an item that does not decode keeps its place beside its neighbours.
///
/// `null` reads as an empty list. Writing puts undecodable items back as they came.
///
/// ```
/// use atlas_export_types::TolerantList;
///
/// let list: TolerantList<u8> = serde_json::from_str(r#"[1, "two", 3]"#)?;
/// assert_eq!(list.items().copied().collect::<Vec<_>>(), [1, 3]);
///
/// let item = list.undecodable().next().unwrap();
/// assert_eq!((item.index(), item.raw()), (1, r#""two""#));
/// assert_eq!(serde_json::to_string(&list)?, r#"[1,"two",3]"#);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, PartialEq)]
pub struct TolerantList<T>(Vec<Entry<T>>);

impl<T> TolerantList<T> {
    /// Adds an item at the end.
    pub fn push(&mut self, item: T) {
        self.0.push(Entry::Item(item));
    }

    /// The number of places, undecodable ones included.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is no place at all.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// All places in order.
    pub fn iter(&self) -> std::slice::Iter<'_, Entry<T>> {
        self.0.iter()
    }

    /// The items that decoded, in order.
    pub fn items(&self) -> impl Iterator<Item = &T> {
        self.0.iter().filter_map(Entry::item)
    }

    /// The items that did not decode, in order.
    pub fn undecodable(&self) -> impl Iterator<Item = &Undecodable> {
        self.0.iter().filter_map(|entry| match entry {
            Entry::Item(_) => None,
            Entry::Undecodable(item) => Some(&**item),
        })
    }
}

impl<T> Default for TolerantList<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T> From<Vec<T>> for TolerantList<T> {
    fn from(items: Vec<T>) -> Self {
        items.into_iter().collect()
    }
}

impl<T> FromIterator<T> for TolerantList<T> {
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Self {
        Self(items.into_iter().map(Entry::Item).collect())
    }
}

impl<T> IntoIterator for TolerantList<T> {
    type Item = Entry<T>;
    type IntoIter = std::vec::IntoIter<Entry<T>>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<'a, T> IntoIterator for &'a TolerantList<T> {
    type Item = &'a Entry<T>;
    type IntoIter = std::slice::Iter<'a, Entry<T>>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

impl<T: fmt::Debug> fmt::Debug for TolerantList<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(&self.0).finish()
    }
}

impl<T: Serialize> Serialize for TolerantList<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(Place))
    }
}

struct Place<'a, T>(&'a Entry<T>);

impl<T: Serialize> Serialize for Place<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Entry::Item(item) => item.serialize(serializer),
            Entry::Undecodable(item) => item.as_raw_value().serialize(serializer),
        }
    }
}

// An item is decoded from its own text, so it cannot borrow from the whole.
impl<'de, T: DeserializeOwned> Deserialize<'de> for TolerantList<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ListVisitor<T>(PhantomData<T>);

        impl<'de, T: DeserializeOwned> Visitor<'de> for ListVisitor<T> {
            type Value = TolerantList<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list")
            }

            fn visit_unit<E>(self) -> Result<Self::Value, E> {
                Ok(TolerantList::default())
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
                let mut entries = Vec::new();
                while let Some(raw) = seq.next_element::<Box<RawValue>>()? {
                    entries.push(match serde_json::from_str(raw.get()) {
                        Ok(item) => Entry::Item(item),
                        Err(error) => {
                            let item = Undecodable::of_text::<T>(entries.len(), raw, &error);
                            Entry::Undecodable(Box::new(item))
                        }
                    });
                }
                Ok(TolerantList(entries))
            }
        }

        deserializer.deserialize_any(ListVisitor(PhantomData))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::{Value, json};

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Job {
        id: String,
        #[serde(flatten)]
        extra: serde_json::Map<String, Value>,
    }

    #[test]
    fn one_undecodable_item_among_a_hundred_costs_nothing_else() {
        let mut items: Vec<Value> = (0..100).map(|n| json!({"id": n.to_string()})).collect();
        items[41] = json!({"id": 41});
        let list: TolerantList<Job> =
            serde_json::from_str(&serde_json::to_string(&items).unwrap()).unwrap();
        assert_eq!(list.items().count(), 99);
        let undecodable: Vec<_> = list.undecodable().collect();
        let [item] = undecodable[..] else {
            panic!("{undecodable:?}")
        };
        assert_eq!((item.index(), item.raw()), (41, r#"{"id":41}"#));
        assert!(item.reason().contains("expected a string"), "{item}");
        assert_eq!(item.field(), Some("id"));
        assert!(item.to_string().contains("field id: "), "{item}");
    }

    #[test]
    fn a_reason_repeats_no_value() {
        let long = "S3CRET".repeat(10_000);
        for item in [
            json!({ "id": 7 }),
            json!(long.clone()),
            json!([long.clone()]),
            json!({ long.clone(): 1 }),
        ] {
            let text = json!([item]).to_string();
            let list: TolerantList<Job> = serde_json::from_str(&text).unwrap();
            let reason = list.undecodable().next().unwrap().to_string();
            assert!(!reason.contains("S3CRET") && reason.len() < 200, "{reason}");
        }
        let list: TolerantList<std::net::IpAddr> =
            serde_json::from_str(&json!([long]).to_string()).unwrap();
        assert!(list.undecodable().next().unwrap().reason().len() < 200);
    }

    #[test]
    fn the_field_that_does_not_fit_is_named_if_the_contract_could_name_it() {
        #[derive(Debug, Deserialize)]
        #[expect(dead_code, reason = "only its decoding is looked at")]
        struct Outer {
            jobs: Vec<Job>,
            by_name: std::collections::HashMap<String, u8>,
        }
        for (item, field) in [
            (
                json!({"jobs": [{"id": "a"}, {"id": 7}], "by_name": {}}),
                Some("jobs[1].id"),
            ),
            (json!({"jobs": 7}), Some("jobs")),
            (
                json!({"jobs": [], "by_name": {"two": "b"}}),
                Some("by_name.two"),
            ),
            (
                json!({"jobs": [], "by_name": {"my key: s3cret": "b"}}),
                None,
            ),
            (json!({"jobs": [], "by_name": {"x".repeat(50): "b"}}), None),
            (json!(7), None),
            (json!({"by_name": {}}), None),
        ] {
            let text = json!([item]).to_string();
            let list: TolerantList<Outer> = serde_json::from_str(&text).unwrap();
            assert_eq!(list.undecodable().next().unwrap().field(), field, "{item}");
        }
    }

    #[test]
    fn null_is_an_empty_list_and_an_object_is_not_a_list() {
        assert!(
            serde_json::from_str::<TolerantList<u8>>("null")
                .unwrap()
                .is_empty()
        );
        assert!(serde_json::from_str::<TolerantList<u8>>("{}").is_err());
    }

    proptest! {
        #[test]
        fn what_is_written_is_what_was_read(items in prop::collection::vec(
            prop_oneof![any::<u8>().prop_map(Value::from), ".*".prop_map(Value::from), Just(json!({"a": [null]}))], 0..20,
        )) {
            let text = serde_json::to_string(&items).unwrap();
            let list: TolerantList<u8> = serde_json::from_str(&text).unwrap();
            prop_assert_eq!(list.len(), items.len());
            prop_assert_eq!(serde_json::to_string(&list).unwrap(), text);
        }
    }
}
