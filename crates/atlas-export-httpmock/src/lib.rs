#![cfg_attr(docsrs, feature(doc_cfg))]
#![doc = include_str!("../README.md")]

// The generator's code is as the generator writes it.
#[allow(
    missing_docs,
    missing_debug_implementations,
    unreachable_pub,
    clippy::all,
    clippy::pedantic,
    clippy::unwrap_used,
    clippy::expect_used
)]
#[rustfmt::skip]
mod generated;

pub use generated::{MockServerExt, operations};

/// A body as JSON.
///
/// # Panics
/// Where it does not read as `M`, so that no test passes with an answer that Atlas cannot give.
pub(crate) fn fitting<M: serde::de::DeserializeOwned>(
    body: &(impl serde::Serialize + ?Sized),
) -> serde_json::Value {
    let json = serde_json::to_value(body);
    let read = json.and_then(|json| serde_json::from_value::<M>(json.clone()).map(|_| json));
    match read {
        Ok(json) => json,
        Err(why) => panic!(
            "the body does not fit {} of the contract: {why}",
            std::any::type_name::<M>()
                .rsplit("::")
                .next()
                .unwrap_or_default()
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::MockServerExt as _;

    #[test]
    #[should_panic(expected = "does not fit ExportBucketPage of the contract: missing field")]
    fn an_answer_that_atlas_cannot_give_is_refused() {
        let server = httpmock::MockServer::start();
        server.list_export_buckets(|_, then| drop(then.ok(&serde_json::json!({"items": []}))));
    }
}
