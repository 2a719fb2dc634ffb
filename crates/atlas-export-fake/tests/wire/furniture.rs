//! What a fake starts with, and that it stops.

use std::io::ErrorKind;

use atlas_export_fake::{DEFAULT_PROJECT_ID, FakeAtlas, Snapshot};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::peer::get;
use crate::{Outcome, PROJECT};

#[tokio::test]
async fn an_unfurnished_fake_has_an_empty_project() -> Outcome {
    let fake = FakeAtlas::builder().start().await?;
    assert_eq!(fake.project_id(), DEFAULT_PROJECT_ID);
    let target = format!("/api/atlas/v2/groups/{DEFAULT_PROJECT_ID}/backup/exportBuckets");
    assert_eq!(get(&fake, &target).await?.status, 200);
    Ok(())
}

#[tokio::test]
async fn the_demo_has_snapshots_of_every_kind() -> Outcome {
    let fake = FakeAtlas::builder().demo().start().await?;
    assert_eq!(fake.cluster_names(fake.project_id()), ["Cluster0"]);
    assert_eq!(fake.buckets(fake.project_id()).len(), 1);
    let snapshots = fake.snapshots(fake.project_id(), "Cluster0");
    let of = |key: &str, value: &str| snapshots.iter().filter(|s| s[key] == value).count();
    assert_eq!(of("status", "completed"), 4);
    assert_eq!(of("status", "queued"), 1);
    assert_eq!(of("status", "inProgress"), 1);
    assert_eq!(of("snapshotType", "fallback"), 1);
    Ok(())
}

#[tokio::test]
async fn malformed_ids_are_told_at_the_start() {
    for builder in [
        FakeAtlas::builder().project("32b6e34b3d91647abb20e7bg"),
        FakeAtlas::builder().snapshot(PROJECT, "Cluster0", Snapshot::completed("1")),
    ] {
        let kind = builder.start().await.err().map(|e| e.kind());
        assert_eq!(kind, Some(ErrorKind::InvalidInput));
    }
}

#[tokio::test]
async fn two_fakes_know_nothing_of_each_other() -> Outcome {
    let one = FakeAtlas::builder().buckets(PROJECT, 1).start().await?;
    let other = FakeAtlas::builder().start().await?;
    let target = format!("/api/atlas/v2/groups/{PROJECT}/backup/exportBuckets");
    get(&one, &target).await?;
    assert_ne!(one.url(), other.url());
    assert!(other.requests().is_empty());
    assert!(other.buckets(PROJECT).is_empty());
    Ok(())
}

#[tokio::test]
async fn dropping_it_ends_the_connections_and_frees_the_port() -> Outcome {
    let fake = FakeAtlas::builder().start().await?;
    let address = fake.addr();
    let mut kept = TcpStream::connect(address).await?;
    kept.write_all(b"GET / HTTP/1.1\r\nHost: fake\r\n\r\n")
        .await?;
    let mut answer = [0; 12];
    kept.read_exact(&mut answer).await?;
    assert_eq!(&answer, b"HTTP/1.1 401");

    drop(fake);
    // An end or a reset, whichever the kernel makes of it: either way it ends.
    let _ = kept.read_to_end(&mut Vec::new()).await;
    let refused = TcpStream::connect(address).await.err().map(|e| e.kind());
    assert_eq!(refused, Some(ErrorKind::ConnectionRefused));
    Ok(())
}
