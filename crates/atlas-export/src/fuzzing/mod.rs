//! Entries for fuzzers (`cargo fuzz` sets the cfg of this name) and property tests: the parsers of this crate that read what a server
//! sends. Each takes any bytes, and fails by panicking.

use std::{fmt::Display, time::SystemTime};

use atlas_export_api::types::{
    AccessRoleList, BackupSchedule, ClusterDescriptionPage, ExportBucketPage, ExportJobPage,
    SnapshotPage,
};
use atlas_export_types::Entry;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use serde::{Serialize, de::DeserializeOwned};

use crate::{
    Error,
    error::ApiError,
    transport::{ReceivedResponse, admissions, retry_after, unwrap_envelope},
    wait::WaitError,
};

/// `Retry-After`, the token bucket in the body of a 429, and what the rate governor makes of them.
pub fn waits(value: &[u8], body: &[u8]) {
    let mut headers = HeaderMap::new();
    if let Ok(value) = HeaderValue::from_bytes(value) {
        headers.insert(header::RETRY_AFTER, value);
    }
    let response = ReceivedResponse {
        status: StatusCode::TOO_MANY_REQUESTS,
        headers,
        body: body.to_vec().into(),
    };
    let _ = retry_after(&response, SystemTime::UNIX_EPOCH);
    admissions(&response);
}

/// The envelope, and an error body. What is opened is a part of what was closed, and what is told
/// reaches a terminal as letters.
///
/// # Panics
/// Where an envelope gives out what was not in it.
pub fn envelope(body: &[u8]) {
    let opened = unwrap_envelope(ReceivedResponse {
        status: StatusCode::OK,
        headers: HeaderMap::new(),
        body: body.to_vec().into(),
    });
    assert!(opened.body.len() <= body.len());
    let api = ApiError::read(body);
    for status in [400, 401, 403, 404, 410, 429, 500] {
        shown(&Error::of_status(status, api.clone(), None));
        shown(&Error::of_refused_key(status, api.clone(), "advice"));
    }
}

/// A page, and whatever else Atlas answers with. What decodes is written again, and then decodes
/// to the same; and what is read out of it reaches a terminal as letters.
///
/// # Panics
/// Where it does not.
pub fn pages(body: &[u8]) {
    round_trip::<ExportBucketPage>(body);
    round_trip::<ExportJobPage>(body);
    round_trip::<SnapshotPage>(body);
    round_trip::<ClusterDescriptionPage>(body);
    round_trip::<AccessRoleList>(body);
    round_trip::<BackupSchedule>(body);
    if let Ok(page) = serde_json::from_slice::<ExportBucketPage>(body) {
        for entry in &page.results {
            match entry {
                Entry::Item(bucket) => {
                    let target = bucket.target();
                    let other = matches!(target, crate::buckets::BucketTarget::Other { .. });
                    assert_eq!(target.is_same_as(&target), !other, "{target:?}");
                    shown(&bucket.cloud_provider);
                }
                Entry::Undecodable(item) => shown(&Error::undecodable("o", None, *item.clone())),
            }
        }
    }
    if let Ok(page) = serde_json::from_slice::<ExportJobPage>(body) {
        for job in page.results.items() {
            shown(&job.id);
            job.reason().iter().for_each(shown);
            job.state.iter().for_each(shown);
            assert!(job.is_finished() || !job.has_unknown_end());
            for end in [WaitError::Failed, WaitError::UnknownEnd] {
                shown(&end(Box::new(job.clone())));
            }
        }
    }
    if let Ok(page) = serde_json::from_slice::<ClusterDescriptionPage>(body) {
        for cluster in page.results.items() {
            shown(&cluster.tier());
            let _ = cluster.why_not_exportable();
        }
    }
}

fn shown(what: &impl Display) {
    let text = what.to_string();
    assert!(!text.contains(char::is_control), "{text:?}");
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

#[cfg(test)]
mod tests;
