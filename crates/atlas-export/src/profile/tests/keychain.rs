//! Profiles whose secrets are in a keychain.

use std::cell::RefCell;

use super::super::keychain::{KeychainError, Looked, value};
use super::*;

const ID: &str = "mdb_sa_id_1234567890abcdef12345678";
const PRIVATE: &str = "0a1b2c3d-0000-4000-8000-0123456789ab";

/// A keychain with these items, which notes what it was asked for.
#[derive(Default)]
struct FakeKeychain {
    items: Vec<(&'static str, &'static str, String)>,
    fails: Option<KeychainError>,
    asked: RefCell<Vec<String>>,
}

impl FakeKeychain {
    fn of(items: &[(&'static str, &'static str, &str)]) -> Self {
        let items = items.iter();
        Self {
            items: items.map(|(s, a, v)| (*s, *a, (*v).to_owned())).collect(),
            ..Self::default()
        }
    }
}

impl Keychain for FakeKeychain {
    fn look(&self, service: &str, account: &str) -> Result<Looked, KeychainError> {
        self.asked.borrow_mut().push(format!("{service} {account}"));
        if let Some(error) = &self.fails {
            return Err(error.clone());
        }
        let item = self
            .items
            .iter()
            .find(|(s, a, _)| (*s, *a) == (service, account));
        match item {
            Some((_, _, value)) => value::decoded(value.clone().into_bytes()).map(Looked::Found),
            None => Ok(Looked::Missing),
        }
    }
}

fn read(text: &str, keychain: &FakeKeychain) -> Result<Profile, Error> {
    Profile::read_with(text, Some("default"), keychain)
}

/// Each error of a profile that a keychain is asked for.
pub(super) fn each_error(mut tell: impl FnMut(Error)) {
    let half = "[default]\npublic_api_key = \"abcdefgh\"";
    let empty = FakeKeychain::default();
    for text in ["[default]\n", "[default]\nauth_type = \"api_keys\"", half] {
        tell(read(text, &empty).unwrap_err());
    }
    for error in [
        KeychainError::Locked,
        KeychainError::Silent(60),
        KeychainError::Unreachable("no bus".to_owned()),
        KeychainError::Ambiguous,
    ] {
        let keychain = FakeKeychain {
            fails: Some(error),
            ..FakeKeychain::default()
        };
        tell(read(half, &keychain).unwrap_err());
    }
    for value in ["go-keyring-base64:!", "go-keyring-encoded:!"] {
        let keychain = FakeKeychain::of(&[("atlascli_default", "private_api_key", value)]);
        tell(read(half, &keychain).unwrap_err());
    }
}

#[test]
fn what_the_file_lacks_is_read_from_the_keychain() {
    const SERVICE: &str = "atlascli_default";
    let base64 = "go-keyring-base64:bWRiX3NhX3NrX3MzY3JldA==";
    for (text, items, described) in [
        // The newest generation keeps both halves there, and says which kind they are.
        (
            "version = 2\n[default]\nauth_type = \"service_account\"\nproject_id = \"32b6e34b3d91647abb20e7b8\"",
            &[
                (SERVICE, "client_id", ID),
                (SERVICE, "client_secret", base64),
            ][..],
            "service account mdb_sa_id_1234567890abcdef12345678 from profile default",
        ),
        (
            "version = 2\n[default]\nauth_type = \"api_keys\"",
            &[
                (SERVICE, "public_api_key", "abcdefgh"),
                (SERVICE, "private_api_key", PRIVATE),
                (SERVICE, "client_secret", "mdb_sa_sk_s3cret"),
            ],
            "API key abcdefgh from profile default",
        ),
        // One half in the file.
        (
            "[default]\npublic_api_key = \"abcdefgh\"",
            &[(SERVICE, "private_api_key", PRIVATE)],
            "API key abcdefgh from profile default",
        ),
        // Nothing in the file tells the kind.
        (
            "[default]\nservice = \"cloud\"",
            &[
                (SERVICE, "public_api_key", "abcdefgh"),
                (SERVICE, "private_api_key", PRIVATE),
            ],
            "API key abcdefgh from profile default",
        ),
    ] {
        let profile = read(text, &FakeKeychain::of(items)).unwrap();
        assert_eq!(profile.credentials.describe(), described);
        assert!(!format!("{profile:?}").contains("s3cret"));
    }
}

#[test]
fn a_file_that_has_everything_asks_no_keychain() {
    let keychain = FakeKeychain {
        fails: Some(KeychainError::Locked),
        ..FakeKeychain::default()
    };
    for fields in [KEY, ACCOUNT] {
        read(&format!("[default]\n{fields}"), &keychain).unwrap();
    }
    read("[default]\nauth_type = \"user_account\"", &keychain).unwrap_err();
    assert!(keychain.asked.borrow().is_empty());
}

#[test]
fn only_the_half_that_is_missing_is_asked_for_under_the_name_of_the_profile() {
    let keychain = FakeKeychain::of(&[("atlascli_back-up", "client_secret", "mdb_sa_sk_s3cret")]);
    let text = format!("[back-up]\nclient_id = \"{ID}\"\n[default]\n{KEY}");
    Profile::read_with(&text, Some("back-up"), &keychain).unwrap();
    assert_eq!(*keychain.asked.borrow(), ["atlascli_back-up client_secret"]);
}

#[test]
fn each_failure_of_a_keychain_has_its_message() {
    let half = "[default]\npublic_api_key = \"abcdefgh\"";
    let failing = |error: KeychainError| FakeKeychain {
        fails: Some(error),
        ..FakeKeychain::default()
    };
    for (keychain, told) in [
        (
            FakeKeychain::default(),
            "private_api_key is neither in the file nor in the keychain of the system (service \
             atlascli_default)",
        ),
        (
            FakeKeychain::of(&[("atlascli_default", "private_api_key", "")]),
            "neither in the file nor",
        ),
        (
            FakeKeychain::of(&[(
                "atlascli_default",
                "private_api_key",
                "go-keyring-base64:s3cret!",
            )]),
            "account private_api_key is no base64",
        ),
        (
            FakeKeychain::of(&[("atlascli_default", "private_api_key", "s3cret\n")]),
            "the private key contains white space",
        ),
        (failing(KeychainError::Locked), "is locked: unlock it"),
        (failing(KeychainError::Silent(60)), "within 60 s"),
        (
            failing(KeychainError::Unreachable("no bus".to_owned())),
            "cannot be read: no bus; start it",
        ),
        (failing(KeychainError::Ambiguous), "remove all but one"),
    ] {
        let error = read(half, &keychain).unwrap_err();
        assert_eq!(error.kind(), crate::ErrorKind::Config);
        let message = error.to_string();
        assert!(message.starts_with("profile default: "), "{message}");
        assert!(message.contains(told), "{message}");
        assert!(!message.contains("s3cret"), "{message}");
    }
    let error = read(
        "[default]\nauth_type = \"api_keys\"",
        &FakeKeychain::default(),
    );
    let message = error.unwrap_err().to_string();
    assert!(
        message
            .contains("auth_type is api_keys, but public_api_key and private_api_key are neither"),
        "{message}"
    );
    let error = read("[default]\n", &FakeKeychain::default()).unwrap_err();
    assert!(error.to_string().contains("has no credentials"), "{error}");
}

/// Both kinds in one keychain are as both in one file.
#[test]
fn two_kinds_in_a_keychain_are_an_error() {
    let service = "atlascli_default";
    let keychain = FakeKeychain::of(&[
        (service, "client_id", ID),
        (service, "client_secret", "mdb_sa_sk_s3cret"),
        (service, "public_api_key", "abcdefgh"),
        (service, "private_api_key", PRIVATE),
    ]);
    let error = read("[default]\n", &keychain).unwrap_err();
    assert!(error.to_string().contains("set auth_type"), "{error}");
}
