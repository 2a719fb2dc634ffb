//! The numbers of paging: how much to ask for, and how much there is said to be.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::quoted::quoted;

/// How many items a page holds at the most: 1 to 500 (Atlas: `itemsPerPage`), by default 100.
///
/// ```
/// use atlas_export_types::PageSize;
///
/// assert_eq!(PageSize::new(250)?.get(), 250);
/// assert_eq!(PageSize::MAX.get(), 500);
/// assert!(PageSize::new(501).is_err());
/// # Ok::<(), atlas_export_types::InvalidPageSize>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u16", into = "u16")]
pub struct PageSize(u16);

impl PageSize {
    /// The smallest page, one item.
    pub const MIN: Self = Self(1);
    /// The largest page, 500 items: the fewest requests for a long list.
    pub const MAX: Self = Self(500);
    /// What Atlas takes when nothing is said, 100 items.
    pub const DEFAULT: Self = Self(100);

    /// Checks a size.
    ///
    /// # Errors
    /// [`InvalidPageSize`] outside 1 to 500.
    pub const fn new(items: u16) -> Result<Self, InvalidPageSize> {
        if items < Self::MIN.0 || items > Self::MAX.0 {
            return Err(InvalidPageSize {
                given: Given::Number(items),
            });
        }
        Ok(Self(items))
    }

    /// The number of items.
    pub const fn get(self) -> u16 {
        self.0
    }
}

impl Default for PageSize {
    fn default() -> Self {
        Self::DEFAULT
    }
}

impl TryFrom<u16> for PageSize {
    type Error = InvalidPageSize;

    fn try_from(items: u16) -> Result<Self, InvalidPageSize> {
        Self::new(items)
    }
}

impl From<PageSize> for u16 {
    fn from(size: PageSize) -> Self {
        size.0
    }
}

impl FromStr for PageSize {
    type Err = InvalidPageSize;

    fn from_str(text: &str) -> Result<Self, InvalidPageSize> {
        match text.parse() {
            Ok(items) => Self::new(items),
            Err(_) => Err(InvalidPageSize {
                given: Given::Text(quoted(text)),
            }),
        }
    }
}

impl fmt::Display for PageSize {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A number of items that no page can have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidPageSize {
    given: Given,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Given {
    Number(u16),
    Text(String),
}

impl fmt::Display for InvalidPageSize {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.given {
            Given::Number(items) => write!(f, "a page cannot hold {items} items")?,
            Given::Text(text) => write!(f, "{text} is not a number of items of a page")?,
        }
        f.write_str(": choose 1 to 500, or PageSize::MAX")
    }
}

impl std::error::Error for InvalidPageSize {}

/// What Atlas says about how many items there are in all pages: an estimate, when it is there.
///
/// Anything is read, and kept as it came, because no page is worth losing over an estimate.
///
/// ```
/// use atlas_export_types::ItemCount;
///
/// let count: ItemCount = serde_json::from_str("7")?;
/// assert_eq!(count.get(), Some(7));
/// let odd: ItemCount = serde_json::from_str(r#""about 7""#)?;
/// assert_eq!((odd.get(), odd.to_string().as_str()), (None, r#""about 7""#));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ItemCount(serde_json::Value);

impl ItemCount {
    /// The estimate, if it is a number of items.
    pub fn get(&self) -> Option<u64> {
        self.0.as_u64()
    }
}

impl From<u64> for ItemCount {
    fn from(count: u64) -> Self {
        Self(count.into())
    }
}

impl fmt::Display for ItemCount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for ItemCount {
    type Err = std::num::ParseIntError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse::<u64>().map(Into::into)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_holds_1_to_500_items() {
        for (items, fits) in [(0, false), (1, true), (500, true), (501, false)] {
            assert_eq!(PageSize::new(items).is_ok(), fits, "{items}");
        }
        assert!("70000".parse::<PageSize>().is_err());
        assert!("ten".parse::<PageSize>().is_err());
    }

    #[test]
    fn the_message_says_the_bounds() {
        assert_eq!(
            PageSize::new(501).unwrap_err().to_string(),
            "a page cannot hold 501 items: choose 1 to 500, or PageSize::MAX"
        );
        assert_eq!(
            "70000".parse::<PageSize>().unwrap_err().to_string(),
            "\"70000\" is not a number of items of a page: choose 1 to 500, or PageSize::MAX"
        );
    }

    #[test]
    fn a_count_that_is_none_reads_as_unknown_and_is_kept() {
        for (json, count) in [
            ("7", Some(7)),
            ("null", None),
            ("-1", None),
            ("\"7\"", None),
            ("{}", None),
            ("1e3", None),
        ] {
            let read: ItemCount = serde_json::from_str(json).unwrap();
            assert_eq!(read.get(), count, "{json}");
            let written = serde_json::to_value(&read).unwrap();
            assert_eq!(
                written,
                serde_json::from_str::<serde_json::Value>(json).unwrap()
            );
        }
    }

    proptest::proptest! {
        #[test]
        fn any_number_is_a_size_or_is_refused_on_one_line(number in proptest::prelude::any::<u64>(), text in ".*") {
            for text in [number.to_string(), (number % 600).to_string(), text] {
                match text.parse::<PageSize>() {
                    Ok(size) => proptest::prop_assert!((1..=500).contains(&size.get())),
                    Err(error) => {
                        let line = error.to_string();
                        proptest::prop_assert!(!line.contains(char::is_control), "{line}");
                    }
                }
            }
        }
    }
}
