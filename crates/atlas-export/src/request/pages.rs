//! The pages of a list that the contract may not have: `results`, `links`, `totalCount`.

use std::sync::Arc;

use atlas_export_api::types::Link;
use atlas_export_types::{ItemCount, TolerantList};
use http::StatusCode;
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::value::RawValue;

use super::custom::Parts;
use crate::{
    Client,
    list::{Fetched, Fetching, Key, Keys, List, PageChoice},
};

/// What a list sets in the query.
const QUERY: [&str; 3] = ["pageNum", "itemsPerPage", "includeCount"];

/// A page as Atlas sends it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", bound = "T: DeserializeOwned")]
struct PageBody<T> {
    #[serde(default)]
    links: TolerantList<Link>,
    results: TolerantList<T>,
    #[serde(default)]
    total_count: Option<ItemCount>,
}

/// The same page, read for what tells its items apart.
#[derive(Deserialize)]
struct RawPage {
    results: Option<Vec<Box<RawValue>>>,
}

/// What an item is known by.
#[derive(Deserialize)]
struct Known {
    id: Option<String>,
    #[serde(rename = "_id")]
    underscore_id: Option<String>,
}

/// The list that a request answers with, page by page.
pub(super) fn list<T: DeserializeOwned + Send + 'static>(client: Client, parts: Parts) -> List<T> {
    let template = parts.template();
    let fetch = move |client: Client, choice: PageChoice| {
        let parts = parts.clone();
        let fetching: Fetching<T> = Box::pin(async move {
            let parts = parts.with_query(&QUERY, query(choice))?;
            let (page, stats) = parts.send(&client, read, StatusCode::OK).await?;
            Ok(Fetched { stats, ..page })
        });
        fetching
    };
    List::of_pages(client, template, Arc::new(fetch))
}

/// What a list adds to the query. What is the default is left out.
fn query(choice: PageChoice) -> Vec<(&'static str, String)> {
    let number = (choice.number.get() > 1).then(|| choice.number.to_string());
    let size = choice.size.map(|size| size.to_string());
    let count = choice.include_count.map(|count| count.to_string());
    QUERY
        .into_iter()
        .zip([number, size, count])
        .filter_map(|(key, value)| Some((key, value?)))
        .collect()
}

fn read<T: DeserializeOwned>(body: &[u8]) -> Result<Fetched<T>, serde_json::Error> {
    let page: PageBody<T> = serde_json::from_slice(body)?;
    let raw: RawPage = serde_json::from_slice(body)?;
    let keys = raw.results.unwrap_or_default();
    Ok(Fetched {
        results: page.results,
        keys: Keys::Listed(keys.iter().map(|item| key(item)).collect()),
        links: page.links,
        total_count: page.total_count,
        stats: crate::transport::CallStats::default(),
    })
}

fn key(item: &RawValue) -> Key<String> {
    let known: Option<Known> = serde_json::from_str(item.get()).ok();
    let id = known.and_then(|known| known.id.or(known.underscore_id));
    id.map_or_else(|| Key::Raw(item.get().to_owned()), Key::Id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_item_is_known_by_its_id_or_else_by_its_text() {
        let key = |text: &str| key(&RawValue::from_string(text.to_owned()).unwrap());
        for (text, expected) in [
            (r#"{"id": "a", "_id": "b"}"#, Key::Id("a".to_owned())),
            (r#"{"_id": "b"}"#, Key::Id("b".to_owned())),
            (r#"{"id": 7}"#, Key::Raw(r#"{"id": 7}"#.to_owned())),
            ("7", Key::Raw("7".to_owned())),
        ] {
            assert_eq!(key(text), expected);
        }
    }

    #[test]
    fn a_page_without_results_is_none() {
        assert!(read::<u8>(b"{}").is_err());
        assert!(read::<u8>(b"[]").is_err());
        assert_eq!(
            read::<u8>(br#"{"results": [1, "x"]}"#)
                .unwrap()
                .results
                .len(),
            2
        );
    }
}
