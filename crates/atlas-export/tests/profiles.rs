//! Where credentials come from: the chain of environment and profile, row by row, each in a process
//! with an environment of its own.
#![cfg(all(feature = "profile", unix))]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test may panic: that is how it fails"
)]

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use atlas_export::Client;

const PROFILES: &str = r#"
[default]
public_api_key = "defaultk"
private_api_key = "0a1b2c3d-0000-4000-8000-0123456789ab"
base_url = "https://default.example"

[backup]
client_id = "mdb_sa_id_1234567890abcdef12345678"
client_secret = "mdb_sa_sk_s3cret"
service = "cloudgov"

[half]
public_api_key = "abcdefgh"
"#;

/// A folder with these profiles, for `XDG_CONFIG_HOME`.
fn folder(name: &str, profiles: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let file = folder.join("atlascli/config.toml");
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    fs::write(file, profiles).unwrap();
    folder
}

/// Run by the next test, in a process with an environment of its own.
#[test]
#[ignore = "wants an environment of its own"]
fn child() {
    match Client::from_default_chain() {
        Ok(client) => println!("CLIENT {client:?}"),
        Err(error) => println!("ERROR {error}"),
    }
}

fn told(environment: &[(&str, &str)]) -> String {
    let output = Command::new(std::env::current_exe().unwrap())
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

#[test]
fn credentials_come_from_the_first_place_that_has_them_whole_with_their_address() {
    let some = folder("some-profiles", PROFILES);
    let (some, none) = (some.to_str().unwrap(), env!("CARGO_TARGET_TMPDIR"));
    let (public, private) = (
        "MONGODB_ATLAS_PUBLIC_API_KEY",
        "MONGODB_ATLAS_PRIVATE_API_KEY",
    );
    let key = [
        (public, "abcdefgh"),
        (private, "0a1b2c3d-0000-4000-8000-0123456789ab"),
    ];
    let home = |folder| ("XDG_CONFIG_HOME", folder);
    let url = ("MONGODB_ATLAS_BASE_URL", "https://environment.example");
    for (environment, rules) in [
        // Neither: both are told.
        (
            vec![home(none)],
            ["the environment has none", "does not exist"],
        ),
        (vec![], ["the environment has none", "no HOME"]),
        // The environment, though there is a profile; and its address.
        (
            vec![key[0], key[1], home(some)],
            ["CLIENT", "https://cloud.mongodb.com"],
        ),
        (
            vec![key[0], key[1], url, home(some)],
            ["CLIENT", "https://environment.example"],
        ),
        // Half of it is no reason to look further.
        (
            vec![key[0], home(some)],
            ["ERROR", "MONGODB_ATLAS_PRIVATE_API_KEY is not"],
        ),
        // The profile, with its own address, whatever the environment says of addresses.
        (vec![home(some)], ["CLIENT", "https://default.example"]),
        (vec![url, home(some)], ["CLIENT", "https://default.example"]),
        (
            vec![("MONGODB_ATLAS_PROFILE", "backup"), home(some)],
            ["CLIENT", "https://cloud.mongodbgov.com"],
        ),
        (
            vec![("MONGODB_ATLAS_PROFILE", "half"), home(some)],
            [
                "config.toml: profile half: public_api_key is there",
                "keychain",
            ],
        ),
        (
            vec![("MONGODB_ATLAS_PROFILE", "gone"), home(some)],
            ["there is no profile \"gone\"", "choose one of"],
        ),
        // Where the folder is by default.
        (
            vec![("HOME", some)],
            ["the environment has none", ".config/atlascli/config.toml"],
        ),
    ] {
        let told = told(&environment);
        for rule in rules {
            assert!(told.contains(rule), "{environment:?}: {told}");
        }
    }
}

#[test]
fn a_profile_is_taken_by_its_name() {
    let text = fs::read_to_string(folder("named", PROFILES).join("atlascli/config.toml")).unwrap();
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
