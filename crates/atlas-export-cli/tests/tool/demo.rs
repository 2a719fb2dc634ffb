//! `demo`, with nothing set.

use crate::harness::Tool;

#[tokio::test]
async fn it_shows_a_whole_export_with_nothing_set() {
    let ended = Tool::bare().run(&["demo"]).await;
    let text = ended.success();
    for line in [
        "runs on FakeAtlas",
        "Plan",
        "registered bucket",
        "started export job",
        "Cluster0: Queued",
        "Cluster0: InProgress, 8 of 12 collections",
        "exported_snapshots/",
    ] {
        assert!(text.contains(line), "{line}: {text}");
    }
    let mut tail = text.lines().rev().take(4);
    assert!(tail.any(|line| line.contains("Successful")), "{text}");
    // No terminal, so no bar.
    assert!(!text.contains('\u{1b}') && !text.contains('\r'), "{text}");
}

#[tokio::test]
async fn it_asks_nobody_whatever_the_environment_says() {
    let tool = Tool::bare()
        .set("MONGODB_ATLAS_PUBLIC_API_KEY", "abcdefgh")
        .set("MONGODB_ATLAS_BASE_URL", "https://atlas.invalid");
    tool.run(&["demo"]).await.success();
}

#[tokio::test]
async fn a_reader_that_is_gone_stops_no_export() {
    let status = Tool::bare().run_unread(&["demo"]).await;
    assert_eq!(status.code(), Some(0));
}
