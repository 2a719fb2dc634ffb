//! What a caller gave and cannot be meant.

use super::*;

pub(super) fn rows(table: &mut Table) {
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
