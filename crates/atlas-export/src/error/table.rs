//! Every message of every public error, in one table that a person reads.
//!
//! `INSTA_UPDATE=always cargo test -p atlas-export --lib table` renews it; then read it. A row says
//! on one line what was given or what happened, which rule it broke, and what to do.

use std::{fmt::Display, time::Duration};

use atlas_export_types::{ClusterName, ExportJobId, PageSize, ProjectId, RoleId, TolerantList};
use futures_util::FutureExt as _;
use serde_json::json;

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

fn given(table: &mut Table) {
    table.section("Ids, names and pages");
    table.errors(
        ["", "my project", "0a1b2c3d-0000-4000-8000-0123456789ab"].map(str::parse::<ProjectId>),
    );
    table.errors(["arn:aws:iam::123456789012:role/x", "AROAEXAMPLE"].map(str::parse::<RoleId>));
    let long = "a".repeat(65);
    table.errors(["", "-a", "my cluster", "../other", &long].map(str::parse::<ClusterName>));
    table.errors([0, 501].map(PageSize::new));
    table.errors(["many"].map(str::parse::<PageSize>));
    table.errors([at_once(
        cluster().project().cluster("../x").export_jobs().list(),
    )]);
    table.errors([at_once(
        builder().build().unwrap().project("x").clusters().list(),
    )]);

    table.section("Buckets and roles");
    let role = || "12345678f901a234dbdb00ca".parse::<RoleId>().unwrap();
    for name in [
        "x",
        "s3://bucket",
        "arn:aws:s3:::bucket",
        "a/b",
        " bucket",
        "a..b",
    ] {
        table.errors([NewExportBucket::aws(name, role())]);
    }
    table.errors(["UPPER", "-bucket"].map(|name| NewExportBucket::gcp(name, role())));
    table.errors([NewExportBucket::aws("bucket", RoleId::received("{ROLE}"))]);
    let service = "https://storage.blob.core.windows.net";
    for url in [
        "short",
        "storage.blob.core.windows.net/exports",
        "http://storage.blob.core.windows.net/x",
        "https://storage.dfs.core.windows.net/exports",
        "https://a:b@storage.blob.core.windows.net/x",
        "https://storage.blob.core.windows.net/exports?sig=x",
        "https://storage.blob.core.windows.net/a/b",
        service,
    ] {
        table.errors([NewExportBucket::azure(url, role())]);
    }
    for name in ["Upper", "a_b", "a--b", "others"] {
        table.errors([NewExportBucket::azure_container(
            format!("{service}/exports"),
            name,
            role(),
        )]);
    }
    let gcp = NewExportBucket::gcp("bucket", role()).unwrap();
    table.errors([gcp.require_private_networking(true)]);
    let roles = cluster().project().access_roles();
    table.errors([at_once(roles.find_aws("my-role"))]);
    table.errors([at_once(roles.find_azure("my-principal"))]);
    table.errors([at_once(roles.find_gcp("my-account"))]);
    let id = role();
    table.errors([at_once(roles.authorize(&id, "my-role"))]);
    table.errors([at_once(roles.create_azure("my-principal", "x"))]);
    table.errors([at_once(roles.deauthorize("MOON".into(), &id))]);
    let endpoints = cluster().project().private_endpoints();
    table.errors(["us-east-1", ""].map(|region| at_once(endpoints.create(region))));

    table.section("Snapshots, lists and fleets");
    let snapshots = cluster().snapshots();
    table.errors([0, u32::MAX].map(|days| at_once(snapshots.take().retention_days(days))));
    let id = "5fb6a0e0e5a4d31b5b8ef0b2".parse().unwrap();
    let kept = [Retention::days(0), Retention::years(u32::MAX)];
    table.errors(kept.map(|kept| at_once(snapshots.set_retention(&id, kept))));
    table.row(DeleteSnapshotError::Exporting {
        snapshot: id,
        jobs: vec!["605ccba3c1c7613f423e1585".parse().unwrap()],
    });
    let bucket = "604f6322dc786a5341d4f7fb".parse().unwrap();
    let buckets = cluster().project().export_buckets();
    table.errors([at_once(buckets.update(&bucket))]);
    table.errors([
        at_once(buckets.list().page(0)),
        at_once(buckets.list().concurrency(0)),
    ]);
    table.errors([at_once(buckets.list().page(2).consistent().all())]);
    list::each_error(|error| table.row(error));
    let fleet = || cluster().project().export_fleet(&bucket);
    table.errors([at_once(fleet().concurrency(0).plan())]);
    table.errors([at_once(fleet().shard(3, 3).plan())]);
    table.errors([at_once(fleet().price_per_gigabyte(-1.0).plan())]);
    table.errors([at_once(fleet().projects(["x"]).plan())]);
    let many = || cluster().client().export_fleet("exports");
    let none: [&str; 0] = [];
    table.errors([
        at_once(many().projects(none).plan()),
        at_once(many().projects(["x"]).plan()),
        at_once(cluster().client().export_fleet("").plan()),
    ]);
    let other_bucket = report_of("32b6e34b3d91647abb20e7b8", "604f6322dc786a5341d4f7fc");
    let merged = [report("32b6e34b3d91647abb20e7b8"), other_bucket];
    table.errors([FleetReport::merge(merged), FleetReport::merge([])]);
    table.errors([at_once(
        fleet().resume(report("cccccccccccccccccccccccc")).plan(),
    )]);
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

fn set_up(table: &mut Table) {
    table.section("Credentials");
    for (public, private) in [
        ("", "x"),
        ("abcdefgh", ""),
        ("0a1b2c3d-0000-4000-8000-0123456789ab", "abcdefgh"),
        ("abc defgh", "x"),
        ("abcdefgh", "\"x\""),
        ("abcdefgh", "x\u{feff}"),
        ("abcdefgh", "x\u{fffd}"),
        ("abcdefgh", "\u{200b}x"),
        ("abc:efgh", "x"),
    ] {
        table.errors([Client::builder()
            .credentials(Credentials::api_key(public, private))
            .build()]);
    }
    let id = "mdb_sa_id_5f3a1b2c3d4e5f6a7b8c9d0e";
    for (id, secret) in [("", "x"), (id, ""), ("x y", "x"), ("mdb_sa_sk_x", id)] {
        let account = Credentials::service_account(id, secret);
        if let Err(error) = Client::builder().credentials(account).build() {
            table.row(error);
        }
    }
    table.errors([Client::builder().build()]);

    table.section("Base URL and proxy");
    for url in [
        "cloud.mongodb.com",
        "https:cloud.mongodb.com",
        "https://me:pw@host",
        "https://host?x",
        "http://host",
        "ftp://host",
        "https://host/api/atlas",
        "https://host/api/atlas/v1.0",
    ] {
        table.errors([builder().base_url(url).build()]);
    }
    for proxy in [
        "socks5://proxy",
        "ftp://proxy",
        "not a url",
        "http://a:b",
        "http://proxy?x",
    ] {
        table.errors([builder().proxy(proxy).build()]);
    }

    table.section("Other options");
    let zero = Duration::ZERO;
    table.errors([
        builder().connect_timeout(zero).build(),
        builder().attempt_timeout(zero).build(),
        builder().call_timeout(zero).build(),
        builder().max_response_bytes(0).build(),
        builder().max_in_flight(0).build(),
        builder().max_pages(0).build(),
        builder().application("").build(),
        builder().root_certificates("x").build(),
    ]);
    table.errors([
        builder().resource_version("list", "2023-01-01").build(),
        builder()
            .resource_version("listExportBuckets", "2020-01-01")
            .build(),
        builder()
            .resource_version("listExportBuckets", "2023-01-01")
            .api_version(ApiVersion::V1)
            .build(),
    ]);
    let old = [
        builder().api_version(ApiVersion::V1),
        builder().resource_version("createExportBucket", "2023-01-01"),
    ];
    for old in old {
        let buckets = old
            .build()
            .unwrap()
            .project("32b6e34b3d91647abb20e7b8")
            .export_buckets();
        let gcp = NewExportBucket::gcp("bucket", "12345678f901a234dbdb00ca".parse().unwrap());
        table.errors([at_once(buckets.create(gcp.unwrap()))]);
    }

    table.section("Environment");
    for (set, to) in [
        ("MONGODB_ATLAS_PUBLIC_API_KEY", "abcdefgh"),
        ("MONGODB_ATLAS_SERVICE", "moon"),
        ("MONGODB_ATLAS_PROJECT_ID", "x"),
    ] {
        table.errors([Variables::read(|name| (name == set).then(|| to.to_owned()))]);
    }
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

#[test]
fn every_message_says_what_was_given_which_rule_it_broke_and_what_to_do() {
    let mut table = Table::default();
    given(&mut table);
    set_up(&mut table);
    refused(&mut table);
    ended(&mut table);
    table.section("On the way");
    crate::transport::each_error(|error| table.row(error));
    insta::assert_snapshot!(table.0);
}

/// Keeps `Request` a future of its own, which the table takes as any other.
const _: fn(Request<()>) -> Result<(), Error> = at_once;
