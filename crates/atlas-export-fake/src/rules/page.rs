//! Pages: `{links, results, totalCount}`.
//!
//! `rel=next` is missing on the last page, `rel=previous` on the first. A page past the end is empty,
//! not an error. Links point at the fake itself; the order of their query follows the v1.0 reference
//! pages.

use serde_json::{Map, Value, json};

use crate::rules::error::AtlasError;
use crate::rules::query;

/// What lists say in `totalCount`, which Atlas calls an estimate.
///
/// ```
/// use atlas_export_fake::{FakeAtlas, TotalCount};
///
/// let builder = FakeAtlas::builder().total_count(TotalCount::Fixed(1_000_000));
/// # drop(builder);
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum TotalCount {
    /// The true number of items.
    #[default]
    Exact,
    /// Nothing, as if every request had said `includeCount=false`.
    Absent,
    /// This number, whatever the list holds.
    Fixed(u64),
}

/// How lists are answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ListOptions {
    /// Whether a page has `links`.
    pub(crate) links: bool,
    pub(crate) total_count: TotalCount,
}

impl Default for ListOptions {
    fn default() -> Self {
        Self {
            links: true,
            total_count: TotalCount::default(),
        }
    }
}

/// Atlas: `itemsPerPage` 1–500.
const MAX_ITEMS_PER_PAGE: usize = 500;
const DEFAULT_ITEMS_PER_PAGE: usize = 100;
/// Atlas's page numbers are 32-bit signed integers.
const MAX_PAGE_NUM: usize = 0x7fff_ffff;

/// Cuts the page that `query` asks for out of `items`, of which `show` makes bodies: of those on the page
/// alone, since a long list is read page by page. `address` is the absolute URL of the list.
pub(crate) fn page<T>(
    items: &[T],
    show: impl FnMut(&T) -> Value,
    query: &str,
    address: &str,
    options: ListOptions,
) -> Result<Map<String, Value>, AtlasError> {
    let number = query::number(query, "pageNum", 1, 1, MAX_PAGE_NUM)?;
    let size = query::number(
        query,
        "itemsPerPage",
        DEFAULT_ITEMS_PER_PAGE,
        1,
        MAX_ITEMS_PER_PAGE,
    )?;
    let include_count = query::flag(query, "includeCount", true)?;

    let total = items.len();
    let start = (number - 1).saturating_mul(size);
    let results: Vec<Value> = items.iter().skip(start).take(size).map(show).collect();
    let mut page = Map::new();

    if options.links {
        let count = if include_count {
            ""
        } else {
            "&includeCount=false"
        };
        let link = |rel: &str, number: usize| {
            let href = format!("{address}?pageNum={number}&itemsPerPage={size}{count}");
            json!({ "href": href, "rel": rel })
        };
        let mut links = vec![link("self", number)];
        if number > 1 {
            links.push(link("previous", number - 1));
        }
        if start.saturating_add(size) < total {
            links.push(link("next", number + 1));
        }
        page.insert("links".into(), links.into());
    }
    page.insert("results".into(), results.into());
    let count = match options.total_count {
        TotalCount::Exact => u64::try_from(total).ok(),
        TotalCount::Absent => None,
        TotalCount::Fixed(count) => Some(count),
    };
    if let Some(count) = count.filter(|_| include_count) {
        page.insert("totalCount".into(), count.into());
    }
    Ok(page)
}

#[cfg(test)]
mod tests {
    use super::*;
    const OPTIONS: ListOptions = ListOptions {
        links: true,
        total_count: TotalCount::Exact,
    };

    fn items(count: u64) -> Vec<Value> {
        (0..count).map(Value::from).collect()
    }

    fn rels(page: &Map<String, Value>) -> Vec<&str> {
        page.get("links")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .filter_map(|link| link.get("rel")?.as_str())
            .collect()
    }

    #[test]
    fn pages_and_their_links() -> Result<(), AtlasError> {
        let table: [(u64, &str, &[u64], &[&str]); 6] = [
            (5, "itemsPerPage=2", &[0, 1], &["self", "next"]),
            (
                5,
                "itemsPerPage=2&pageNum=2",
                &[2, 3],
                &["self", "previous", "next"],
            ),
            (5, "itemsPerPage=2&pageNum=3", &[4], &["self", "previous"]),
            (
                4,
                "itemsPerPage=2&pageNum=2",
                &[2, 3],
                &["self", "previous"],
            ),
            (5, "itemsPerPage=2&pageNum=9", &[], &["self", "previous"]),
            (0, "", &[], &["self"]),
        ];
        for (count, query, results, links) in table {
            let page = page(
                &items(count),
                Value::clone,
                query,
                "http://fake/list",
                OPTIONS,
            )?;
            assert_eq!(page.get("results"), Some(&json!(results)), "{query}");
            assert_eq!(page.get("totalCount"), Some(&json!(count)), "{query}");
            assert_eq!(rels(&page), links, "{query}");
        }
        Ok(())
    }

    #[test]
    fn a_default_page_holds_a_hundred_items() -> Result<(), AtlasError> {
        let page = page(&items(250), Value::clone, "", "http://fake/list", OPTIONS)?;
        let results = page.get("results").and_then(Value::as_array);
        assert_eq!(results.map(Vec::len), Some(100));
        assert_eq!(
            page.get("links").and_then(|links| links.pointer("/1/href")),
            Some(&json!("http://fake/list?pageNum=2&itemsPerPage=100"))
        );
        Ok(())
    }

    #[test]
    fn bodies_are_made_of_the_page_alone() -> Result<(), AtlasError> {
        let jobs: Vec<u64> = (0..16_000).collect();
        for (number, made) in [(1, 500), (32, 500), (33, 0)] {
            let mut bodies = 0;
            let show = |job: &u64| {
                bodies += 1;
                Value::from(*job)
            };
            let query = format!("itemsPerPage=500&pageNum={number}");
            page(&jobs, show, &query, "http://fake/list", OPTIONS)?;
            assert_eq!(bodies, made, "page {number}");
        }
        Ok(())
    }

    #[test]
    fn parameters_out_of_range_are_refused_by_name() {
        for (query, name) in [
            ("pageNum=0", "pageNum"),
            ("pageNum=-1", "pageNum"),
            ("pageNum=2147483648", "pageNum"),
            ("pageNum=one", "pageNum"),
            ("itemsPerPage=0", "itemsPerPage"),
            ("itemsPerPage=501", "itemsPerPage"),
            ("itemsPerPage=", "itemsPerPage"),
            ("includeCount=yes", "includeCount"),
        ] {
            let detail = page(&items(1), Value::clone, query, "http://fake/list", OPTIONS)
                .map_err(|e| e.body().get("detail").map(ToString::to_string));
            assert!(
                matches!(&detail, Err(Some(detail)) if detail.contains(name)),
                "{query}: {detail:?}"
            );
        }
    }

    #[test]
    fn the_count_follows_the_query_and_the_option() -> Result<(), AtlasError> {
        for (query, total_count, expected) in [
            ("includeCount=false", TotalCount::Exact, None),
            ("includeCount=false", TotalCount::Fixed(9), None),
            ("includeCount=true", TotalCount::Absent, None),
            ("", TotalCount::Fixed(9), Some(json!(9))),
        ] {
            let options = ListOptions {
                total_count,
                links: false,
            };
            let page = page(&items(3), Value::clone, query, "http://fake/list", options)?;
            assert_eq!(page.get("totalCount"), expected.as_ref());
            assert_eq!(page.get("links"), None);
        }
        Ok(())
    }
}
