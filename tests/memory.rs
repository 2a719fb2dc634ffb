//! What an oversized answer costs, with every allocation of the process counted.
#![allow(
    clippy::unwrap_used,
    clippy::cast_precision_loss,
    clippy::print_stdout,
    reason = "a test may panic: that is how it fails"
)]

use atlas_export::{ErrorKind, retry::RetryPolicy};
use atlas_export_tests::{Reply, ScriptedServer, buckets_of};
use peak_alloc::PeakAlloc;

#[global_allocator]
static ALLOCATOR: PeakAlloc = PeakAlloc;

const BOUND: usize = 4 * 1024 * 1024;

/// The error, and by how many bytes the peak grew.
async fn listed(reply: Reply) -> (atlas_export::Error, usize) {
    let server = ScriptedServer::start([reply]).await;
    let client = server
        .client()
        .max_response_bytes(BOUND)
        .retry(RetryPolicy::none());
    let buckets = buckets_of(client);
    ALLOCATOR.reset_peak_usage();
    let before = ALLOCATOR.current_usage();
    let error = buckets.list().await.unwrap_err();
    (error, ALLOCATOR.peak_usage().saturating_sub(before))
}

fn check(what: &str, (error, growth): (atlas_export::Error, usize)) {
    assert_eq!(error.kind(), ErrorKind::Transport, "{what}: {error}");
    assert!(
        error.to_string().contains("4194304 bytes"),
        "{what}: {error}"
    );
    assert!(!error.is_retryable(), "{what}");
    assert!(
        growth <= 2 * BOUND,
        "{what}: the peak grew by {growth} bytes"
    );
    println!(
        "{what}: the peak grew by {:.2} × the bound",
        growth as f64 / BOUND as f64
    );
}

// One test, because the count is of the whole process.
#[tokio::test]
async fn a_body_over_the_bound_is_refused_within_twice_the_bound() {
    let told = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", 64 * BOUND);
    check("a length that is told", listed(Reply::raw(told)).await);

    let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n";
    let endless = head.to_owned() + &" ".repeat(3 * BOUND);
    check(
        "a length that is not told",
        listed(Reply::raw(endless)).await,
    );
}
