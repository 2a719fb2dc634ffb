use super::*;

fn read(set: &[(&str, &str)]) -> Result<Variables, Error> {
    Variables::read(|name| {
        set.iter()
            .find(|(known, _)| *known == name)
            .map(|(_, value)| (*value).to_owned())
    })
}

fn refusal(set: &[(&str, &str)]) -> String {
    let error = read(set).unwrap_err();
    assert_eq!(error.kind(), crate::ErrorKind::Config);
    error.to_string()
}

#[test]
fn nothing_set_is_no_error() {
    let variables = read(&[]).unwrap();
    assert!(variables.credentials.is_none() && variables.base_url.is_none());
}

#[test]
fn each_family_is_understood_and_the_first_wins() {
    for (public, private) in KEYS {
        assert!(
            read(&[(public, "abcdefgh"), (private, "x")])
                .unwrap()
                .credentials
                .is_some()
        );
    }
    let both = read(&[
        (KEYS[2].0, "mmmmmmmm"),
        (KEYS[2].1, "x"),
        (KEYS[1].0, "aaaaaaaa"),
        (KEYS[1].1, "x"),
    ]);
    assert!(format!("{both:?}").contains("aaaaaaaa"));
}

#[test]
fn a_half_set_pair_is_named_and_families_are_not_mixed() {
    let mixed = refusal(&[(KEYS[0].0, "abcdefgh"), (KEYS[1].1, "x")]);
    assert!(
        mixed.contains("MONGODB_ATLAS_PRIVATE_API_KEY is not"),
        "{mixed}"
    );
    let empty = refusal(&[(KEYS[2].0, ""), (KEYS[2].1, "s3cret")]);
    assert!(empty.contains("MCLI_PUBLIC_API_KEY is not"), "{empty}");
    assert!(!empty.contains("s3cret"));
}

#[test]
fn a_service_account_is_understood_and_its_secret_not_shown() {
    let id = "mdb_sa_id_1234567890abcdef12345678";
    let set = [(SERVICE_ACCOUNT.0, id), (SERVICE_ACCOUNT.1, "s3cret")];
    let shown = format!("{:?}", read(&set).unwrap());
    assert!(shown.contains(id) && !shown.contains("s3cret"), "{shown}");
}

#[test]
fn half_a_service_account_is_an_error_also_beside_an_api_key() {
    for (set, missing) in [
        (SERVICE_ACCOUNT.0, SERVICE_ACCOUNT.1),
        (SERVICE_ACCOUNT.1, SERVICE_ACCOUNT.0),
    ] {
        let half = [(set, "s3cret")];
        let beside = [(set, "s3cret"), (KEYS[0].0, "abcdefgh"), (KEYS[0].1, "y")];
        for message in [refusal(&half), refusal(&beside)] {
            assert!(message.contains(&format!("{missing} is not")), "{message}");
            assert!(!message.contains("s3cret"), "{message}");
        }
    }
}

#[test]
fn a_service_account_and_an_api_key_at_once_are_an_error_that_names_both() {
    for (public, private) in KEYS {
        let message = refusal(&[
            (SERVICE_ACCOUNT.0, "x"),
            (SERVICE_ACCOUNT.1, "s3cret"),
            (public, "abcdefgh"),
            (private, "s3cret"),
        ]);
        for name in [SERVICE_ACCOUNT.0, SERVICE_ACCOUNT.1, public, private] {
            assert!(message.contains(name), "{message}");
        }
        assert!(!message.contains("s3cret"), "{message}");
    }
}

#[test]
fn a_project_that_is_none_is_refused_by_name() {
    assert!(refusal(&[(PROJECTS[0], "my-project")]).contains("MONGODB_ATLAS_PROJECT_ID"));
}

#[test]
fn the_first_base_url_wins() {
    let set = [(URLS[2], "https://c"), (URLS[1], "https://b")];
    assert_eq!(read(&set).unwrap().base_url.as_deref(), Some("https://b"));
}

#[test]
fn the_service_names_the_cloud_and_a_base_url_goes_before_it() {
    for name in SERVICES {
        for (value, origin) in [
            ("cloudgov", "https://cloud.mongodbgov.com"),
            ("cloud", "https://cloud.mongodb.com"),
        ] {
            let read = read(&[(name, value)]).unwrap();
            assert_eq!(read.base_url.as_deref(), Some(origin));
        }
        let both = read(&[(name, "cloudgov"), (URLS[0], "https://a")]).unwrap();
        assert_eq!(both.base_url.as_deref(), Some("https://a"));
        let message = refusal(&[(name, "s3cret")]);
        assert!(message.starts_with(name), "{message}");
        assert!(message.contains("cloud or cloudgov") && !message.contains("s3cret"));
    }
}

#[test]
fn every_name_is_spelled_as_in_the_table_of_the_documentation() {
    let text = include_str!("../variables.rs");
    let table: Vec<&str> = text
        .lines()
        .filter(|line| line.starts_with("//! |"))
        .collect();
    for name in names() {
        let name = format!("`{name}`");
        assert!(table.iter().any(|row| row.contains(&name)), "{name}");
    }
}

#[test]
fn the_organization_of_each_family_is_read_and_not_shown() {
    for name in ORGANIZATIONS {
        let read = read(&[(name, "5efda6aea3f2ed2e7dd6ce05")]).unwrap();
        assert_eq!(read.org_id.as_deref(), Some("5efda6aea3f2ed2e7dd6ce05"));
        assert!(!format!("{read:?}").contains("5efda"));
    }
}

#[test]
fn the_login_of_a_person_is_told_and_not_used() {
    for name in SESSIONS {
        let read = read(&[(name, "s3cret")]).unwrap();
        assert!(read.credentials.is_none());
        let error = read.names().no_credentials();
        let message = error.to_string();
        assert!(
            message.contains(&format!(
                "the login of a person ({name}), which is not used here"
            )),
            "{message}"
        );
        assert!(
            message.contains(SERVICE_ACCOUNT.0) && !message.contains("s3cret"),
            "{message}"
        );
    }
    // Beside credentials it is of no concern.
    let set = [
        (KEYS[0].0, "abcdefgh"),
        (KEYS[0].1, "x"),
        (SESSIONS[0], "s3cret"),
    ];
    assert!(read(&set).unwrap().credentials.is_some());
}

#[test]
fn credentials_say_which_variable_they_come_from() {
    for (public, private) in KEYS {
        let credentials = read(&[(public, "abcdefgh"), (private, "x")])
            .unwrap()
            .credentials;
        let described = credentials.unwrap().describe();
        assert_eq!(described, format!("API key abcdefgh from {public}"));
    }
}

#[test]
fn the_project_of_each_family_is_read() {
    for name in PROJECTS {
        let set = [(name, "32b6e34b3d91647abb20e7b8")];
        assert!(read(&set).unwrap().project_id.is_some());
        assert!(!refusal(&[(name, "s3cret")]).contains("s3cret"));
    }
}

proptest::proptest! {
    #[test]
    fn no_value_panics_or_is_repeated(at in 0_usize..16, text in "\\PC{0,30}") {
        let names: Vec<&str> = names().collect();
        let value = format!("S3CRET{text}");
        let name = names[at % names.len()];
        match read(&[(name, &value)]) {
            Err(error) => proptest::prop_assert!(!error.to_string().contains("S3CRET"), "{}", error),
            Ok(read) => {
                let shown = format!("{read:?}");
                proptest::prop_assert!(!shown.contains("S3CRET"), "{}", shown);
            }
        }
    }
}
