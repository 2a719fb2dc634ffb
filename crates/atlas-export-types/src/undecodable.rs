//! What stands in the place of an item that does not decode, and why it does not.

use std::fmt;

use serde::{Serialize, de::DeserializeOwned};
use serde_json::{error::Category, value::RawValue};

/// An item that did not decode, as it was received. `Debug` does not show it: errors carry it
/// into logs.
#[derive(Clone)]
pub struct Undecodable {
    index: usize,
    raw: Box<RawValue>,
    reason: String,
    field: Option<String>,
}

impl Undecodable {
    /// For who cannot do without a field of an item that decoded, but for this field. Its JSON
    /// text is then what the item is written as.
    ///
    /// ```
    /// use atlas_export_types::Undecodable;
    ///
    /// let item = serde_json::json!({"state": 7});
    /// let undecodable = Undecodable::of_field(3, &item, "state", "expected a string");
    /// assert_eq!(undecodable.raw(), r#"{"state":7}"#);
    /// assert_eq!(
    ///     undecodable.to_string(),
    ///     "item 3 of the list does not decode, field state: expected a string"
    /// );
    /// ```
    pub fn of_field(index: usize, item: &impl Serialize, field: &str, reason: &str) -> Self {
        let raw = serde_json::value::to_raw_value(item);
        Self {
            index,
            raw: raw.unwrap_or_else(|_| RawValue::NULL.to_owned()),
            reason: reason.to_owned(),
            field: Some(field.to_owned()),
        }
    }

    /// An item that could not be decoded as `T` from its text.
    pub(crate) fn of_text<T: DeserializeOwned>(
        index: usize,
        raw: Box<RawValue>,
        error: &serde_json::Error,
    ) -> Self {
        Self {
            index,
            reason: without_values(error),
            field: wrong_field::<T>(raw.get()),
            raw,
        }
    }

    /// The same item, at another place of its list: of one that is read page by page, an item's
    /// place in its page is not its place in the list.
    #[must_use]
    pub fn at(mut self, index: usize) -> Self {
        self.index = index;
        self
    }

    pub(crate) fn as_raw_value(&self) -> &RawValue {
        &self.raw
    }

    /// The item's place in its list, counted from 0.
    pub fn index(&self) -> usize {
        self.index
    }

    /// The item's JSON text, as received; see [`of_field`](Self::of_field) for one that decoded.
    pub fn raw(&self) -> &str {
        self.raw.get()
    }

    /// The field in which it did not fit, with those that it is in, for instance
    /// `exportStatus.totalCollections`. `None` where the item as a whole is at fault, or the
    /// field's name is not one that the contract could have.
    pub fn field(&self) -> Option<&str> {
        self.field.as_deref()
    }

    /// Why it did not decode: in which way, and where in its JSON. It repeats nothing of it.
    pub fn reason(&self) -> &str {
        &self.reason
    }
}

impl fmt::Debug for Undecodable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Undecodable")
            .field("index", &self.index)
            .field("reason", &self.reason)
            .field("raw_bytes", &self.raw().len())
            .finish_non_exhaustive()
    }
}

impl PartialEq for Undecodable {
    fn eq(&self, other: &Self) -> bool {
        self.index == other.index && self.raw() == other.raw()
    }
}

impl fmt::Display for Undecodable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "item {} of the list does not decode", self.index)?;
        if let Some(field) = &self.field {
            write!(f, ", field {field}")?;
        }
        write!(f, ": {}", self.reason)
    }
}

impl std::error::Error for Undecodable {}

/// What is wrong with JSON, without the value that is wrong: serde repeats it, however long.
#[doc(hidden)]
pub fn without_values(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let what = match error.classify() {
        Category::Syntax => "no JSON".to_owned(),
        Category::Eof => "it ends too early".to_owned(),
        Category::Io => "it cannot be read".to_owned(),
        Category::Data => misfit(&text),
    };
    match error.line() {
        0 => what,
        line => format!("{what} at line {line} column {}", error.column()),
    }
}

/// The field in which a text does not fit. Only names that the contract could have are told: the
/// keys of what was received may hold anything.
fn wrong_field<T: DeserializeOwned>(text: &str) -> Option<String> {
    let mut json = serde_json::Deserializer::from_str(text);
    let path = match serde_path_to_error::deserialize::<_, T>(&mut json) {
        Ok(_) => return None,
        Err(error) => error.path().to_string(),
    };
    let is_name = |part: &str| {
        let index = part
            .strip_prefix('[')
            .and_then(|part| part.strip_suffix(']'));
        let part = index.unwrap_or(part);
        (1..=40).contains(&part.len())
            && part.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
    };
    let parts = path.replace('[', ".[");
    let is_path = parts
        .split('.')
        .filter(|part| !part.is_empty())
        .all(is_name);
    (is_path && path != "." && path.len() <= 100).then_some(path)
}

/// The part of serde's text that is about the contract: which field, or what was expected.
fn misfit(text: &str) -> String {
    let before_place = |text: &str| text.split(" at line").next().map(str::to_owned);
    let of_field = text.starts_with("missing field") || text.starts_with("duplicate field");
    let told = if of_field {
        before_place(text)
    } else {
        text.rsplit_once("expected ")
            .and_then(|(_, expected)| before_place(expected))
            .map(|expected| format!("expected {expected}"))
    };
    told.filter(|told| told.len() < 100)
        .unwrap_or_else(|| "a value of the wrong kind".to_owned())
}
