//! A service account: its id and secret, and the access tokens that were issued to it.

use std::collections::HashMap;
use std::fmt;
use std::hash::{BuildHasher, RandomState};
use std::io;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::rules::invalid_option::invalid_option;
use crate::rules::rate_limit::RateLimit;
use crate::rules::timetable::TokenOptions;
use crate::rules::token_bucket::TokenBucket;

/// As Atlas documents it: further tokens are refused until one expires or is revoked.
const MAX_LIVE_TOKENS: usize = 100;

/// What the builder says about the service account.
#[derive(Clone)]
pub(crate) struct AccountOptions {
    pub(crate) client_id: String,
    pub(crate) client_secret: String,
    pub(crate) token_lifetime: Duration,
    pub(crate) token_limit: Option<RateLimit>,
}

/// The service account of one fake.
pub(crate) struct ServiceAccount {
    options: AccountOptions,
    /// The secret that is accepted in place of the first one.
    rotated: Mutex<Option<String>>,
    issued: Mutex<Issued>,
}

/// Tokens are hashes of a per-fake seed and a counter: no two fakes of a process share one.
#[derive(Default)]
struct Issued {
    seed: RandomState,
    count: u64,
    /// When each ends.
    live: HashMap<String, Duration>,
    token_bucket: Option<TokenBucket>,
}

/// There are as many live tokens as there may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TooManyTokens;

impl ServiceAccount {
    /// Refuses a limit under which no token is ever issued, and a token that lives for no time.
    pub(crate) fn new(options: AccountOptions) -> io::Result<Self> {
        if let Some(limit) = options.token_limit {
            limit.check()?;
        }
        if options.token_lifetime.as_secs() == 0 {
            return Err(invalid_option(format!(
                "the token lifetime is invalid: {:?}; it must be at least a second",
                options.token_lifetime
            )));
        }
        Ok(Self {
            options,
            rotated: Mutex::default(),
            issued: Mutex::default(),
        })
    }

    /// The client id, and the secret that is accepted from the start.
    pub(crate) fn credentials(&self) -> (&str, &str) {
        (&self.options.client_id, &self.options.client_secret)
    }

    /// Accepts this secret from now on, and no other. Tokens stay good.
    pub(crate) fn rotate(&self, secret: &str) {
        *self.rotated() = Some(secret.to_owned());
    }

    fn rotated(&self) -> MutexGuard<'_, Option<String>> {
        self.rotated.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether this `Authorization` value is Basic with id and secret of the account.
    pub(crate) fn knows(&self, authorization: Option<&str>) -> bool {
        let (id, first) = self.credentials();
        let rotated = self.rotated();
        let secret = rotated.as_deref().unwrap_or(first);
        let expected = STANDARD.encode(format!("{id}:{secret}"));
        authorization
            .and_then(|value| of_scheme(value, "basic"))
            .is_some_and(|sent| sent == expected)
    }

    /// Takes a token of the bucket that the token endpoint has, or tells how many seconds to wait.
    pub(crate) fn admit(&self, now: Duration) -> Result<(), u64> {
        let Some(limit) = self.options.token_limit else {
            return Ok(());
        };
        let options = TokenOptions::default();
        let mut issued = self.issued();
        let token_bucket = issued
            .token_bucket
            .get_or_insert_with(|| TokenBucket::full(limit, now));
        match token_bucket.take(limit, options, now) {
            Some(_) => Ok(()),
            None => Err(token_bucket.seconds_to_refill(limit, options, now)),
        }
    }

    /// A new access token, and the seconds that it lives.
    pub(crate) fn issue(&self, now: Duration) -> Result<(String, u64), TooManyTokens> {
        let mut issued = self.issued();
        issued.live.retain(|_, end| now < *end);
        if issued.live.len() >= MAX_LIVE_TOKENS {
            return Err(TooManyTokens);
        }
        issued.count = issued.count.wrapping_add(1);
        let half = |part: u8| issued.seed.hash_one((issued.count, part));
        let token = format!("fake-token.{:016x}{:016x}", half(0), half(1));
        let end = now.saturating_add(self.options.token_lifetime);
        issued.live.insert(token.clone(), end);
        Ok((token, self.options.token_lifetime.as_secs()))
    }

    /// Makes a token unknown, whether or not it was known.
    pub(crate) fn revoke(&self, token: &str) {
        self.issued().live.remove(token);
    }

    /// Makes every token unknown.
    pub(crate) fn revoke_all(&self) {
        self.issued().live.clear();
    }

    /// How many tokens are good.
    pub(crate) fn live_tokens(&self, now: Duration) -> usize {
        self.issued()
            .live
            .values()
            .filter(|end| now < **end)
            .count()
    }

    /// Whether a token is good. `None` where the `Authorization` value is of another scheme.
    pub(crate) fn accepts(&self, authorization: Option<&str>, now: Duration) -> Option<bool> {
        let token = of_scheme(authorization?, "bearer")?;
        Some(self.issued().live.get(token).is_some_and(|end| now < *end))
    }

    fn issued(&self) -> MutexGuard<'_, Issued> {
        self.issued.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What follows the scheme of an `Authorization` value, if that is this one.
fn of_scheme<'v>(value: &'v str, expected: &str) -> Option<&'v str> {
    let (scheme, rest) = value.trim().split_once(' ')?;
    scheme.eq_ignore_ascii_case(expected).then(|| rest.trim())
}

// Without secret and tokens: a test may use real ones.
impl fmt::Debug for ServiceAccount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ServiceAccount")
            .field("client_id", &self.options.client_id)
            .field("issued", &self.issued().count)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn account() -> ServiceAccount {
        let options = AccountOptions {
            client_id: "id".into(),
            client_secret: "secret".into(),
            token_lifetime: Duration::from_secs(10),
            token_limit: None,
        };
        ServiceAccount {
            options,
            rotated: Mutex::default(),
            issued: Mutex::default(),
        }
    }

    fn seconds(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn a_token_is_good_until_it_expires_or_is_revoked() {
        let account = account();
        let issued = [0, 1].map(|now| account.issue(seconds(now)).map(|(token, _)| token));
        let [Ok(first), Ok(second)] = issued else {
            panic!("no tokens: {issued:?}");
        };
        assert_ne!(first, second);
        let accepts = |token: &str, now| {
            account.accepts(Some(&format!("Bearer {token}")), seconds(now)) == Some(true)
        };
        assert!(accepts(&first, 9) && !accepts(&first, 10) && accepts(&second, 10));
        account.revoke(&second);
        assert!(!accepts(&second, 2) && accepts(&first, 2));
        account.revoke_all();
        assert!(!accepts(&first, 2));
    }

    #[test]
    fn a_hundred_tokens_are_the_most_until_one_ends() {
        let account = account();
        for _ in 0..MAX_LIVE_TOKENS {
            assert!(account.issue(seconds(0)).is_ok());
        }
        assert_eq!(account.issue(seconds(9)), Err(TooManyTokens));
        assert!(account.issue(seconds(10)).is_ok());
        assert_eq!(account.live_tokens(seconds(10)), 1);
    }

    #[test]
    fn another_secret_takes_the_place_of_the_first_and_tokens_stay_good() {
        let account = account();
        let token = account.issue(seconds(0)).map(|(token, _)| token);
        account.rotate("other");
        assert!(account.knows(Some("Basic aWQ6b3RoZXI=")));
        assert!(!account.knows(Some("Basic aWQ6c2VjcmV0")));
        let shown = format!("Bearer {}", token.unwrap_or_default());
        assert_eq!(account.accepts(Some(&shown), seconds(1)), Some(true));
    }

    #[test]
    fn another_scheme_is_no_token_and_no_secret() {
        let account = account();
        assert_eq!(account.accepts(Some("Digest x"), seconds(0)), None);
        assert_eq!(account.accepts(None, seconds(0)), None);
        assert!(account.knows(Some("basic aWQ6c2VjcmV0")));
        for wrong in ["Bearer aWQ6c2VjcmV0", "Basic aWQ6b3RoZXI=", "Basic"] {
            assert!(!account.knows(Some(wrong)), "{wrong}");
        }
    }
}
