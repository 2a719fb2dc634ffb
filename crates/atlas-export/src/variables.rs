//! A client from the environment variables that users of other Atlas tools already have.
//!
//! | what | variables, first found wins |
//! |---|---|
//! | API key | `MONGODB_ATLAS_PUBLIC_API_KEY` and `MONGODB_ATLAS_PRIVATE_API_KEY`; `MONGODB_ATLAS_PUBLIC_KEY` and `MONGODB_ATLAS_PRIVATE_KEY`; `MCLI_PUBLIC_API_KEY` and `MCLI_PRIVATE_API_KEY` |
//! | service account | `MONGODB_ATLAS_CLIENT_ID` and `MONGODB_ATLAS_CLIENT_SECRET` |
//! | base URL | `MONGODB_ATLAS_BASE_URL`; `MONGODB_ATLAS_OPS_MANAGER_URL`; `MCLI_OPS_MANAGER_URL` |
//! | cloud, where no base URL is set | `MONGODB_ATLAS_SERVICE`; `MCLI_SERVICE`: `cloud` or `cloudgov` |
//! | project | `MONGODB_ATLAS_PROJECT_ID`; `MCLI_PROJECT_ID` |
//!
//! A public key of one family is never combined with a private key of another, half a pair is an
//! error, and so are a service account and an API key at once: which one is meant is not guessed. A
//! variable that is set but empty counts as not set.

use std::{env, fmt};

use atlas_export_types::ProjectId;

use crate::{Credentials, Environment, Error, credentials::Place, redact};

/// The pairs of variables that hold an API key, public and private.
const KEYS: [(&str, &str); 3] = [
    (
        "MONGODB_ATLAS_PUBLIC_API_KEY",
        "MONGODB_ATLAS_PRIVATE_API_KEY",
    ),
    ("MONGODB_ATLAS_PUBLIC_KEY", "MONGODB_ATLAS_PRIVATE_KEY"),
    ("MCLI_PUBLIC_API_KEY", "MCLI_PRIVATE_API_KEY"),
];

/// The pair of variables that holds a service account, id and secret.
const SERVICE_ACCOUNT: (&str, &str) = ("MONGODB_ATLAS_CLIENT_ID", "MONGODB_ATLAS_CLIENT_SECRET");

const URLS: [&str; 3] = [
    "MONGODB_ATLAS_BASE_URL",
    "MONGODB_ATLAS_OPS_MANAGER_URL",
    "MCLI_OPS_MANAGER_URL",
];

const SERVICES: [&str; 2] = ["MONGODB_ATLAS_SERVICE", "MCLI_SERVICE"];

const PROJECTS: [&str; 2] = ["MONGODB_ATLAS_PROJECT_ID", "MCLI_PROJECT_ID"];

/// Whether any variable that concerns Atlas is set in this process, rightly or not.
pub fn is_set() -> bool {
    names().any(|name| env::var_os(name).is_some_and(|value| !value.is_empty()))
}

/// The variables that are read.
fn names() -> impl Iterator<Item = &'static str> {
    let pairs = KEYS.iter().chain([&SERVICE_ACCOUNT]);
    let keys = pairs.flat_map(|(public, private)| [*public, *private]);
    keys.chain(URLS).chain(SERVICES).chain(PROJECTS)
}

/// What the environment says about Atlas.
///
/// ```
/// use atlas_export::variables::Variables;
///
/// let variables = Variables::read(|name| match name {
///     "MONGODB_ATLAS_PUBLIC_API_KEY" => Some("abcdefgh".into()),
///     _ => None,
/// });
/// let error = variables.unwrap_err();
/// assert!(error.to_string().contains("MONGODB_ATLAS_PRIVATE_API_KEY is not"));
/// ```
#[derive(Clone)]
#[non_exhaustive]
pub struct Variables {
    /// The service account or the API key, if one is set.
    pub credentials: Option<Credentials>,
    /// The base URL, if one is set.
    pub base_url: Option<String>,
    /// The project, if one is set.
    pub project_id: Option<ProjectId>,
    /// The variables that key and base URL come from.
    names: Names,
}

/// The variables that something comes from, for messages.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Names {
    pub(crate) key: Option<(&'static str, &'static str)>,
    pub(crate) base_url: Option<&'static str>,
}

impl Names {
    /// Adds the variables to the message of an error that is about the key.
    pub(crate) fn blame_key(self, error: Error) -> Error {
        match self.key {
            Some((public, private)) => blame(error, &format!("{public} and {private}")),
            None => error,
        }
    }

    /// Adds the variable to the message of an error that is about the base URL.
    pub(crate) fn blame_base_url(self, error: Error) -> Error {
        match self.base_url {
            Some(name) => blame(error, name),
            None => error,
        }
    }
}

fn blame(error: Error, variables: &str) -> Error {
    error.with(|inner| inner.message = format!("{variables}: {}", inner.message))
}

impl fmt::Debug for Variables {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Variables")
            .field("credentials", &self.credentials)
            .field("base_url", &self.base_url.as_deref().map(redact::origin))
            .field("project_id", &self.project_id)
            .finish_non_exhaustive()
    }
}

impl Variables {
    pub(crate) fn names(&self) -> Names {
        self.names
    }

    /// Reads the variables of this process.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub fn of_process() -> Result<Self, Error> {
        // A value that is not Unicode is as good as a wrong one; it becomes one.
        Self::read(|name| env::var_os(name).map(|value| value.to_string_lossy().into_owned()))
    }

    /// Reads the variables that `variable` knows.
    ///
    /// # Errors
    /// A `Config` error that names the variable, where a pair is half set, where both a service
    /// account and an API key are set, or where the project id or the service is none.
    pub fn read(variable: impl Fn(&str) -> Option<String>) -> Result<Self, Error> {
        let get = |name: &str| variable(name).filter(|value| !value.is_empty());
        let pair = |names: &(&'static str, &'static str)| match (get(names.0), get(names.1)) {
            (None, None) => None,
            (Some(one), Some(other)) => Some(Ok((*names, one, other))),
            (Some(_), None) => Some(Err(half(names.0, names.1))),
            (None, Some(_)) => Some(Err(half(names.1, names.0))),
        };
        let api_key = KEYS.iter().find_map(pair).transpose()?;
        let account = pair(&SERVICE_ACCOUNT).transpose()?;
        let credentials = match (api_key, account) {
            (Some((key, ..)), Some((account, ..))) => return Err(both(key, account)),
            (Some((names, public, private)), None) => {
                Some((names, Credentials::api_key(public, private)))
            }
            (None, Some((names, id, secret))) => {
                Some((names, Credentials::service_account(id, secret)))
            }
            (None, None) => None,
        };
        let project_id = PROJECTS
            .into_iter()
            .find_map(|name| Some((name, get(name)?)))
            .map(|(name, id)| {
                id.parse().map_err(|_| {
                    Error::config(format!(
                        "{name} is not the id of a project: an id is 24 hexadecimal digits, for example \
                         32b6e34b3d91647abb20e7b8"
                    ))
                })
            })
            .transpose()?;
        let service = SERVICES
            .into_iter()
            .find_map(|name| Some((name, get(name)?)))
            .map(|(name, value)| Ok::<_, Error>((name, service(name, &value)?.origin().to_owned())))
            .transpose()?;
        let url = URLS.into_iter().find_map(|name| Some((name, get(name)?)));
        let url = url.or(service);
        Ok(Self {
            names: Names {
                key: credentials.as_ref().map(|(names, _)| *names),
                base_url: url.as_ref().map(|(name, _)| *name),
            },
            credentials: credentials
                .map(|((public, _), credentials)| credentials.from_place(Place::Variable(public))),
            base_url: url.map(|(_, url)| url),
            project_id,
        })
    }
}

/// The cloud that a service names. The value is not repeated: it may be a key.
pub(crate) fn service(name: &str, value: &str) -> Result<Environment, Error> {
    match value {
        "cloud" => Ok(Environment::Commercial),
        "cloudgov" => Ok(Environment::Government),
        _ => Err(Error::config(format!(
            "{name} is not a service that this SDK knows: set it to cloud or cloudgov, or unset \
             it and set {}",
            URLS[0]
        ))),
    }
}

fn half(set: &str, missing: &str) -> Error {
    Error::config(format!(
        "{set} is set, but {missing} is not: credentials have two halves; set both variables"
    ))
}

/// What to say where two kinds of credentials are set.
fn both(key: (&str, &str), account: (&str, &str)) -> Error {
    Error::config(format!(
        "both an API key ({}, {}) and a service account ({}, {}) are set: unset one of the two pairs",
        key.0, key.1, account.0, account.1
    ))
}

/// What to say when there are no credentials at all.
pub(crate) fn no_credentials() -> Error {
    Error::config(format!(
        "no credentials are given: call ClientBuilder::credentials, or set {} and {} (a service \
         account) or {} and {} (an API key)",
        SERVICE_ACCOUNT.0, SERVICE_ACCOUNT.1, KEYS[0].0, KEYS[0].1
    ))
}

#[cfg(test)]
mod tests {
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
            (KEYS[2].1, "m"),
            (KEYS[1].0, "aaaaaaaa"),
            (KEYS[1].1, "a"),
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
        let text = include_str!("variables.rs");
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
}
