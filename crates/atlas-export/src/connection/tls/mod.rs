//! Which library speaks TLS, and what it trusts and shows.
//!
//! Nothing here depends on what else is in the build. reqwest takes the provider of the process,
//! and without one it panics; with its feature `native-tls` on, by whomever, it takes the library
//! of the system. So rustls is set up here, with a provider that is named, and handed over.

#[cfg(feature = "native-tls")]
mod native;
#[cfg(feature = "__tls")]
mod pem;
#[cfg(feature = "__rustls")]
mod rustls_config;

use std::fmt;

use secrecy::SecretSlice;

use crate::Error;

/// The options of TLS.
#[derive(Clone, Default)]
pub(crate) struct Tls {
    pub(crate) library: Library,
    pub(crate) roots: Roots,
    /// Further root certificates, each a PEM file.
    pub(crate) further_roots: Vec<Vec<u8>>,
    /// A PEM file with a certificate, its chain and its private key.
    pub(crate) client_certificate: Option<SecretSlice<u8>>,
}

/// What speaks TLS.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Library {
    /// rustls, with aws-lc, or with ring where that is not compiled in.
    #[default]
    Rustls,
    #[cfg(feature = "ring")]
    Ring,
    #[cfg(feature = "native-tls")]
    Native,
}

/// Which roots are trusted, besides further ones.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Roots {
    #[default]
    Platform,
    #[cfg(feature = "webpki-roots")]
    Webpki,
}

/// What a client will meet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Need {
    /// It speaks TLS, to the server or to a proxy.
    Certain,
    /// It need not, as far as is known: a plain URL of another machine.
    Possible,
    /// It never sees a certificate: a plain URL of this machine. Loading what the system trusts
    /// would be most of the work of building a client.
    None,
}

impl fmt::Debug for Tls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tls")
            .field("library", &self.library)
            .field("roots", &self.roots)
            .field("further_roots", &self.further_roots.len())
            .field("client_certificate", &self.client_certificate.is_some())
            .finish()
    }
}

impl Tls {
    /// Sets TLS up in the HTTP client, as far as it is needed.
    ///
    /// # Errors
    /// `Config`: the build has no such library, or certificates are invalid.
    pub(super) fn set_up(
        &self,
        http: reqwest::ClientBuilder,
        need: Need,
    ) -> Result<reqwest::ClientBuilder, Error> {
        match self.library {
            #[cfg(feature = "native-tls")]
            Library::Native => native::set_up(self, http, need),
            #[cfg(feature = "__rustls")]
            _ => Ok(http.tls_backend_preconfigured(rustls_config::of(self, need)?)),
            #[cfg(not(feature = "__rustls"))]
            Library::Rustls => {
                let is_used = need == Need::Certain
                    || self.client_certificate.is_some()
                    || !self.further_roots.is_empty();
                if is_used { Err(missing()) } else { Ok(http) }
            }
        }
    }
}

/// What is wrong with the options of TLS where the HTTP client cannot be built, by the reason that
/// it gives.
#[cfg_attr(
    not(feature = "native-tls"),
    expect(unused_variables, reason = "rustls says it before")
)]
pub(super) fn blame(tls: &Tls, reason: &str) -> Option<Error> {
    #[cfg(feature = "native-tls")]
    return native::blame(tls, reason);
    #[cfg(not(feature = "native-tls"))]
    None
}

/// That rustls is not in this build.
#[cfg(not(feature = "__rustls"))]
fn missing() -> Error {
    Error::config(if cfg!(feature = "native-tls") {
        "the client needs TLS, and this build has only the system's library for it: call \
         ClientBuilder::native_tls, or enable the feature aws-lc-rs or ring of atlas-export"
    } else {
        "the client needs TLS, and this build has none: enable the feature aws-lc-rs (the default), \
         ring or native-tls of atlas-export"
    })
}
