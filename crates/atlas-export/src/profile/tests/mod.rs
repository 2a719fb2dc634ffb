use super::*;

mod keychain;
#[cfg(unix)]
mod permissions;

const KEY: &str =
    "public_api_key = \"abcdefgh\"\nprivate_api_key = \"0a1b2c3d-0000-4000-8000-0123456789ab\"";
const ACCOUNT: &str =
    "client_id = \"mdb_sa_id_1234567890abcdef12345678\"\nclient_secret = \"mdb_sa_sk_s3cret\"";

fn read(fields: &str) -> Result<Profile, Error> {
    Profile::read(
        &format!("version = 2\nskip_update_check = false\n[default]\n{fields}\n"),
        DEFAULT,
    )
}

/// Each error of profiles and keychains, for the table of all messages.
pub(crate) fn each_error(mut tell: impl FnMut(Error)) {
    for (text, name) in [
        ("x", DEFAULT),
        ("", DEFAULT),
        ("[one]\n[two]", "three"),
        ("[default]\npublic_api_key = 7", DEFAULT),
        ("[default]\nauth_type = \"user_account\"", DEFAULT),
        ("[default]\nauth_type = \"x\"", DEFAULT),
        (&format!("[default]\n{KEY}\n{ACCOUNT}"), DEFAULT),
        (&format!("[default]\n{KEY}\nservice = \"x\""), DEFAULT),
        (&format!("[default]\n{KEY}\nproject_id = \"x\""), DEFAULT),
    ] {
        tell(Profile::read(text, name).unwrap_err());
    }
    keychain::each_error(tell);
}

#[test]
fn profiles_are_read_as_the_cli_writes_them() {
    for (fields, shown) in [
        (KEY.to_owned(), "abcdefgh"),
        (ACCOUNT.to_owned(), "mdb_sa_id_1234567890abcdef12345678"),
        (
            format!("auth_type = \"api_keys\"\n{KEY}\n{ACCOUNT}"),
            "abcdefgh",
        ),
        (
            format!("auth_type = \"service_account\"\n{KEY}\n{ACCOUNT}"),
            "mdb_sa_id_1234567890abcdef12345678",
        ),
        (
            format!("{KEY}\noutput = \"json\"\ntelemetry_enabled = true\n[other]"),
            "abcdefgh",
        ),
    ] {
        let profile = read(&fields).unwrap();
        let debug = format!("{profile:?}");
        assert!(debug.contains(shown), "{debug}");
        assert!(
            !debug.contains("s3cret") && !debug.contains("0a1b2c3d"),
            "{debug}"
        );
        assert_eq!(profile.base_url, None);
    }
    let all = format!(
        "{KEY}\nservice = \"cloudgov\"\nproject_id = \"32b6e34b3d91647abb20e7b8\"\norg_id = \"x\""
    );
    let profile = read(&all).unwrap();
    assert_eq!(
        profile.base_url.as_deref(),
        Some("https://cloud.mongodbgov.com")
    );
    assert!(profile.project_id.is_some() && profile.org_id.is_some());
    let own = read(&format!("{all}\nbase_url = \"https://atlas.example\"")).unwrap();
    assert_eq!(own.base_url.as_deref(), Some("https://atlas.example"));
}

/// What the CLI wrote before it knew service accounts and keychains.
const FIRST_GENERATION: &str = r#"
skip_update_check = true
telemetry_enabled = false

[default]
org_id = "5efda6aea3f2ed2e7dd6ce05"
ops_manager_url = "https://cloud.mongodbgov.com/"
output = "plaintext"
private_api_key = "0a1b2c3d-0000-4000-8000-0123456789ab"
project_id = "32b6e34b3d91647abb20e7b8"
public_api_key = "abcdefgh"
service = "cloudgov"
mongosh_path = "/usr/bin/mongosh"
"#;

/// What it writes since, where there is no keychain.
const SECOND_GENERATION: &str = r#"
version = 2
silence_storage_warning = true

[default]
auth_type = "user_account"
access_token = "s3cret"
refresh_token = "s3cret"
service = "cloud"

[backup]
auth_type = "service_account"
client_id = "mdb_sa_id_1234567890abcdef12345678"
client_secret = "mdb_sa_sk_s3cret"
org_id = "5efda6aea3f2ed2e7dd6ce05"
output = "json"
service = "cloud"
"#;

#[test]
fn both_generations_of_the_format_are_read_with_what_this_sdk_does_not_know() {
    let first = Profile::read(FIRST_GENERATION, DEFAULT).unwrap();
    assert_eq!(
        first.credentials.describe(),
        "API key abcdefgh from profile default"
    );
    assert_eq!(
        first.base_url.as_deref(),
        Some("https://cloud.mongodbgov.com/")
    );
    assert!(first.project_id.is_some() && first.org_id.is_some());
    let second = Profile::read(SECOND_GENERATION, "backup").unwrap();
    assert_eq!(
        second.credentials.describe(),
        "service account mdb_sa_id_1234567890abcdef12345678 from profile backup"
    );
    assert_eq!(
        second.base_url.as_deref(),
        Some("https://cloud.mongodb.com")
    );
    let person = Profile::read(SECOND_GENERATION, DEFAULT).unwrap_err();
    assert!(person.to_string().contains("login of a person"), "{person}");
}

#[test]
fn where_none_is_named_it_is_default_or_the_only_one() {
    let chosen = |text: &str| Profile::read_with(text, None, &NotRead).map(|found| found.name);
    let only = format!("version = 2\n[backup]\n{KEY}");
    assert_eq!(chosen(&only).unwrap(), "backup");
    assert_eq!(
        chosen(&format!("{only}\n[default]\n{KEY}")).unwrap(),
        "default"
    );
    let error = chosen(&format!("{only}\n[nightly]\n{KEY}")).unwrap_err();
    assert_eq!(
        error.to_string(),
        "there is no profile \"default\": choose one of backup, nightly"
    );
}

#[test]
fn a_name_in_capitals_is_lowered_as_the_cli_does_it() {
    let profile = Profile::read(&format!("[backup]\n{KEY}"), "Backup").unwrap();
    assert_eq!(profile.name, "backup");
}

#[test]
fn each_mistake_has_its_message_and_no_secret_is_in_it() {
    for (fields, told) in [
        ("", "has no credentials"),
        (
            "auth_type = \"user_account\"\naccess_token = \"s3cret\"",
            "login of a person",
        ),
        ("auth_type = \"s3cret\"", "service_account or api_keys"),
        (
            "public_api_key = \"abcdefgh\"",
            "keychain of the system (service atlascli_default)",
        ),
        ("private_api_key = \"s3cret\"", "public_api_key is not"),
        ("client_id = \"mdb_sa_id_x\"", "client_secret is not: newer"),
        (
            "public_api_key = 7\nprivate_api_key = \"s3cret\"",
            "public_api_key is not a string",
        ),
        (
            "public_api_key = \"abcdefgh\"\nprivate_api_key = \"s3cret\\n\"",
            "white space",
        ),
        (&format!("{KEY}\n{ACCOUNT}"), "set auth_type"),
        (&format!("{KEY}\nservice = \"s3cret\""), "cloud or cloudgov"),
        (
            &format!("{KEY}\nproject_id = \"x\""),
            "24 hexadecimal digits",
        ),
        ("private_api_key = s3cret", "line 4 is not TOML"),
        ("private_api_key = \"s3cret", "line 4 is not TOML"),
    ] {
        let error = read(fields).unwrap_err();
        assert_eq!(error.kind(), crate::ErrorKind::Config);
        let message = error.to_string();
        assert!(message.contains(told), "{fields}: {message}");
        assert!(
            !format!("{message} {error:?}").contains("s3cret"),
            "{message}"
        );
    }
    let missing = Profile::read("[one]\n[two]\n", "three")
        .unwrap_err()
        .to_string();
    assert_eq!(
        missing,
        "there is no profile \"three\": choose one of one, two"
    );
    let none = Profile::read("", DEFAULT).unwrap_err().to_string();
    assert!(
        none.ends_with("make one with `atlas config init`"),
        "{none}"
    );
}

proptest::proptest! {
    #[test]
    fn no_text_panics_or_is_repeated(text in "\\PC{0,40}") {
        if let Err(error) = Profile::read(&format!("[default]\nprivate_api_key = \"S3CRET{text}"), DEFAULT) {
            proptest::prop_assert!(!error.to_string().contains("S3CRET"), "{error}");
        }
    }
}
