//! `?` works from everything that fails into everything that fails, and loses nothing.

use std::{error::Error as _, time::Duration};

use atlas_export_api::types::{ExportJob, Snapshot};
use atlas_export_types::{ClusterName, PageSize, ProjectId};
use serde_json::json;

use super::{ApiError, Error, ErrorKind};
use crate::{
    buckets::{BucketUsers, DeleteBucketError},
    codes,
    fleet::IncompleteFleet,
    wait::{WaitError, Waitable},
};

fn job(state: &str) -> Box<ExportJob> {
    let job = json!({ "id": "605ccba3c1c7613f423e1585", "state": state });
    Box::new(serde_json::from_value(job).unwrap())
}

fn snapshot() -> Box<Snapshot> {
    let snapshot = json!({ "id": "5fb6a0e0e5a4d31b5b8ef0b2", "status": "failed" });
    Box::new(serde_json::from_value(snapshot).unwrap())
}

fn refusal() -> Error {
    let api = ApiError {
        error_code: Some(codes::EXPORT_BUCKET_DELETE_FAILED_BUCKET_IN_USE.to_owned()),
        ..ApiError::default()
    };
    Error::of_status(409, Some(api), None).with(|inner| inner.attempts = 3)
}

fn waits<T: Waitable>(item: impl Fn() -> Box<T>) -> Vec<(WaitError<T>, ErrorKind)> {
    let late = |last, last_error| WaitError::MaxWaitExceeded {
        last,
        waited: Duration::from_secs(7),
        last_error,
    };
    vec![
        (WaitError::Failed(item()), ErrorKind::Ended),
        (WaitError::Cancelled(item()), ErrorKind::Ended),
        (WaitError::UnknownEnd(item()), ErrorKind::Ended),
        (late(Some(item()), None), ErrorKind::MaxWait),
        (late(None, Some(refusal())), ErrorKind::MaxWait),
        (WaitError::Poll(refusal()), ErrorKind::Api),
    ]
}

/// Everything about an error, its causes included.
fn told(error: &(dyn std::error::Error + 'static)) -> String {
    let causes = std::iter::successors(Some(error), |&error| error.source());
    let told: Vec<String> = causes.map(|error| format!("{error} {error:?}")).collect();
    told.join("\n")
}

fn a_wait_goes_there_and_back<T: Waitable>(item: impl Fn() -> Box<T>) {
    for ((wait, kind), (same, _)) in waits(&item).into_iter().zip(waits(&item)) {
        let error = Error::from(wait);
        assert_eq!(error.kind(), kind);
        if kind != ErrorKind::Api {
            assert!(!error.is_retryable());
            assert_eq!(error.to_string(), same.to_string());
            assert!(error.source().unwrap().is::<WaitError<T>>());
        }
        assert_eq!(told(&WaitError::<T>::from(error)), told(&same));
    }
}

#[test]
fn a_wait_error_is_the_same_after_having_been_an_error() {
    a_wait_goes_there_and_back(|| job("Failed"));
    a_wait_goes_there_and_back(snapshot);
}

#[test]
fn an_error_is_the_same_after_having_been_a_wait_error() {
    let errors = || [refusal(), Error::from(WaitError::Failed(snapshot()))];
    for (error, same) in errors().into_iter().zip(errors()) {
        let waited = WaitError::<ExportJob>::from(error);
        assert!(matches!(waited, WaitError::Poll(_)));
        assert_eq!(told(&Error::from(waited)), told(&same));
    }
}

#[test]
fn a_deletion_goes_there_and_back_and_keeps_what_atlas_said() {
    let errors = || {
        let cluster = || "Orders".parse::<ClusterName>().unwrap();
        let users = BucketUsers {
            clusters: vec![cluster()],
            unknown: vec![(None, refusal())],
        };
        [
            DeleteBucketError::InUse {
                users,
                detached: vec![cluster()],
                source: refusal(),
            },
            DeleteBucketError::Detach {
                cluster: cluster(),
                detached: Vec::new(),
                source: refusal(),
            },
            DeleteBucketError::Delete(refusal()),
        ]
    };
    for (deletion, same) in errors().into_iter().zip(errors()) {
        let error = Error::from(deletion);
        assert_eq!((error.kind(), error.status()), (ErrorKind::Api, Some(409)));
        assert_eq!(
            error.code(),
            Some(codes::EXPORT_BUCKET_DELETE_FAILED_BUCKET_IN_USE)
        );
        assert_eq!(error.attempts(), 3);
        assert_eq!(error.to_string(), same.to_string());
        assert_eq!(told(&DeleteBucketError::from(error)), told(&same));
    }
}

const PROJECT: &str = "32b6e34b3d91647abb20e7b8";

#[test]
fn a_fleet_goes_there_and_back() {
    let report = json!({
        "version": 1,
        "projects": [{ "project": PROJECT, "bucket": "604f6322dc786a5341d4f7fb" }],
        "clusters": [
            { "project": PROJECT, "cluster": "Orders", "status": "successful" },
            { "project": PROJECT, "cluster": "Users", "status": "failed", "message": "no space" },
        ],
    });
    let report: crate::fleet::FleetReport = serde_json::from_value(report).unwrap();
    let incomplete = report.clone().into_result().unwrap_err();
    assert_eq!(incomplete.report(), &report);
    let error = Error::from(incomplete);
    assert_eq!(error.kind(), ErrorKind::Ended);
    assert!(!error.is_retryable());
    let message = error.to_string();
    assert!(message.starts_with("1 of 2 clusters"), "{message}");
    assert!(message.contains("Users: Failed, no space"), "{message}");
    let back = error.downcast::<IncompleteFleet>().unwrap();
    assert_eq!(back.into_report(), report);
}

#[test]
fn a_fleet_whose_exports_go_on_has_not_ended() {
    let report = |status| {
        let report = json!({
            "version": 1,
            "projects": [{ "project": PROJECT, "bucket": "604f6322dc786a5341d4f7fb" }],
            "clusters": [
                { "project": PROJECT, "cluster": "Orders", "status": "started" },
                { "project": PROJECT, "cluster": "Users", "status": status },
            ],
        });
        serde_json::from_value::<crate::fleet::FleetReport>(report).unwrap()
    };
    for (status, kind) in [
        ("planned", ErrorKind::MaxWait),
        ("successful", ErrorKind::MaxWait),
        ("failed", ErrorKind::Ended),
        ("error", ErrorKind::Ended),
    ] {
        let error = Error::from(report(status).into_result().unwrap_err());
        assert_eq!(error.kind(), kind, "{error}");
    }
}

#[test]
fn what_is_invalid_is_a_failed_look_and_a_refused_deletion() {
    let invalid = || "x".parse::<ProjectId>().unwrap_err();
    let waited = WaitError::<ExportJob>::from(invalid());
    assert!(matches!(waited, WaitError::Poll(error) if error.kind() == ErrorKind::Config));
    let waited = WaitError::<ExportJob>::from(DeleteBucketError::Delete(refusal()));
    assert!(matches!(waited, WaitError::Poll(error) if error.status() == Some(409)));
    let error = Error::from(invalid());
    assert!(
        error
            .downcast_ref::<atlas_export_types::InvalidId>()
            .is_some()
    );
    assert!(error.downcast_ref::<std::io::Error>().is_none());
}

#[test]
fn what_was_given_is_a_config_error_with_its_cause() {
    let errors = [
        Error::from("x".parse::<ProjectId>().unwrap_err()),
        Error::from("?".parse::<ClusterName>().unwrap_err()),
        Error::from(PageSize::new(0).unwrap_err()),
    ];
    for error in errors {
        assert_eq!(error.kind(), ErrorKind::Config);
        assert_eq!(error.source().unwrap().to_string(), error.to_string());
    }
}

#[test]
fn a_cause_of_another_type_stays_where_it_is() {
    let error = Error::from(WaitError::Failed(job("Failed")));
    let error = error.downcast::<WaitError<Snapshot>>().unwrap_err();
    let error = error.downcast::<std::io::Error>().unwrap_err();
    assert!(error.downcast::<WaitError<ExportJob>>().is_ok());
    assert!(refusal().downcast::<std::io::Error>().is_err());
}
