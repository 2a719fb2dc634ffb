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
//! Where none is named and there is no `default`, the only profile of the file is the one that is
//! meant. Credentials come from one profile whole, and so does the address that they go to. The
//! login of a person (`auth_type` is `user_account`) is not used. Other fields are ignored.
//!
//! # The keychain
//!
//! Newer versions of the CLI keep both halves of credentials in the keychain of the system: service
//! `atlascli_` and the name of the profile, account the name of the field. The feature `keyring`
//! reads there what the file lacks, and nothing else, so a file that has everything unlocks
//! nothing. On Linux that is the Secret Service, spoken to over D-Bus in Rust alone; the keychain
//! of macOS and the credential manager of Windows are untried. Without the feature the error says
//! where the secret is and how to reach it.
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

mod fields;
mod keychain;
mod system;
#[cfg(feature = "keyring")]
mod system_keychain;

use std::{env, fmt, fs, io, sync::Arc};

use atlas_export_types::{ProjectId, quoted};
use toml::Table;

use self::{
    fields::Fields,
    keychain::{Keychain, NotRead},
    system::{System, warn_if_open},
};
use crate::{
    Credentials, Error,
    credentials::{Place, ProfilePlace},
    redact,
};

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
    /// Reads a profile from the file of the CLI: of this name, or the one that is meant; and with
    /// the feature `keyring` from the keychain of the system what the file lacks.
    ///
    /// This blocks the thread for as long as a small file takes. A keychain may ask a person to
    /// unlock it, and has a minute: within an async runtime use its blocking threads. A file that
    /// others may read is a warning, through `tracing`.
    ///
    /// # Errors
    /// `Config` where there is no file or no such profile, where the keychain is locked, does not
    /// answer, or there is none, and as [`read`](Self::read).
    pub fn load(name: Option<&str>) -> Result<Self, Error> {
        #[cfg(feature = "keyring")]
        let keychain = system_keychain::SystemKeychain;
        #[cfg(not(feature = "keyring"))]
        let keychain = NotRead;
        let named = env::var(VARIABLE).ok().filter(|name| !name.is_empty());
        let name = name.map(ToOwned::to_owned).or(named);
        let path = System::THIS.profiles(|name| env::var_os(name))?;
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
        Self::read_with(&text, name.as_deref(), &keychain).map_err(|error| {
            error.with(|inner| inner.message = format!("{shown}: {}", inner.message))
        })
    }

    /// Reads a profile from the text of such a file, and from nowhere else.
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
        Self::read_with(text, Some(name), &NotRead)
    }

    fn read_with(text: &str, name: Option<&str>, keychain: &dyn Keychain) -> Result<Self, Error> {
        let all: Table = toml::from_str(text).map_err(|error| {
            // Its own words repeat the line, secrets included.
            let before = error.span().and_then(|span| text.get(..span.start));
            let line = before.map_or(1, |before| before.matches('\n').count().saturating_add(1));
            Error::config(format!(
                "line {line} is not TOML: correct it, or write the file anew with `atlas config \
                 init`"
            ))
        })?;
        let (name, profile) = chosen(&all, name)?;
        let fields = Fields {
            name,
            profile,
            keychain,
        };
        let project_id = fields.text("project_id")?.map(str::parse::<ProjectId>);
        let project_id = project_id
            .transpose()
            .map_err(|invalid| fields.refuse(&format!("project_id: {invalid}")))?;
        let base_url = fields.base_url()?;
        let place = Place::Profile(Arc::new(ProfilePlace {
            name: name.to_owned(),
            base_url: base_url.clone(),
        }));
        Ok(Self {
            name: name.to_owned(),
            credentials: fields.credentials()?.placed(place),
            base_url,
            project_id,
            org_id: fields.text("org_id")?.map(str::to_owned),
        })
    }
}

/// The profile of this name; where none is given, `default` or the only one.
fn chosen<'t>(all: &'t Table, name: Option<&'t str>) -> Result<(&'t str, &'t Table), Error> {
    let profiles = || {
        let profiles = all.iter();
        profiles.filter_map(|(name, value)| Some((name.as_str(), value.as_table()?)))
    };
    let named = |wanted: &str| profiles().find(|(name, _)| *name == wanted);
    let found = match name {
        // The CLI lowers names before it looks and before it writes.
        Some(name) => named(name).or_else(|| named(&name.to_lowercase())),
        None => named(DEFAULT).or_else(|| {
            let mut profiles = profiles();
            profiles.next().filter(|_| profiles.next().is_none())
        }),
    };
    found.ok_or_else(|| {
        let known: Vec<&str> = profiles().map(|(name, _)| name).collect();
        let remedy = if known.is_empty() {
            "make one with `atlas config init`".to_owned()
        } else {
            format!("choose one of {}", redact::one_line(&known.join(", ")))
        };
        let name = quoted(name.unwrap_or(DEFAULT));
        Error::config(format!("there is no profile {name}: {remedy}"))
    })
}

#[cfg(test)]
mod tests;

#[cfg(test)]
pub(crate) use tests::each_error;
