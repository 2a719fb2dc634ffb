//! Why an attempt failed, and what follows from it: a word for the log, whether the request may
//! have taken effect, how long the server asked to wait. What a person reads of it is in
//! [`messages`](super::messages).

use std::{
    io,
    time::{Duration, SystemTime},
};

use http::StatusCode;

use super::{
    connect_advice::is_client_refused, progress::GivenUp, provider::provider_error::ProviderError,
    rate::hint::retry_after, response::ReceivedResponse, token::token_error::TokenError,
};
use crate::observe::Waits;

/// An attempt that did not give what was asked for.
#[derive(Debug)]
pub(super) struct Failure {
    pub(super) cause: Cause,
    /// Whether the server may have acted on the request. Not so where nothing was sent, and
    /// where the server challenged instead.
    pub(super) may_have_acted: bool,
    /// Whether an earlier attempt may have taken effect.
    pub(super) earlier_effect_unknown: bool,
    /// How long it takes until the rate limit lets another attempt through, where the call has
    /// no time for it.
    pub(super) rate_limit_wait: Option<Duration>,
}

#[derive(Debug)]
pub(super) enum Cause {
    /// There is no connection.
    Connect(reqwest::Error),
    /// The connection broke, or the body did.
    Broken(reqwest::Error),
    Timeout(Timeout),
    /// The rate limit lets the request through too late: see [`Failure::rate_limit_wait`].
    RateLimited,
    /// The body is longer than so many bytes.
    TooLarge(usize),
    Redirect {
        /// To where, if it says so.
        target: Option<String>,
        status: StatusCode,
    },
    /// Any status but success.
    Refused(Box<ReceivedResponse>),
    /// The server knows the nonce and refuses the signature.
    KeyRefused(Box<ReceivedResponse>),
    /// The same, with a key that has worked before.
    WorkingKeyRefused(Box<ReceivedResponse>),
    /// The server calls nonces stale that it has only just given out.
    NoncesStale(Box<ReceivedResponse>),
    /// A 401 without a challenge that can be answered.
    NoUsableChallenge {
        response: Box<ReceivedResponse>,
        /// What was offered in place of one.
        offered: String,
        was_signed: bool,
    },
    /// The provider gave no credentials to send the request with.
    NoCredentials(ProviderError),
    /// There is no access token to send the request with.
    NoToken(TokenError),
    /// The server does not know the access token.
    TokenRefused(Box<ReceivedResponse>),
    /// A success of somebody else, with this media type.
    NotAtlas(Option<String>),
    /// A success without what was asked for.
    Empty,
    /// A body in an encoding that was not asked for.
    Encoded(String),
    /// The request was given up before it went out; whoever gave it up says why.
    GivenUp,
    /// The task of the request panicked.
    Panicked,
    /// The runtime of the request was shut down.
    RuntimeShutDown,
    /// The call was made outside of a runtime.
    NoRuntime,
    /// The client was shut down.
    ClientShutDown,
    Random(io::Error),
    /// The answer to the challenge is no header value.
    Unsignable,
}

/// Too much time has passed.
#[derive(Debug)]
pub(super) struct Timeout {
    pub(super) limit: TimeLimit,
    pub(super) after: Duration,
    /// What for, before anything was sent.
    pub(super) waited: Waits,
    /// The bound on requests in flight that the caller set.
    pub(super) max_in_flight: usize,
    pub(super) was_sent: bool,
}

/// Which bound on time was met.
#[derive(Clone, Copy, Debug)]
pub(super) enum TimeLimit {
    Call,
    Attempt,
}

impl From<ProviderError> for Cause {
    fn from(error: ProviderError) -> Self {
        Self::NoCredentials(error)
    }
}

impl From<GivenUp> for Cause {
    fn from(GivenUp: GivenUp) -> Self {
        Self::GivenUp
    }
}

impl Cause {
    pub(super) fn of_sending(error: reqwest::Error) -> Self {
        // The URL would repeat ids in every message.
        let error = error.without_url();
        // In TLS 1.3 a client hears that its certificate is refused when it has sent a request.
        if error.is_connect() || is_client_refused(&error) {
            Self::Connect(error)
        } else {
            Self::Broken(error)
        }
    }

    pub(super) fn refused(response: ReceivedResponse) -> Self {
        Self::Refused(Box::new(response))
    }

    /// Whether the server refuses the credentials of a signed request.
    pub(super) fn refuses_credentials(&self) -> bool {
        matches!(
            self,
            Self::KeyRefused(_) | Self::WorkingKeyRefused(_) | Self::TokenRefused(_)
        )
    }

    pub(super) fn of_reading(error: reqwest::Error) -> Self {
        Self::Broken(error.without_url())
    }

    /// Whether the server has answered, and that is why.
    pub(super) fn is_answer(&self) -> bool {
        matches!(self, Self::Redirect { .. } | Self::Refused(_))
    }

    /// A word for the log.
    pub(super) fn reason(&self) -> &'static str {
        match self {
            Self::Connect(_) => "connect",
            Self::Broken(_) => "broken",
            Self::Timeout(_) => "timeout",
            Self::RateLimited => "rate limit",
            Self::TooLarge(_) => "too large",
            Self::Redirect { .. } => "redirect",
            Self::Refused(_) => "status",
            Self::KeyRefused(_)
            | Self::WorkingKeyRefused(_)
            | Self::NoCredentials(_)
            | Self::NoToken(_)
            | Self::TokenRefused(_)
            | Self::NoUsableChallenge { .. } => "credentials",
            Self::NoncesStale(_) => "stale nonces",
            Self::NotAtlas(_) => "foreign",
            Self::Empty => "empty",
            Self::Encoded(_) => "encoding",
            Self::GivenUp => "given up",
            Self::Panicked => "panic",
            Self::NoRuntime | Self::RuntimeShutDown => "no runtime",
            Self::ClientShutDown => "shut down",
            Self::Random(_) => "no randomness",
            Self::Unsignable => "challenge",
        }
    }
}

impl Failure {
    /// A failure of which the server has seen nothing.
    pub(super) fn of(cause: Cause) -> Self {
        Self {
            cause,
            may_have_acted: false,
            earlier_effect_unknown: false,
            rate_limit_wait: None,
        }
    }

    /// The response that refused, if there is one.
    pub(super) fn response(&self) -> Option<&ReceivedResponse> {
        match &self.cause {
            Cause::Refused(response)
            | Cause::KeyRefused(response)
            | Cause::WorkingKeyRefused(response)
            | Cause::NoncesStale(response)
            | Cause::TokenRefused(response)
            | Cause::NoUsableChallenge { response, .. } => Some(response),
            _ => None,
        }
    }

    pub(super) fn status(&self) -> Option<StatusCode> {
        match &self.cause {
            Cause::Redirect { status, .. } => Some(*status),
            _ => self.response().map(|response| response.status),
        }
    }

    /// How long the server asks to wait before the next attempt.
    pub(super) fn retry_after(&self, now: SystemTime) -> Option<Duration> {
        retry_after(self.response()?, now)
    }

    /// A word for the log.
    pub(super) fn reason(&self) -> &'static str {
        self.cause.reason()
    }

    /// Whether the request may have taken effect, though nobody said so: it went out, and
    /// nothing came back that says no.
    pub(super) fn is_effect_unknown(&self) -> bool {
        if !self.may_have_acted {
            return false;
        }
        match &self.cause {
            Cause::Refused(response) => {
                response.status.is_server_error() || response.status == StatusCode::REQUEST_TIMEOUT
            }
            // A redirect is none of them: to show another page is what a form does once it acted.
            Cause::KeyRefused(_)
            | Cause::WorkingKeyRefused(_)
            | Cause::NoncesStale(_)
            | Cause::NoCredentials(_)
            | Cause::NoToken(_)
            | Cause::TokenRefused(_)
            | Cause::NoUsableChallenge { .. }
            | Cause::Connect(_) => false,
            _ => true,
        }
    }
}
