//! The observer of a client, if it has one, and what all that it is told has in common.

use std::{
    fmt,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
};

use url::Url;

use super::{ObservedOperation, Observer};
use crate::ApiVersion;

/// The longest code of Atlas that is handed on.
const MAX_CODE: usize = 64;

/// Tells the observer of a client.
#[derive(Clone)]
pub(crate) struct Watcher {
    observer: Option<Arc<dyn Observer>>,
    api_version: ApiVersion,
    server_address: Arc<str>,
    server_port: u16,
}

impl Watcher {
    pub(crate) fn new(
        observer: Option<Arc<dyn Observer>>,
        api_version: ApiVersion,
        base_url: &Url,
    ) -> Self {
        Self {
            observer,
            api_version,
            server_address: base_url.host_str().unwrap_or_default().into(),
            server_port: base_url.port_or_known_default().unwrap_or_default(),
        }
    }

    /// Whether anybody wants to know.
    pub(crate) fn is_watching(&self) -> bool {
        self.observer.is_some()
    }

    /// What it is told that something is of.
    pub(crate) fn operation(
        &self,
        id: &'static str,
        method: &'static str,
        path_template: &'static str,
    ) -> ObservedOperation {
        ObservedOperation {
            id,
            method,
            path_template,
            api_version: self.api_version,
            server_address: self.server_address.clone(),
            server_port: self.server_port,
        }
    }

    /// Tells the observer, whose panic is its own matter.
    pub(crate) fn tell(&self, tell: impl FnOnce(&dyn Observer)) {
        let Some(observer) = &self.observer else {
            return;
        };
        // What it leaves half done is its own, and nothing of the client's is in its hands.
        if catch_unwind(AssertUnwindSafe(|| tell(&**observer))).is_err() {
            tracing::error!("the observer panicked; the call goes on: correct the observer");
        }
    }
}

impl fmt::Debug for Watcher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Watcher")
            .field("observer", &self.observer.is_some())
            .finish_non_exhaustive()
    }
}

/// A code of Atlas, if it has the form of one. A gateway may send anything in its place, and what
/// an observer is given becomes the name of a time series.
pub(crate) fn code(code: &str) -> Option<String> {
    let fits = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_';
    let is_one = !code.is_empty() && code.len() <= MAX_CODE && code.bytes().all(fits);
    is_one.then(|| code.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_has_the_form_of_a_code_is_handed_on() {
        let longest = "A".repeat(MAX_CODE);
        for good in ["CLUSTER_NOT_FOUND", "RATE_LIMITED_2", &longest] {
            assert_eq!(code(good).as_deref(), Some(good));
        }
        let too_long = "A".repeat(MAX_CODE + 1);
        for bad in ["", "not found", "0a1b2c3d-0000", "É", "A\n", &too_long] {
            assert_eq!(code(bad), None, "{bad}");
        }
    }
}
