//! How the sender of requests is known, by one pair of credentials.

use std::sync::Arc;

use digest_lanes::{LaneLimits, Lanes};
use url::Url;

use super::{
    limits::Limits,
    opening::Opening,
    shutdown::OpenWork,
    token::{
        endpoint::TokenEndpoint,
        source::{TokenRules, TokenSource},
    },
};
use crate::{clock::Clock, credentials::CheckedPair, observe::Watcher};

/// One pair of credentials at work. A clone is the same session.
#[derive(Clone, Debug)]
pub(super) struct Session {
    /// Which one it is, of those of a client.
    pub(super) number: u64,
    /// Which credentials these are, for people.
    pub(super) description: Arc<str>,
    pub(super) authentication: Authentication,
}

/// How the sender of requests is known.
#[derive(Clone, Debug)]
pub(super) enum Authentication {
    /// An API key: challenges and answers, of the client's one origin.
    Digest(Arc<Lanes>),
    /// A service account: one access token.
    Token(Arc<TokenSource>),
}

/// What sessions of a client have in common.
#[derive(Debug)]
pub(super) struct SessionOpener {
    pub(super) http: reqwest::Client,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) watcher: Watcher,
    pub(super) limits: Limits,
    /// Below which the endpoints of service accounts lie, with a slash at its end.
    pub(super) oauth_url: Url,
    pub(super) token_rules: TokenRules,
    pub(super) open_work: Arc<OpenWork>,
    pub(super) opening: Arc<Opening>,
}

impl SessionOpener {
    /// Makes no request.
    pub(super) fn open(&self, number: u64, pair: CheckedPair, description: String) -> Session {
        let authentication = match pair {
            CheckedPair::ApiKey(key) => {
                let limits = LaneLimits {
                    max_idle: self.limits.max_idle_lanes,
                    ..LaneLimits::default()
                };
                Authentication::Digest(Arc::new(Lanes::new(key, limits)))
            }
            CheckedPair::ServiceAccount(account) => {
                let (http, opening) = (self.http.clone(), self.opening.clone());
                let (clock, watcher) = (self.clock.clone(), self.watcher.clone());
                let url = &self.oauth_url;
                let endpoint =
                    TokenEndpoint::new(http, opening, clock, watcher, self.limits, account, url);
                let source = TokenSource::new(
                    endpoint,
                    self.token_rules,
                    self.clock.clone(),
                    self.open_work.clone(),
                );
                Authentication::Token(Arc::new(source))
            }
        };
        Session {
            number,
            description: description.into(),
            authentication,
        }
    }
}
