//! A client from the environment variables that users of other Atlas tools already have.
//!
//! | what | variables, first found wins |
//! |---|---|
//! | API key | `MONGODB_ATLAS_PUBLIC_API_KEY` and `MONGODB_ATLAS_PRIVATE_API_KEY`; `MONGODB_ATLAS_PUBLIC_KEY` and `MONGODB_ATLAS_PRIVATE_KEY`; `MCLI_PUBLIC_API_KEY` and `MCLI_PRIVATE_API_KEY` |
//! | service account | `MONGODB_ATLAS_CLIENT_ID` and `MONGODB_ATLAS_CLIENT_SECRET` |
//! | base URL | `MONGODB_ATLAS_BASE_URL`; `MONGODB_ATLAS_OPS_MANAGER_URL`; `MCLI_OPS_MANAGER_URL` |
//! | cloud, where no base URL is set | `MONGODB_ATLAS_SERVICE`; `MCLI_SERVICE`: `cloud` or `cloudgov` |
//! | project | `MONGODB_ATLAS_PROJECT_ID`; `MCLI_PROJECT_ID` |
//! | organization | `MONGODB_ATLAS_ORG_ID`; `MCLI_ORG_ID` |
//! | the login of a person, which is not used | `MONGODB_ATLAS_ACCESS_TOKEN`; `MCLI_ACCESS_TOKEN` |
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

const ORGANIZATIONS: [&str; 2] = ["MONGODB_ATLAS_ORG_ID", "MCLI_ORG_ID"];

/// Where the CLI takes the login of a person from.
const SESSIONS: [&str; 2] = ["MONGODB_ATLAS_ACCESS_TOKEN", "MCLI_ACCESS_TOKEN"];

/// Whether any variable that concerns Atlas is set in this process, rightly or not.
pub fn is_set() -> bool {
    names().any(|name| env::var_os(name).is_some_and(|value| !value.is_empty()))
}

/// The variables that are read.
fn names() -> impl Iterator<Item = &'static str> {
    let pairs = KEYS.iter().chain([&SERVICE_ACCOUNT]);
    let keys = pairs.flat_map(|(public, private)| [*public, *private]);
    let places = keys.chain(URLS).chain(SERVICES);
    places.chain(PROJECTS).chain(ORGANIZATIONS).chain(SESSIONS)
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
    /// The id of the organization, if one is set, as it stands there.
    pub org_id: Option<String>,
    /// The variables that key and base URL come from.
    names: Names,
}

/// The variables that something comes from, for messages.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Names {
    pub(crate) key: Option<(&'static str, &'static str)>,
    pub(crate) base_url: Option<&'static str>,
    /// That of the login of a person.
    session: Option<&'static str>,
}

/// What may be set one by one, whatever place credentials come from.
#[derive(Clone, Debug, Default)]
pub(crate) struct Fields {
    pub(crate) project_id: Option<ProjectId>,
    pub(crate) org_id: Option<String>,
}

impl Fields {
    /// Of the environment of this process.
    #[cfg(feature = "profile")]
    pub(crate) fn of_process() -> Result<Self, Error> {
        Self::read(&|name| of_process(name))
    }

    fn read(get: &dyn Fn(&str) -> Option<String>) -> Result<Self, Error> {
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
            });
        Ok(Self {
            project_id: project_id.transpose()?,
            org_id: ORGANIZATIONS.into_iter().find_map(get),
        })
    }

    /// The same, and from the other what these lack.
    pub(crate) fn or(self, other: Self) -> Self {
        Self {
            project_id: self.project_id.or(other.project_id),
            org_id: self.org_id.or(other.org_id),
        }
    }
}

/// A variable of this process that is not empty.
fn of_process(name: &str) -> Option<String> {
    // A value that is not Unicode is as good as a wrong one; it becomes one.
    let value = env::var_os(name)?.to_string_lossy().into_owned();
    Some(value).filter(|value| !value.is_empty())
}

impl Names {
    /// Why there are no credentials in the environment, and how there would be.
    pub(crate) fn why_no_credentials(self) -> String {
        let set = format!(
            "set {} and {} (a service account) or {} and {} (an API key)",
            SERVICE_ACCOUNT.0, SERVICE_ACCOUNT.1, KEYS[0].0, KEYS[0].1
        );
        match self.session {
            Some(name) => format!(
                "the environment has the login of a person ({name}), which is not used here: {set}"
            ),
            None => format!("the environment has none: {set}"),
        }
    }

    /// What to say when there are no credentials at all.
    pub(crate) fn no_credentials(self) -> Error {
        Error::config(match self.session {
            Some(_) => self.why_no_credentials(),
            None => format!(
                "no credentials are given: call ClientBuilder::credentials, or set {} and {} (a service \
                 account) or {} and {} (an API key)",
                SERVICE_ACCOUNT.0, SERVICE_ACCOUNT.1, KEYS[0].0, KEYS[0].1
            ),
        })
    }

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
            .field("org_id", &self.org_id.is_some())
            .finish_non_exhaustive()
    }
}

impl Variables {
    pub(crate) fn names(&self) -> Names {
        self.names
    }

    pub(crate) fn fields(&self) -> Fields {
        Fields {
            project_id: self.project_id.clone(),
            org_id: self.org_id.clone(),
        }
    }

    /// Reads the variables of this process.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub fn of_process() -> Result<Self, Error> {
        Self::read(of_process)
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
        let fields = Fields::read(&get)?;
        let service = SERVICES
            .into_iter()
            .find_map(|name| Some((name, get(name)?)))
            .map(|(name, value)| {
                Ok::<_, Error>((name, service((name, URLS[0]), &value)?.origin().to_owned()))
            })
            .transpose()?;
        let url = URLS.into_iter().find_map(|name| Some((name, get(name)?)));
        let url = url.or(service);
        Ok(Self {
            names: Names {
                key: credentials.as_ref().map(|(names, _)| *names),
                base_url: url.as_ref().map(|(name, _)| *name),
                session: SESSIONS.into_iter().find(|name| get(name).is_some()),
            },
            credentials: credentials
                .map(|((public, _), credentials)| credentials.placed(Place::Variable(public))),
            base_url: url.map(|(_, url)| url),
            project_id: fields.project_id,
            org_id: fields.org_id,
        })
    }
}

/// The cloud that a service names, or else what a URL may be set as in its place. The value is not
/// repeated: it may be a key.
pub(crate) fn service((name, url): (&str, &str), value: &str) -> Result<Environment, Error> {
    match value {
        "cloud" => Ok(Environment::Commercial),
        "cloudgov" => Ok(Environment::Government),
        _ => Err(Error::config(format!(
            "{name} is not a service that this SDK knows: set it to cloud or cloudgov, or unset \
             it and set {url}"
        ))),
    }
}

/// What to say where no project is named.
pub(crate) fn no_project() -> Error {
    Error::config(format!(
        "no project is named: set {} or the project_id of the profile, call \
         ClientBuilder::default_project, or give an id to Client::project",
        PROJECTS[0]
    ))
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

#[cfg(test)]
mod tests;
