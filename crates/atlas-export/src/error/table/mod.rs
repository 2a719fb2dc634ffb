//! Every message of every public error, in one table that a person reads.
//!
//! `INSTA_UPDATE=always cargo test -p atlas-export --lib table` renews it; then read it. A row says
//! on one line what was given or what happened, which rule it broke, and what to do.

use std::{fmt::Display, time::Duration};

use atlas_export_types::{ClusterName, ExportJobId, PageSize, ProjectId, RoleId, TolerantList};
use futures_util::FutureExt as _;
use serde_json::json;

mod given;
mod set_up;

use super::{ApiError, Error, FieldError};
use crate::{
    ApiVersion, Client, ClientBuilder, Cluster, Credentials, NewExportBucket, Request,
    buckets::{BucketUsers, DeleteBucketError},
    codes,
    fleet::{FleetReport, SkipReason},
    list,
    models::{ExportJob, Snapshot},
    snapshots::{DeleteSnapshotError, Retention},
    variables::Variables,
    wait::{WaitError, Waitable},
};

#[derive(Default)]
struct Table(String);

impl Table {
    fn section(&mut self, name: &str) {
        self.0 = format!("{}\n## {name}\n", self.0);
    }

    fn row(&mut self, message: impl Display) {
        let message = message.to_string();
        assert!(!message.contains('\n'), "{message}");
        assert!(!message.ends_with('.'), "{message}");
        assert!(!message.contains("  "), "{message}");
        self.0.push_str(&message);
        self.0.push('\n');
    }

    /// The errors of what must fail.
    fn errors<T, E: Display>(&mut self, results: impl IntoIterator<Item = Result<T, E>>) {
        for result in results {
            self.row(result.err().unwrap());
        }
    }
}

fn builder() -> ClientBuilder {
    Client::builder().credentials(Credentials::api_key("abcdefgh", "x"))
}

fn cluster() -> Cluster {
    let project = builder().build().unwrap();
    project
        .project("32b6e34b3d91647abb20e7b8")
        .cluster("Orders")
}

/// What a request says that fails before anything is sent.
fn at_once<T>(request: impl IntoFuture<Output = Result<T, Error>>) -> Result<T, Error> {
    request.into_future().now_or_never().unwrap()
}

fn report(project: &str) -> FleetReport {
    report_of(project, "604f6322dc786a5341d4f7fb")
}

fn report_of(project: &str, bucket: &str) -> FleetReport {
    serde_json::from_value(json!({
        "version": 1,
        "projects": [{ "project": project, "bucket": bucket }],
        "clusters": [
            { "project": project, "cluster": "Orders", "status": "successful" },
            {
                "project": project, "cluster": "Users", "status": "failed",
                "message": "no space",
            },
            { "project": project, "cluster": "Flex", "status": "skipped" },
        ],
    }))
    .unwrap()
}

fn refused(table: &mut Table) {
    table.section("Refused by Atlas");
    let of = |status, code: Option<&str>, roles: &[&str]| {
        let api = ApiError {
            error_code: code.map(str::to_owned),
            detail: Some("What Atlas says".to_owned()),
            ..ApiError::default()
        };
        Error::of_refusal(status, Some(api), None, roles)
    };
    for code in codes::ALL {
        table.row(of(400, Some(code), &[]));
    }
    table.row(of(403, None, &[]));
    table.row(of(403, None, &["Project Owner", "Project Backup Manager"]));
    table.row(Error::of_refusal(407, None, Some("text/html"), &[]));
    table.row(Error::of_refusal(502, None, Some("text/html"), &[]));
    table.row(Error::of_refusal(503, None, None, &[]));
    let fields = vec![FieldError {
        field: "bucketName".to_owned(),
        description: "too short".to_owned(),
    }];
    let api = ApiError {
        fields,
        ..ApiError::default()
    };
    table.row(Error::of_refusal(400, Some(api), None, &[]));
    let gone = ApiError {
        error_code: Some(codes::VERSION_GONE.to_owned()),
        parameters: vec![json!("2023-01-01"), json!("api/atlas/v1.0/groups")],
        ..ApiError::default()
    };
    table.row(Error::of_refusal(410, Some(gone), None, &[]));

    table.section("What does not decode");
    let item: TolerantList<ExportJob> = serde_json::from_value(json!([{ "id": 7 }])).unwrap();
    let item = item.undecodable().next().unwrap();
    table.row(item);
    let name = "Orders".parse().unwrap();
    table.row(Error::undecodable(
        "listExportJobs",
        Some(&name),
        item.clone(),
    ));
}

fn ended(table: &mut Table) {
    fn waits<T: Waitable>(table: &mut Table, item: impl Fn(&str) -> Box<T>) {
        let waited = Duration::from_secs(3600);
        let late = |last, last_error| WaitError::MaxWaitExceeded {
            last,
            waited,
            last_error,
        };
        let refusal = || Error::of_status(503, None, None);
        table.row(WaitError::Failed(item("failed")));
        table.row(WaitError::Cancelled(item("cancelled")));
        table.row(WaitError::UnknownEnd(item("Paused")));
        table.row(late(Some(item("inProgress")), None));
        table.row(late(None, Some(refusal())));
        table.row(WaitError::<T>::Poll(refusal()));
    }

    table.section("Waits");
    let id = "605ccba3c1c7613f423e1585".parse::<ExportJobId>().unwrap();
    let job = |reason: &str| {
        let reason = json!({ "errorCode": "EXPORT_FAILED", "message": reason });
        let job = json!({ "id": id, "state": "InProgress", "stateReason": reason });
        Box::new(serde_json::from_value::<ExportJob>(job).unwrap())
    };
    waits(table, job);
    let snapshot = |status: &str| {
        let snapshot = json!({ "id": id, "status": status });
        Box::new(serde_json::from_value::<Snapshot>(snapshot).unwrap())
    };
    waits(table, snapshot);

    table.section("Deletions and fleets");
    let name = || "Orders".parse::<ClusterName>().unwrap();
    let source = || Error::of_status(409, None, None);
    let in_use = |detached| {
        let users = BucketUsers {
            clusters: vec![name()],
            unknown: vec![(None, source())],
        };
        DeleteBucketError::InUse {
            users,
            detached,
            source: source(),
        }
    };
    table.row(in_use(Vec::new()));
    table.row(in_use(vec![name()]));
    table.row(DeleteBucketError::Detach {
        cluster: name(),
        detached: Vec::new(),
        source: source(),
    });
    table.row(DeleteBucketError::Delete(source()));
    table.errors([report("32b6e34b3d91647abb20e7b8").into_result()]);
    let project = "32b6e34b3d91647abb20e7b8";
    for change in [
        json!({ "version": 2 }),
        json!({ "projects": [] }),
        json!({ "projects": [{ "project": "x" }] }),
        json!({ "projects": [{ "project": project }, { "project": project }] }),
    ] {
        let mut stored = serde_json::to_value(report("32b6e34b3d91647abb20e7b8")).unwrap();
        let fields = change.as_object().unwrap().clone();
        stored.as_object_mut().unwrap().extend(fields);
        table.errors([serde_json::from_value::<FleetReport>(stored)]);
    }
    for reason in SkipReason::KNOWN {
        table.row(SkipReason::from(*reason).explanation());
    }
}

#[cfg_attr(not(feature = "__rustls"), ignore = "its clients need TLS")]
#[test]
fn every_message_says_what_was_given_which_rule_it_broke_and_what_to_do() {
    let mut table = Table::default();
    given::rows(&mut table);
    set_up::rows(&mut table);
    refused(&mut table);
    ended(&mut table);
    table.section("On the way");
    crate::transport::each_error(|error| table.row(error));
    insta::assert_snapshot!(table.0);
}

/// Apart from the others, as the feature is.
#[cfg(feature = "profile")]
#[test]
fn every_message_of_profiles_and_keychains_is_one_too() {
    let mut table = Table::default();
    table.section("Profiles and keychains");
    crate::profile::each_error(|error| table.row(error));
    insta::assert_snapshot!(table.0);
}

/// Keeps `Request` a future of its own, which the table takes as any other.
const _: fn(Request<()>) -> Result<(), Error> = at_once;
