//! What a client cannot be made of.

use super::*;

pub(super) fn rows(table: &mut Table) {
    credentials(table);
    addresses(table);
    options(table);
}

fn credentials(table: &mut Table) {
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
}

fn addresses(table: &mut Table) {
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
}

fn options(table: &mut Table) {
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
        builder().client_certificate("x").build(),
    ]);
    let address = ([192, 0, 2, 7], 443).into();
    table.errors(["192.0.2.7", "a:443"].map(|host| builder().resolve(host, address).build()));
    table.errors([builder().resolve_to_addrs("a", []).build()]);
    for name in ["", "Authorization", "Accept", "Host", "Range", "TE"] {
        table.errors([builder().default_header(name, "x").build()]);
    }
    table.errors([builder().default_header("X-Key", "\n").build()]);
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
    let person = |name: &str| (name == "MONGODB_ATLAS_ACCESS_TOKEN").then(|| "x".to_owned());
    let person = Variables::read(person).unwrap();
    table.errors([Client::builder().variables(person).build()]);
    table.errors([builder().build().unwrap().default_project()]);
}
