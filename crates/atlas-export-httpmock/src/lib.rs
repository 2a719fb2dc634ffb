#![cfg_attr(docsrs, feature(doc_cfg))]
#![doc = include_str!("../README.md")]

mod fitting;
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

pub(crate) use fitting::fitting;
pub use generated::{MockServerExt, operations};

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
