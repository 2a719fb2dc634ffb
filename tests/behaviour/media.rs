//! Small things of the wire: statuses and names that differ from the contract's.

use atlas_export_tests::{Reply, ScriptedServer, page_of, parsed};

#[tokio::test]
async fn a_bucket_may_call_its_id_id() {
    let bucket = r#"{"id":"604f6322dc786a5341d4f7fb","cloudProvider":"AWS"}"#.to_owned();
    let server = ScriptedServer::start([Reply::json(200, &page_of(&[bucket]))]).await;
    let page = server.buckets().list().await.unwrap();
    assert_eq!(page.items[0].id.as_str(), "604f6322dc786a5341d4f7fb");
    // It is written as the service writes it.
    let written = serde_json::to_value(&page.items[0]).unwrap();
    assert_eq!(written["_id"], "604f6322dc786a5341d4f7fb");
}

#[tokio::test]
async fn a_success_of_another_status_is_a_success() {
    let server = ScriptedServer::start([Reply::json(203, r#"{"results":[]}"#)]).await;
    assert!(server.buckets().list().await.unwrap().items.is_empty());
    // Version 1.0 may answer a deletion with a body.
    let server = ScriptedServer::start([Reply::json(200, "{}")]).await;
    server
        .buckets()
        .delete(&parsed("604f6322dc786a5341d4f7fb"))
        .await
        .unwrap();
}
