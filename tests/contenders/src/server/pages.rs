//! Bodies: pages of jobs, made once and kept.

use std::{
    collections::HashMap,
    sync::{LazyLock, Mutex, PoisonError},
};

use bytes::Bytes;

use crate::work::{BUCKET, PAGE, SNAPSHOT};

/// How many jobs there are, which the name of the cluster says: that of the place means 10,000,
/// and `Jobs200000` as many as it says.
const DEFAULT_JOBS: usize = 10_000;

pub(super) fn jobs_of(target: &str) -> usize {
    target
        .split_once("/clusters/Jobs")
        .and_then(|(_, rest)| rest.split('/').next())
        .and_then(|count| count.parse().ok())
        .unwrap_or(DEFAULT_JOBS)
}

pub(super) fn number_of(target: &str) -> usize {
    target
        .split_once("pageNum=")
        .and_then(|(_, rest)| rest.split('&').next())
        .and_then(|number| number.parse().ok())
        .unwrap_or(1)
}

type Pages = HashMap<(usize, usize), Bytes>;

/// A page with all fields that the contract has, in the order of Atlas's own pages.
pub(super) fn page(jobs: usize, number: usize) -> Bytes {
    static PAGES: LazyLock<Mutex<Pages>> = LazyLock::new(Mutex::default);
    let mut pages = PAGES.lock().unwrap_or_else(PoisonError::into_inner);
    pages
        .entry((jobs, number))
        .or_insert_with(|| made(jobs, number).into())
        .clone()
}

fn made(count: usize, number: usize) -> String {
    let first = number.saturating_sub(1) * PAGE;
    let last = (first + PAGE).min(count);
    let jobs: Vec<String> = (first..last).map(job).collect();
    let mut links = r#"{"href":"https://cloud.mongodb.com/api/atlas","rel":"self"}"#.to_owned();
    if last < count {
        links += r#",{"href":"https://cloud.mongodb.com/api/atlas","rel":"next"}"#;
    }
    let jobs = jobs.join(",");
    format!(r#"{{"links":[{links}],"results":[{jobs}],"totalCount":{count}}}"#)
}

pub(super) fn job(number: usize) -> String {
    format!(
        concat!(
            r#"{{"createdAt":"2021-03-25T16:49:23Z","customData":[{{"key":"ticket","value":"OPS-{}"}}],"#,
            r#""exportBucketId":"{}","exportStatus":{{"exportedCollections":12,"totalCollections":12}},"#,
            r#""finishedAt":"2021-03-25T17:04:03Z","id":"{:024x}","#,
            r#""prefix":"exported_snapshots/organization/project/Cluster0/2021-03-25T1649/1616694179","#,
            r#""snapshotId":"{}","state":"Successful"}}"#
        ),
        number, BUCKET, number, SNAPSHOT
    )
}
