//! What `describe` and `Debug` show.

use proptest::prelude::*;

use super::*;

const PRIVATE: &str = "0a1b2c3d-0000-4000-8000-0123456789ab";
const ID: &str = "mdb_sa_id_1234567890abcdef12345678";

#[test]
fn credentials_are_described_by_kind_public_half_and_place() {
    let key = || Credentials::api_key("abcdefgh", PRIVATE);
    let account = Credentials::service_account(ID, "mdb_sa_sk_x");
    for (credentials, described) in [
        (key(), "API key abcdefgh given in code"),
        (
            key().placed(Place::Variable("MONGODB_ATLAS_PUBLIC_API_KEY")),
            "API key abcdefgh from MONGODB_ATLAS_PUBLIC_API_KEY",
        ),
        (
            account,
            "service account mdb_sa_id_1234567890abcdef12345678 given in code",
        ),
        (
            Credentials::provider(|| async { Err::<Credentials, _>("none") }),
            "credentials from a provider",
        ),
    ] {
        assert_eq!(credentials.describe(), described);
    }
}

#[test]
fn what_is_no_public_half_or_a_part_of_the_secret_is_not_shown() {
    for credentials in [
        Credentials::api_key(PRIVATE, "abcdefgh"),
        Credentials::api_key("abcdefghi", "x"),
        Credentials::api_key("abcdefgh", "xabcdefghx"),
        Credentials::api_key("abcdefgh", "cdef"),
        Credentials::service_account("mdb_sa_sk_s3cret", ID),
        Credentials::service_account(ID, format!("x{ID}")),
        Credentials::service_account(format!("{ID}0"), "x"),
    ] {
        let described = credentials.describe();
        assert!(described.contains(" … given in code"), "{described}");
        assert!(
            format!("{credentials:?}").contains("\"…\""),
            "{credentials:?}"
        );
    }
}

#[test]
fn the_same_credentials_are_the_same_wherever_they_come_from() {
    let key = |public: &str, private: &str| Credentials::api_key(public, private);
    let place = Place::Variable("X");
    assert!(key("a", "b").is_same(&key("a", "b").placed(place)));
    assert!(!key("a", "b").is_same(&key("a", "c")));
    assert!(!key("a", "b").is_same(&key("c", "b")));
    let account = |id: &str, secret: &str| Credentials::service_account(id, secret);
    assert!(account("a", "b").is_same(&account("a", "b")));
    assert!(!account("a", "b").is_same(&account("a", "c")));
    assert!(!account("a", "b").is_same(&account("c", "b")));
    assert!(!account("a", "b").is_same(&key("a", "b")));
}

proptest! {
    #[test]
    fn no_secret_is_described(
        public in prop_oneof!["[a-z]{8}", "mdb_sa_id_[0-9a-f]{24}", "\\PC{0,40}"],
        secret in prop_oneof!["[a-z]{8,40}", "mdb_sa_[a-z]{2}_[0-9a-f]{24}", "\\PC{20,40}"],
        cut in 0_usize..12,
    ) {
        // Also a part of the secret in the place of the public half, and a longer one.
        let part: String = secret.chars().skip(cut).take(34).collect();
        for public in [&public, &secret, &part, &format!("{public}{secret}")] {
            for credentials in [
                Credentials::api_key(public.as_str(), secret.as_str()),
                Credentials::service_account(public.as_str(), secret.as_str()),
            ] {
                let shown = format!("{} {credentials:?}", credentials.describe());
                prop_assert!(!shown.contains(&secret), "{}", shown);
                let is_part = secret.contains(public.as_str()) && public.len() >= 8;
                prop_assert!(!is_part || !shown.contains(public.as_str()), "{}", shown);
            }
        }
    }
}
