//! The profiles of the Atlas CLI, for who has set that up already. Behind the feature `profile`.
//!
//! The CLI keeps them in `config.toml` in a folder of its own: `$XDG_CONFIG_HOME/atlascli` or
//! `~/.config/atlascli`; on macOS `~/Library/Application Support/atlascli`; on Windows
//! `%AppData%\atlascli`. A table is a profile, and `default` is the one that is meant where none is
//! named, unless `MONGODB_ATLAS_PROFILE` names another.
//!
//! | what | fields |
//! |---|---|
//! | service account | `client_id` and `client_secret` |
//! | API key | `public_api_key` and `private_api_key` |
//! | which of the two, where both are there | `auth_type`: `service_account` or `api_keys` |
//! | base URL | `base_url`; `ops_manager_url` |
//! | cloud, where no base URL is set | `service`: `cloud` or `cloudgov` |
//! | project and organization | `project_id`, `org_id` |
//!
//! Credentials come from one profile whole, and so does the address that they go to. Newer versions
//! of the CLI keep secrets in the keychain of the system, which is not read: the error says so. The
//! login of a person (`auth_type` is `user_account`) is not used. Other fields are ignored.
//!
//! ```no_run
//! # fn example() -> Result<(), atlas_export::Error> {
//! use atlas_export::{Client, profile::Profile};
//!
//! let atlas = Client::from_profile(Some("backup"))?; // None: the profile that is meant
//! let profile = Profile::load(None)?; // for its project
//! if let Some(project) = &profile.project_id {
//!     println!("{:?}", atlas.project(project));
//! }
//! # Ok(())
//! # }
//! ```

use std::{
    env, fmt, fs, io,
    path::{Path, PathBuf},
};

use atlas_export_types::{ProjectId, quoted};
use toml::{Table, Value};

use crate::{Credentials, Error, redact, variables};

/// The profile that is meant where none is named.
const DEFAULT: &str = "default";

/// The variable that names another.
const VARIABLE: &str = "MONGODB_ATLAS_PROFILE";

/// A profile of the Atlas CLI.
#[derive(Clone)]
#[non_exhaustive]
pub struct Profile {
    /// Its name.
    pub name: String,
    /// The service account or the API key. They are known to have the form of one.
    pub credentials: Credentials,
    /// The base URL, if the profile has one, or names a cloud.
    pub base_url: Option<String>,
    /// The project, if there is one.
    pub project_id: Option<ProjectId>,
    /// The id of the organization, if there is one, as it stands there.
    pub org_id: Option<String>,
}

impl fmt::Debug for Profile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Profile")
            .field("name", &self.name)
            .field("credentials", &self.credentials)
            .field("base_url", &self.base_url.as_deref().map(redact::origin))
            .field("project_id", &self.project_id)
            .finish_non_exhaustive()
    }
}

impl Profile {
    /// Reads a profile from the file of the CLI: of this name, or the one that is meant.
    ///
    /// This blocks the thread for as long as a small file takes. A file that others may read is a
    /// warning, through `tracing`.
    ///
    /// # Errors
    /// `Config` where there is no file or no such profile, and as [`read`](Self::read).
    pub fn load(name: Option<&str>) -> Result<Self, Error> {
        let named = env::var(VARIABLE).ok().filter(|name| !name.is_empty());
        let name = name.map_or_else(
            || named.unwrap_or_else(|| DEFAULT.to_owned()),
            ToOwned::to_owned,
        );
        let path = path()?;
        let shown = path.display();
        let text = fs::read_to_string(&path).map_err(|error| {
            Error::config(match error.kind() {
                io::ErrorKind::NotFound => format!(
                    "there are no profiles of the Atlas CLI: {shown} does not exist; make one \
                     with `atlas config init`"
                ),
                _ => format!("the profiles of the Atlas CLI cannot be read: {shown}: {error}"),
            })
        })?;
        warn_if_open(&path);
        Self::read(&text, &name).map_err(|error| {
            error.with(|inner| inner.message = format!("{shown}: {}", inner.message))
        })
    }

    /// Reads a profile from the text of such a file.
    ///
    /// ```
    /// use atlas_export::profile::Profile;
    ///
    /// let text = r#"
    ///     [backup]
    ///     public_api_key = "abcdefgh"
    ///     private_api_key = "0a1b2c3d-0000-4000-8000-0123456789ab"
    ///     service = "cloudgov"
    /// "#;
    /// let profile = Profile::read(text, "backup")?;
    /// assert_eq!(profile.base_url.as_deref(), Some("https://cloud.mongodbgov.com"));
    ///
    /// let error = Profile::read(text, "default").unwrap_err();
    /// assert!(error.to_string().contains("choose one of backup"));
    /// # Ok::<(), atlas_export::Error>(())
    /// ```
    ///
    /// # Errors
    /// `Config` where the text is not TOML, has no such profile, or one without credentials, with
    /// half of a pair, or with something invalid. No value is repeated but names and ids.
    pub fn read(text: &str, name: &str) -> Result<Self, Error> {
        let all: Table = toml::from_str(text).map_err(|error| {
            // Its own words repeat the line, secrets included.
            let before = error.span().and_then(|span| text.get(..span.start));
            let line = before.map_or(1, |before| before.matches('\n').count().saturating_add(1));
            Error::config(format!(
                "line {line} is not TOML: correct it, or write the file anew with `atlas config \
                 init`"
            ))
        })?;
        let profile = all.get(name).and_then(Value::as_table).ok_or_else(|| {
            let known = all.iter().filter(|(_, value)| value.is_table());
            let known: Vec<&str> = known.map(|(name, _)| name.as_str()).collect();
            let remedy = if known.is_empty() {
                "make one with `atlas config init`".to_owned()
            } else {
                format!("choose one of {}", redact::one_line(&known.join(", ")))
            };
            Error::config(format!("there is no profile {}: {remedy}", quoted(name)))
        })?;
        let fields = Fields { name, profile };
        let project_id = fields.text("project_id")?.map(str::parse::<ProjectId>);
        let project_id = project_id.transpose();
        Ok(Self {
            name: name.to_owned(),
            credentials: fields.credentials()?,
            base_url: fields.base_url()?,
            project_id: project_id.map_err(|invalid| fields.refuse(&invalid.to_string()))?,
            org_id: fields.text("org_id")?.map(str::to_owned),
        })
    }
}

/// The fields of a profile.
struct Fields<'t> {
    name: &'t str,
    profile: &'t Table,
}

impl<'t> Fields<'t> {
    fn refuse(&self, why: &str) -> Error {
        Error::config(format!("profile {}: {why}", redact::one_line(self.name)))
    }

    /// A field that is not empty.
    fn text(&self, field: &str) -> Result<Option<&'t str>, Error> {
        match self.profile.get(field) {
            None => Ok(None),
            Some(Value::String(text)) if text.is_empty() => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(self.refuse(&format!("{field} is not a string: put it in quotes"))),
        }
    }

    /// Both halves of a pair, or neither.
    fn pair(&self, public: &str, secret: &str) -> Result<Option<(&'t str, &'t str)>, Error> {
        match (self.text(public)?, self.text(secret)?) {
            (Some(public), Some(secret)) => Ok(Some((public, secret))),
            (None, None) => Ok(None),
            (Some(_), None) => Err(self.refuse(&format!(
                "{public} is there, but {secret} is not: newer versions of the Atlas CLI keep it \
                 in the keychain of the system (service atlascli_{}), which is not read; set the \
                 credentials in the environment, or write it into the file",
                redact::one_line(self.name)
            ))),
            (None, Some(_)) => Err(self.refuse(&format!(
                "{secret} is there, but {public} is not: credentials have two halves; add it"
            ))),
        }
    }

    fn credentials(&self) -> Result<Credentials, Error> {
        let kind = self.text("auth_type")?;
        if kind == Some("user_account") {
            return Err(self.refuse(
                "it is the login of a person (atlas auth login), which is not used here: give it \
                 a service account or an API key",
            ));
        }
        let account = || self.pair("client_id", "client_secret");
        let key = || self.pair("public_api_key", "private_api_key");
        let (account, key) = match kind {
            Some("service_account") => (account()?, None),
            Some("api_keys") => (None, key()?),
            None => (account()?, key()?),
            Some(_) => {
                return Err(self.refuse(
                    "auth_type is not one that this SDK knows: set it to service_account or \
                     api_keys",
                ));
            }
        };
        let credentials = match (account, key) {
            (Some((id, secret)), None) => Credentials::service_account(id, secret),
            (None, Some((public, private))) => Credentials::api_key(public, private),
            (None, None) => {
                return Err(self.refuse(
                    "it has no credentials: give it a service account (client_id, client_secret) \
                     or an API key (public_api_key, private_api_key)",
                ));
            }
            (Some(_), Some(_)) => {
                return Err(self.refuse(
                    "it has a service account and an API key: set auth_type to the one that is \
                     meant (service_account, api_keys)",
                ));
            }
        };
        let checked = credentials.clone().check();
        checked.map_err(|error| self.refuse(&error.to_string()))?;
        Ok(credentials)
    }

    fn base_url(&self) -> Result<Option<String>, Error> {
        for field in ["base_url", "ops_manager_url"] {
            if let Some(url) = self.text(field)? {
                return Ok(Some(url.to_owned()));
            }
        }
        let cloud = self.text("service")?.map(|service| {
            variables::service("service", service).map(|cloud| cloud.origin().to_owned())
        });
        cloud
            .transpose()
            .map_err(|error| self.refuse(&error.to_string()))
    }
}

/// Where the CLI keeps its profiles.
fn path() -> Result<PathBuf, Error> {
    let of = |name: &str| env::var_os(name).filter(|value| !value.is_empty());
    let folder = if cfg!(windows) {
        of("APPDATA").map(PathBuf::from)
    } else if let Some(folder) = of("XDG_CONFIG_HOME") {
        Some(folder.into())
    } else {
        let below = if cfg!(target_os = "macos") {
            "Library/Application Support"
        } else {
            ".config"
        };
        of("HOME").map(|home| Path::new(&home).join(below))
    };
    let folder = folder.ok_or_else(|| {
        Error::config(
            "the profiles of the Atlas CLI cannot be found: the environment has no HOME; set it, \
             or XDG_CONFIG_HOME",
        )
    })?;
    Ok(folder.join("atlascli").join("config.toml"))
}

/// Warns of a file that others may read.
#[cfg(unix)]
fn warn_if_open(path: &Path) {
    use std::os::unix::fs::PermissionsExt as _;

    let mode = fs::metadata(path).map(|file| file.permissions().mode());
    if mode.is_ok_and(|mode| mode & 0o077 != 0) {
        tracing::warn!(
            path = %path.display(),
            "other users may read the profiles of the Atlas CLI: run chmod 600 on the file"
        );
    }
}

#[cfg(not(unix))]
fn warn_if_open(_: &Path) {}

#[cfg(test)]
mod tests;
