use super::*;

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
