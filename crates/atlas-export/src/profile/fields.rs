//! The fields of a profile, and which credentials they make.

use secrecy::{ExposeSecret as _, SecretString};
use toml::{Table, Value};

use super::keychain::{Keychain, Looked};
use crate::{Credentials, Error, redact, variables};

/// The fields of a profile.
pub(super) struct Fields<'t> {
    pub(super) name: &'t str,
    pub(super) profile: &'t Table,
    /// Asked for what the profile lacks.
    pub(super) keychain: &'t dyn Keychain,
}

/// The two halves of one kind of credentials.
struct Pair {
    /// As `auth_type` has it.
    kind: &'static str,
    public: &'static str,
    secret: &'static str,
    made: fn(&str, &str) -> Credentials,
}

const ACCOUNT: Pair = Pair {
    kind: "service_account",
    public: "client_id",
    secret: "client_secret",
    made: |id, secret| Credentials::service_account(id, secret),
};

const KEY: Pair = Pair {
    kind: "api_keys",
    public: "public_api_key",
    secret: "private_api_key",
    made: |public, private| Credentials::api_key(public, private),
};

impl<'t> Fields<'t> {
    pub(super) fn refuse(&self, why: &str) -> Error {
        Error::config(format!("profile {}: {why}", redact::one_line(self.name)))
    }

    /// A field that is not empty.
    pub(super) fn text(&self, field: &str) -> Result<Option<&'t str>, Error> {
        match self.profile.get(field) {
            None => Ok(None),
            Some(Value::String(text)) if text.is_empty() => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(self.refuse(&format!("{field} is not a string: put it in quotes"))),
        }
    }

    pub(super) fn base_url(&self) -> Result<Option<String>, Error> {
        for field in ["base_url", "ops_manager_url"] {
            if let Some(url) = self.text(field)? {
                return Ok(Some(url.to_owned()));
            }
        }
        let cloud = self.text("service")?.map(|service| {
            variables::service(("service", "base_url"), service)
                .map(|cloud| cloud.origin().to_owned())
        });
        cloud
            .transpose()
            .map_err(|error| self.refuse(&error.to_string()))
    }

    pub(super) fn credentials(&self) -> Result<Credentials, Error> {
        let kind = self.text("auth_type")?;
        let pairs = match kind {
            Some("user_account") => {
                return Err(self.refuse(
                    "it is the login of a person (atlas auth login), which is not used here: give it \
                     a service account or an API key",
                ));
            }
            Some("service_account") => vec![ACCOUNT],
            Some("api_keys") => vec![KEY],
            None => self.pairs_that_are_meant()?,
            Some(_) => {
                return Err(self.refuse(
                    "auth_type is not one that this SDK knows: set it to service_account or \
                     api_keys",
                ));
            }
        };
        let mut found = Vec::new();
        for pair in &pairs {
            found.extend(self.pair(pair, kind.is_some())?);
        }
        let mut found = found.into_iter();
        match (found.next(), found.next()) {
            (Some(credentials), None) => {
                let checked = credentials.clone().check();
                checked.map_err(|error| self.refuse(&error.to_string()))?;
                Ok(credentials)
            }
            (None, _) => Err(self.refuse(
                "it has no credentials: give it a service account (client_id, client_secret) or an \
                 API key (public_api_key, private_api_key)",
            )),
            (Some(_), Some(_)) => Err(self.refuse(
                "it has a service account and an API key: set auth_type to the one that is meant \
                 (service_account, api_keys)",
            )),
        }
    }

    /// The pairs of which the file has a half; both where it has nothing of either.
    fn pairs_that_are_meant(&self) -> Result<Vec<Pair>, Error> {
        let mut meant = Vec::new();
        for pair in [ACCOUNT, KEY] {
            if self.text(pair.public)?.is_some() || self.text(pair.secret)?.is_some() {
                meant.push(pair);
            }
        }
        Ok(if meant.is_empty() {
            vec![ACCOUNT, KEY]
        } else {
            meant
        })
    }

    /// Both halves of a pair, or neither, which is an error where it is the one that is meant.
    fn pair(&self, pair: &Pair, is_meant: bool) -> Result<Option<Credentials>, Error> {
        let (public, secret) = (self.half(pair.public)?, self.half(pair.secret)?);
        let of = |half: &Half| match half {
            Half::Found(value) => Some(value.expose_secret().to_owned()),
            _ => None,
        };
        let missing = match (of(&public), of(&secret)) {
            (Some(public), Some(secret)) => return Ok(Some((pair.made)(&public, &secret))),
            (None, None) if is_meant => {
                let Pair {
                    kind,
                    public,
                    secret,
                    ..
                } = pair;
                format!("auth_type is {kind}, but {public} and {secret} are")
            }
            (None, None) => return Ok(None),
            (Some(_), None) => format!("{} is there, but {} is", pair.public, pair.secret),
            (None, Some(_)) => format!("{} is there, but {} is", pair.secret, pair.public),
        };
        let service = redact::one_line(&self.service());
        let keychain = format!("the keychain of the system (service {service})");
        Err(self.refuse(&match (&public, &secret) {
            (Half::NotRead, _) | (_, Half::NotRead) => format!(
                "{missing} not: newer versions of the Atlas CLI keep it in {keychain}, {}; or set \
                 the credentials in the environment, or write it into the file",
                if cfg!(feature = "keyring") {
                    "which is not looked into here: use Profile::load"
                } else {
                    "which is not read: build atlas-export with the feature keyring"
                }
            ),
            _ => format!(
                "{missing} neither in the file nor in {keychain}: credentials have two halves; \
                 write it anew with `atlas config init`"
            ),
        }))
    }

    fn service(&self) -> String {
        format!("atlascli_{}", self.name)
    }

    /// A half of a pair. What the file has is not looked for elsewhere.
    fn half(&self, field: &str) -> Result<Half, Error> {
        if let Some(text) = self.text(field)? {
            return Ok(Half::Found(text.to_owned().into()));
        }
        let service = self.service();
        match self.keychain.look(&service, field) {
            Ok(Looked::Found(value)) if value.expose_secret().is_empty() => Ok(Half::Missing),
            Ok(Looked::Found(value)) => Ok(Half::Found(value)),
            Ok(Looked::Missing) => Ok(Half::Missing),
            Ok(Looked::NotRead) => Ok(Half::NotRead),
            Err(error) => Err(self.refuse(&error.message(&service, field))),
        }
    }
}

/// A half of a pair.
enum Half {
    Found(SecretString),
    Missing,
    /// It may be in the keychain.
    NotRead,
}
