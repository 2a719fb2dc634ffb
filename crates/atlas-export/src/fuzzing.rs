//! Entries for fuzzers and property tests: the parsers of this crate that read what a server
//! sends. Each takes any bytes, and fails by panicking.

use std::time::SystemTime;

use atlas_export_api::types::{ExportBucketPage, ExportJobPage, SnapshotPage};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use serde::{Serialize, de::DeserializeOwned};

use crate::{
    error::ApiError,
    transport::{Answer, Cause, Failure, admissions, envelope, retry_after},
};

/// `Retry-After`, the token bucket in the body of a 429, and what the rate governor makes of them.
pub fn waits(value: &[u8], body: &[u8]) {
    let mut headers = HeaderMap::new();
    if let Ok(value) = HeaderValue::from_bytes(value) {
        headers.insert(header::RETRY_AFTER, value);
    }
    let failure = Failure::of(Cause::refused(Answer {
        status: StatusCode::TOO_MANY_REQUESTS,
        headers,
        body: body.to_vec().into(),
    }));
    let _ = retry_after(&failure, SystemTime::UNIX_EPOCH);
    admissions(&failure);
}

/// The envelope, and an error body. What is opened is a part of what was closed.
///
/// # Panics
/// Where an envelope gives out what was not in it.
pub fn envelope(body: &[u8]) {
    let opened = envelope::unwrap(Answer {
        status: StatusCode::OK,
        headers: HeaderMap::new(),
        body: body.to_vec().into(),
    });
    assert!(opened.body.len() <= body.len());
    let _ = ApiError::read(body);
}

/// A page. What decodes is written again, and then decodes to the same.
///
/// # Panics
/// Where it does not.
pub fn pages(body: &[u8]) {
    round_trip::<ExportBucketPage>(body);
    round_trip::<ExportJobPage>(body);
    round_trip::<SnapshotPage>(body);
}

fn round_trip<T: DeserializeOwned + Serialize + PartialEq + std::fmt::Debug>(body: &[u8]) {
    if let Ok(page) = serde_json::from_slice::<T>(body) {
        let written = serde_json::to_vec(&page);
        let again = written.and_then(|text| serde_json::from_slice::<T>(&text));
        match again {
            Ok(again) => assert_eq!(again, page),
            Err(error) => assert!(error.is_io(), "what was written does not decode: {error}"),
        }
    }
}
