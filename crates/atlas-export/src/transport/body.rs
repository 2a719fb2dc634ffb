//! A body, read under a bound.
//!
//! The bound is on the decompressed size, so that a small response cannot become a large one
//! in memory.

use bytes::{Bytes, BytesMut};

use super::failure::Cause;

/// The first buffer for a body of unknown length.
const DEFAULT_BUFFER: usize = 16 * 1024;

/// The largest first buffer: a length is a claim, and memory is taken for bytes that have come.
const MAX_FIRST_BUFFER: usize = 1024 * 1024;

/// Reads a body of at most `bound` bytes. What has come is told on the way.
pub(super) async fn read(
    mut response: reqwest::Response,
    bound: usize,
    mut received: impl FnMut(usize),
) -> Result<Bytes, Cause> {
    // Absent where the body is compressed or chunked.
    let length = response.content_length();
    if length.is_some_and(|length| usize::try_from(length).is_ok_and(|length| length > bound)) {
        return Err(Cause::TooLarge(bound));
    }
    let expected = length.and_then(|length| usize::try_from(length).ok());
    let first = expected
        .unwrap_or(DEFAULT_BUFFER)
        .min(MAX_FIRST_BUFFER)
        .min(bound);
    let mut body = BytesMut::with_capacity(first);
    while let Some(chunk) = response.chunk().await.map_err(Cause::of_reading)? {
        received(chunk.len());
        let length = body.len() + chunk.len();
        if length > bound {
            return Err(Cause::TooLarge(bound));
        }
        if length > body.capacity() {
            // Doubling, but never beyond the bound: old and new buffer together stay below
            // one and a half times it.
            let wanted = length.max(body.capacity().saturating_mul(2)).min(bound);
            let mut larger = BytesMut::with_capacity(wanted);
            larger.extend_from_slice(&body);
            body = larger;
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body.freeze())
}
