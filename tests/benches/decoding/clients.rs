//! The clients: the SDK, and two that a person would write on the HTTP library alone.

use std::hint::black_box;

use atlas_export::{Client, ClusterName, Credentials, ProjectId};
use atlas_export_tests::{CLUSTER, PROJECT};
use chrono::{DateTime, Utc};
use futures_util::TryStreamExt as _;
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::Value;
use tokio::runtime::Runtime;

use crate::{Failure, JOBS, PAGE};

/// The clients, the one that the others are measured against first.
pub(crate) const CLIENTS: [(&str, &str); 3] = [
    (
        "plain",
        "reqwest and plain structs, which drop what they do not know",
    ),
    (
        "flatten",
        "reqwest and structs that keep it, by #[serde(flatten)]",
    ),
    (
        "sdk",
        "the SDK, which keeps what it does not know, and what does not fit",
    ),
];

/// Reads all jobs with a client, and counts them.
pub(crate) fn read(name: &str, url: &str, runtime: &Runtime) -> Result<usize, Failure> {
    match name {
        "plain" => by_hand::<plain::Page>(url, runtime),
        "flatten" => by_hand::<flatten::Page>(url, runtime),
        "sdk" => sdk(url, runtime),
        _ => Err(format!("there is no client {name}").into()),
    }
}

fn sdk(url: &str, runtime: &Runtime) -> Result<usize, Failure> {
    let client = Client::builder()
        .base_url(format!("{url}/digest/api/atlas/v2"))
        .credentials(Credentials::api_key("abcdefgh", "key"))
        .build()?;
    let project: ProjectId = PROJECT.parse()?;
    let cluster: ClusterName = CLUSTER.parse()?;
    let jobs = client.project(project).cluster(cluster).export_jobs();
    measured(runtime, async {
        let mut count = 0;
        let mut all = jobs.list().by_item();
        while let Some(job) = all.try_next().await? {
            black_box(&job);
            count += 1;
        }
        Ok(count)
    })
}

/// A page as a person would write it.
trait Page: DeserializeOwned {
    type Job;

    fn into_jobs(self) -> Vec<Self::Job>;
}

fn by_hand<P: Page>(url: &str, runtime: &Runtime) -> Result<usize, Failure> {
    let client = reqwest::Client::builder().no_proxy().build()?;
    let url = format!("{url}/api/atlas/v2/groups/{PROJECT}/clusters/{CLUSTER}/backup/exports");
    measured(runtime, async {
        let mut count = 0;
        for number in 1..=JOBS / PAGE {
            let request = client
                .get(&url)
                .query(&[("itemsPerPage", PAGE), ("pageNum", number)]);
            let page: P = request.send().await?.error_for_status()?.json().await?;
            for job in page.into_jobs() {
                black_box(&job);
                count += 1;
            }
        }
        Ok(count)
    })
}

/// What is counted: the callgrind option names this function.
#[inline(never)]
fn measured(
    runtime: &Runtime,
    reading: impl Future<Output = Result<usize, Failure>>,
) -> Result<usize, Failure> {
    runtime.block_on(reading)
}

/// The same models twice, with and without a place for what is unknown.
macro_rules! models {
    ($module:ident; $($field:tt)*) => {
        mod $module {
            use super::{DateTime, Deserialize, Utc, Value};

            #[derive(Deserialize)]
            #[expect(dead_code, reason = "only what decoding costs is of interest")]
            #[serde(rename_all = "camelCase")]
            pub(super) struct Page {
                #[serde(default)]
                links: Vec<Link>,
                results: Vec<Job>,
                total_count: Option<u64>,
                $($field)*
            }

            impl super::Page for Page {
                type Job = Job;

                fn into_jobs(self) -> Vec<Job> {
                    self.results
                }
            }

            #[derive(Deserialize)]
            #[expect(dead_code, reason = "only what decoding costs is of interest")]
            struct Link {
                href: Option<String>,
                rel: Option<String>,
                $($field)*
            }

            #[derive(Deserialize)]
            #[expect(dead_code, reason = "only what decoding costs is of interest")]
            #[serde(rename_all = "camelCase")]
            pub(super) struct Job {
                id: String,
                export_bucket_id: Option<String>,
                snapshot_id: Option<String>,
                state: Option<String>,
                state_reason: Option<Value>,
                err_msg: Option<String>,
                created_at: Option<DateTime<Utc>>,
                finished_at: Option<DateTime<Utc>>,
                prefix: Option<String>,
                export_status: Option<Status>,
                #[serde(default)]
                components: Vec<Component>,
                #[serde(default)]
                custom_data: Vec<Pair>,
                #[serde(default)]
                links: Vec<Link>,
                $($field)*
            }

            #[derive(Deserialize)]
            #[expect(dead_code, reason = "only what decoding costs is of interest")]
            #[serde(rename_all = "camelCase")]
            struct Status {
                exported_collections: Option<i64>,
                total_collections: Option<i64>,
                $($field)*
            }

            #[derive(Deserialize)]
            #[expect(dead_code, reason = "only what decoding costs is of interest")]
            #[serde(rename_all = "camelCase")]
            struct Component {
                export_id: Option<String>,
                replica_set_name: Option<String>,
                $($field)*
            }

            #[derive(Deserialize)]
            #[expect(dead_code, reason = "only what decoding costs is of interest")]
            struct Pair {
                key: String,
                value: String,
            }
        }
    };
}

models!(plain;);
models!(flatten; #[serde(flatten)] extra: serde_json::Map<String, Value>,);
