//! The default chain: environment, and profiles of the Atlas CLI. Each row runs in a process with
//! an environment of its own.
// With the keychain, rows would ask that of this machine: keychain.rs has one of its own.
#![cfg(all(feature = "profile", not(feature = "keyring"), unix))]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test may panic: that is how it fails"
)]

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
    thread,
};

use atlas_export::{Client, ClientBuilder, Credentials, Error};

const PROFILES: &str = r#"
[default]
public_api_key = "defaultk"
private_api_key = "0a1b2c3d-0000-4000-8000-0123456789ab"
base_url = "https://default.example"
project_id = "32b6e34b3d91647abb20e7b8"
org_id = "5efda6aea3f2ed2e7dd6ce05"

[backup]
client_id = "mdb_sa_id_1234567890abcdef12345678"
client_secret = "mdb_sa_sk_s3cret"
service = "cloudgov"

[half]
public_api_key = "abcdefgh"

[person]
auth_type = "user_account"
access_token = "s3cret"
"#;

const PRIVATE: &str = "0a1b2c3d-0000-4000-8000-0123456789ab";
const COMMERCIAL: &str = "https://cloud.mongodb.com";

/// A folder of the test that runs, with these profiles, for `XDG_CONFIG_HOME`.
fn folder(profiles: &str) -> PathBuf {
    let test = thread::current();
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(test.name().unwrap());
    let file = folder.join("atlascli/config.toml");
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    fs::write(file, profiles).unwrap();
    folder
}

/// What the row gives in code.
fn builder() -> Result<ClientBuilder, Error> {
    let mut builder = Client::builder();
    if let Ok(url) = env::var("GIVEN_URL") {
        builder = builder.base_url(url);
    }
    if let Ok(id) = env::var("GIVEN_PROJECT") {
        builder = builder.default_project(id.parse()?);
    }
    if env::var_os("GIVEN_KEY").is_some() {
        builder = builder.credentials(Credentials::api_key("givenkey", PRIVATE));
    }
    match env::var("GIVEN_PROFILE") {
        Ok(name) => Ok(builder.credentials(Credentials::from_profile(Some(&name))?)),
        Err(_) if env::var_os("FROM_ENV").is_some() => ClientBuilder::from_env(),
        Err(_) => builder.default_chain(),
    }
}

/// Run by the next test, in a process with an environment of its own.
#[test]
#[ignore = "wants an environment of its own"]
fn child() {
    match builder().and_then(ClientBuilder::build) {
        Ok(client) => println!(
            "CLIENT {client:?} {}; project {:?}; organization {:?}",
            client.describe_credentials(),
            client
                .default_project()
                .and_then(|project| Ok(project.id()?.to_string()))
                .unwrap_or_else(|error| error.to_string()),
            client.org_id(),
        ),
        Err(error) => println!("ERROR {error}"),
    }
}

fn told(environment: &[(&str, &str)]) -> String {
    let output = Command::new(env::current_exe().unwrap())
        .args(["child", "--exact", "--ignored", "--nocapture"])
        .env_clear()
        .envs(environment.iter().copied())
        .output()
        .unwrap();
    let output = String::from_utf8(output.stdout).unwrap();
    assert!(
        !output.contains("s3cret") && !output.contains("0a1b2c3d"),
        "{output}"
    );
    let line = output.lines().find(|line| line.starts_with(['C', 'E']));
    line.unwrap_or_else(|| panic!("{output}")).to_owned()
}

const KEY: [(&str, &str); 2] = [
    ("MONGODB_ATLAS_PUBLIC_API_KEY", "abcdefgh"),
    ("MONGODB_ATLAS_PRIVATE_API_KEY", PRIVATE),
];
const URL: (&str, &str) = ("MONGODB_ATLAS_BASE_URL", "https://environment.example");
const GIVEN_KEY: (&str, &str) = ("GIVEN_KEY", "1");
const GIVEN_URL: (&str, &str) = ("GIVEN_URL", "https://given.example");
const PROJECT: (&str, &str) = ("MONGODB_ATLAS_PROJECT_ID", "aaaaaaaaaaaaaaaaaaaaaaaa");
const SESSION: (&str, &str) = ("MONGODB_ATLAS_ACCESS_TOKEN", "s3cret");

const fn profile(name: &str) -> (&str, &str) {
    ("MONGODB_ATLAS_PROFILE", name)
}

/// What is set beside the profiles, and parts of what the client, or the error, says.
type Row<'a> = (&'a [(&'a str, &'a str)], &'a [&'a str]);

fn check(rows: &[Row<'_>]) {
    let some = folder(PROFILES);
    for (set, parts) in rows {
        let home = ("XDG_CONFIG_HOME", some.to_str().unwrap());
        let told = told(&[&[home], *set].concat());
        for part in *parts {
            assert!(told.contains(part), "{set:?}: {told}");
        }
    }
}

#[test]
fn credentials_come_from_the_first_place_that_has_them_whole() {
    let [public, private] = KEY;
    check(&[
        (
            &[GIVEN_KEY, public, private],
            &["CLIENT", "givenkey given in code"],
        ),
        // Half a pair of the environment is of no concern then.
        (&[GIVEN_KEY, public], &["CLIENT", "givenkey given in code"]),
        (
            &[public, private],
            &[
                "CLIENT",
                "API key abcdefgh from MONGODB_ATLAS_PUBLIC_API_KEY",
            ],
        ),
        (&[], &["CLIENT", "API key defaultk from profile default"]),
        (
            &[profile("backup")],
            &[
                "CLIENT",
                "service account mdb_sa_id_1234567890abcdef12345678 from profile backup",
            ],
        ),
        // An empty variable is none.
        (
            &[(public.0, ""), (private.0, "")],
            &["CLIENT", "from profile default"],
        ),
        // A person's login in the environment is none either.
        (&[SESSION], &["CLIENT", "from profile default"]),
    ]);
}

#[test]
fn a_place_that_is_half_set_or_invalid_is_no_reason_to_look_further() {
    let [public, private] = KEY;
    let account = (
        "MONGODB_ATLAS_CLIENT_ID",
        "mdb_sa_id_1234567890abcdef12345678",
    );
    let secret = ("MONGODB_ATLAS_CLIENT_SECRET", "mdb_sa_sk_s3cret");
    check(&[
        (
            &[public],
            &["ERROR", "MONGODB_ATLAS_PRIVATE_API_KEY is not"],
        ),
        (
            &[private],
            &["ERROR", "MONGODB_ATLAS_PUBLIC_API_KEY is not"],
        ),
        (&[account], &["ERROR", "MONGODB_ATLAS_CLIENT_SECRET is not"]),
        (
            &[public, private, account, secret],
            &["ERROR", "unset one of the two pairs"],
        ),
        (
            &[public, (private.0, "s3cret ")],
            &[
                "ERROR",
                "MONGODB_ATLAS_PRIVATE_API_KEY: the private key contains white space",
            ],
        ),
        (
            &[("MONGODB_ATLAS_SERVICE", "moon")],
            &["ERROR", "cloud or cloudgov"],
        ),
        (
            &[profile("half")],
            &[
                "config.toml: profile half: public_api_key is there",
                "keychain",
            ],
        ),
    ]);
}

#[test]
fn the_address_comes_from_the_place_of_the_credentials_unless_code_sets_it() {
    let [public, private] = KEY;
    let is = |url: &str| format!("base_url: {url:?}");
    let commercial = is(COMMERCIAL);
    check(&[
        (&[public, private], &[&commercial]),
        (&[public, private, URL], &["https://environment.example"]),
        (
            &[public, private, URL, GIVEN_URL],
            &["https://given.example", "abcdefgh"],
        ),
        (&[], &["https://default.example"]),
        (&[URL], &["https://default.example", "defaultk"]),
        (&[profile("backup"), URL], &["https://cloud.mongodbgov.com"]),
        (&[GIVEN_URL], &["https://given.example", "defaultk"]),
        // A key of the program goes to the address of the program.
        (&[GIVEN_KEY, URL], &[&commercial, "givenkey"]),
        (&[GIVEN_KEY, GIVEN_URL, URL], &["https://given.example"]),
        // Credentials of a profile bring its address without the chain, too.
        (
            &[("GIVEN_PROFILE", "backup"), URL],
            &["https://cloud.mongodbgov.com", "from profile backup"],
        ),
        (
            &[("GIVEN_PROFILE", "backup"), GIVEN_URL],
            &["https://given.example"],
        ),
    ]);
}

#[test]
fn project_and_organization_are_looked_for_one_by_one() {
    let [public, private] = KEY;
    let given = ("GIVEN_PROJECT", "bbbbbbbbbbbbbbbbbbbbbbbb");
    let organization = ("MONGODB_ATLAS_ORG_ID", "cccccccccccccccccccccccc");
    let of_profile =
        "project \"32b6e34b3d91647abb20e7b8\"; organization Some(\"5efda6aea3f2ed2e7dd6ce05\")";
    check(&[
        (&[], &[of_profile]),
        (
            &[PROJECT],
            &[
                "project \"aaaaaaaaaaaaaaaaaaaaaaaa\"; organization Some(\"5efda6aea3f2ed2e7dd6ce05\")",
            ],
        ),
        (
            &[organization],
            &[
                "project \"32b6e34b3d91647abb20e7b8\"; organization Some(\"cccccccccccccccccccccccc\")",
            ],
        ),
        (&[PROJECT, given], &["project \"bbbbbbbbbbbbbbbbbbbbbbbb\""]),
        (
            &[GIVEN_KEY, PROJECT],
            &["project \"aaaaaaaaaaaaaaaaaaaaaaaa\"; organization None"],
        ),
        // Credentials of the environment do not look at the profile for it.
        (
            &[public, private],
            &["no project is named", "organization None"],
        ),
        (
            &[public, private, PROJECT],
            &["aaaaaaaaaaaaaaaaaaaaaaaa", "organization None"],
        ),
        (
            &[("MONGODB_ATLAS_PROJECT_ID", "x")],
            &["ERROR", "24 hexadecimal digits"],
        ),
    ]);
}

#[test]
fn where_there_are_none_the_error_says_where_it_looked_and_why_each_did_not_do() {
    let some = folder(PROFILES);
    let some = ("XDG_CONFIG_HOME", some.to_str().unwrap());
    let none = ("XDG_CONFIG_HOME", env!("CARGO_TARGET_TMPDIR"));
    let looked = "none were given in code (ClientBuilder::credentials); the environment has none: \
                  set MONGODB_ATLAS_CLIENT_ID";
    for (environment, why) in [
        (vec![none], "config.toml does not exist"),
        (vec![], "no HOME"),
        (vec![("HOME", some.1)], ".config/atlascli/config.toml"),
        (
            vec![some, profile("gone")],
            "there is no profile \"gone\": choose one of",
        ),
        (vec![some, profile("person")], "login of a person"),
        (vec![some, profile("half")], "private_api_key is not"),
    ] {
        let told = told(&environment);
        assert!(
            told.starts_with("ERROR there are no credentials: "),
            "{told}"
        );
        assert!(
            told.contains(looked) && told.contains(why),
            "{environment:?}: {told}"
        );
    }
    let told = told(&[none, SESSION]);
    assert!(
        told.contains("has the login of a person (MONGODB_ATLAS_ACCESS_TOKEN), which is not used"),
        "{told}"
    );
    // The environment alone says so, too.
    let told = self::told(&[some, SESSION, ("FROM_ENV", "1")]);
    assert!(told.contains("has the login of a person"), "{told}");
}

#[test]
fn a_profile_is_taken_by_its_name() {
    let text = fs::read_to_string(folder(PROFILES).join("atlascli/config.toml")).unwrap();
    let profile = atlas_export::profile::Profile::read(&text, "backup").unwrap();
    let client = Client::builder()
        .base_url("https://elsewhere.example")
        .profile(profile)
        .build()
        .unwrap();
    assert!(
        format!("{client:?}").contains("https://cloud.mongodbgov.com"),
        "{client:?}"
    );
}
