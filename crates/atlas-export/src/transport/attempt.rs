//! One attempt: authenticate, send, read, unwrap. With an API key it is a dialogue of challenges
//! and answers.

use std::{pin::pin, sync::Arc, time::Duration};

use digest_lanes::{BodyKind, Exchange, Lanes, Step, Verdict};
use futures_util::future::{Either, select};
use http::{HeaderMap, HeaderValue, StatusCode, header};

use super::{
    failure::{Cause, Failure, TimeLimit, Timeout},
    progress::Progress,
    request::Prepared,
    response::ReceivedResponse,
    shared_state::Transport,
    token::{access_token::AccessToken, source::TokenSource},
};
use crate::{observe::Purpose, redact};

/// How many challenges of one response a message shows.
const MAX_SHOWN_CHALLENGES: usize = 4;

/// What one attempt gave.
#[derive(Debug)]
pub(super) struct Attempted {
    pub(super) result: Result<ReceivedResponse, Failure>,
    /// Whether the server refused a nonce that it had only just given out.
    pub(super) nonce_forgotten: bool,
}

/// Which challenge an attempt answers first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Challenge {
    /// One that is known, if there is a lane.
    Known,
    /// One of its own.
    Fresh,
}

/// What an attempt shows that its sender is known.
#[derive(Debug)]
pub(super) struct Signature {
    /// The number of the session that it is of.
    pub(super) session: u64,
    pub(super) means: Means,
}

/// How an attempt shows that its sender is known.
#[derive(Debug)]
pub(super) enum Means {
    /// The answer to a challenge.
    Digest(Arc<Lanes>, Challenge),
    /// An access token.
    Bearer(Arc<TokenSource>, AccessToken),
}

impl Signature {
    /// Whether the server has let a request in, or refuses no key.
    pub(super) fn key_has_worked(&self) -> bool {
        match &self.means {
            Means::Digest(lanes, _) => lanes.key_has_worked(),
            Means::Bearer(..) => true,
        }
    }
}

impl Transport {
    /// Begins the dialogue of an attempt.
    fn begin(&self, prepared: &Prepared, lanes: &Arc<Lanes>, challenge: Challenge) -> Exchange {
        let kind = match prepared.body {
            Some(_) => BodyKind::Present,
            None => BodyKind::Empty,
        };
        match challenge {
            Challenge::Known => lanes.begin(self.clock.now(), kind),
            Challenge::Fresh => lanes.begin_anew(kind),
        }
    }

    /// One attempt, under its time-out.
    pub(super) async fn attempt(
        &self,
        prepared: &Prepared,
        progress: &Progress,
        signature: &Signature,
    ) -> Attempted {
        let mut nonce_forgotten = false;
        let result = {
            let forgotten = &mut nonce_forgotten;
            let dialogue = pin!(async move {
                match &signature.means {
                    Means::Digest(lanes, challenge) => {
                        self.dialogue(prepared, progress, (lanes, *challenge), forgotten)
                            .await
                    }
                    Means::Bearer(source, token) => {
                        self.send_with_token(prepared, progress, source, token)
                            .await
                    }
                }
            });
            let guard = self.clock.guard(self.limits.attempt_timeout);
            match select(dialogue, guard).await {
                Either::Left((result, _)) => result,
                Either::Right(((), _)) => {
                    progress.note_late();
                    let after = self.limits.attempt_timeout;
                    Err(self.timed_out(TimeLimit::Attempt, after, progress))
                }
            }
        };
        Attempted {
            result: result.map_err(|cause| Failure {
                may_have_acted: progress.may_have_acted(),
                ..Failure::of(cause)
            }),
            nonce_forgotten,
        }
    }

    /// Too much time has passed.
    pub(super) fn timed_out(
        &self,
        limit: TimeLimit,
        after: Duration,
        progress: &Progress,
    ) -> Cause {
        Cause::Timeout(Timeout {
            limit,
            after,
            waited: progress.waited(self.clock.now()),
            max_in_flight: self.slots.max(),
            was_sent: progress.attempts() > 0,
        })
    }

    /// Sends, and answers challenges until the server has its say.
    async fn dialogue(
        &self,
        prepared: &Prepared,
        progress: &Progress,
        (lanes, challenge): (&Arc<Lanes>, Challenge),
        nonce_forgotten: &mut bool,
    ) -> Result<ReceivedResponse, Cause> {
        let mut exchange = self.begin(prepared, lanes, challenge);
        let target = prepared.target();
        let mut was_challenged = false;
        loop {
            let random = self.clock.random().map_err(Cause::Random)?;
            let step = exchange.next(prepared.method.as_str(), &target, random);
            let (request, asks_for_challenge, is_signed) = match step {
                Step::Probe => (prepared.challenge_request(), true, false),
                Step::Send { authorization } => {
                    let is_signed = authorization.is_some();
                    let value = authorization.map(|value| header_value(value.expose()));
                    let value = value.transpose()?;
                    (prepared.signed(value), false, is_signed)
                }
            };
            let purpose = if asks_for_challenge {
                Purpose::Challenge
            } else {
                Purpose::Operation
            };
            let mut response = self.send(prepared, request, purpose, progress).await?;
            let status = response.status();
            if asks_for_challenge
                && (status == StatusCode::TOO_MANY_REQUESTS || status.is_server_error())
            {
                // Says nothing about authentication: the attempt ends before the request.
                return Err(Cause::refused(self.refusal(response).await));
            }
            let challenges = || {
                let values = response.headers().get_all(header::WWW_AUTHENTICATE).iter();
                values.map(HeaderValue::as_bytes)
            };
            let is_stale = digest_lanes::strongest(challenges()).is_some_and(|c| c.is_stale());
            let verdict = exchange.response(
                self.clock.now(),
                status.as_u16(),
                challenges(),
                response
                    .headers()
                    .get("authentication-info")
                    .map(HeaderValue::as_bytes),
            );
            if status == StatusCode::UNAUTHORIZED {
                progress.clear_may_have_acted();
                // Signed with what this very dialogue was challenged with.
                *nonce_forgotten |= is_signed && was_challenged;
                was_challenged = true;
            }
            match verdict {
                // The challenge's body is read so that the connection can be used again.
                Verdict::Again => {
                    response.watch.was_challenged();
                    drop(self.refusal(response).await);
                }
                Verdict::Rejected => {
                    let refusal = Box::new(self.refusal(response).await);
                    // Stale to the end says nothing about the key.
                    return Err(if is_stale {
                        Cause::NoncesStale(refusal)
                    } else if lanes.key_has_worked() {
                        Cause::WorkingKeyRefused(refusal)
                    } else {
                        Cause::KeyRefused(refusal)
                    });
                }
                Verdict::Final if status == StatusCode::UNAUTHORIZED => {
                    return Err(Cause::NoUsableChallenge {
                        offered: offered(response.headers()),
                        response: Box::new(self.refusal(response).await),
                        was_signed: is_signed,
                    });
                }
                Verdict::Final => return self.read(prepared, response).await,
            }
        }
    }
}

/// What a 401 offers that cannot be answered: schemes, and the Digest parameters that decide.
fn offered(headers: &HeaderMap) -> String {
    let offers: Vec<String> = headers
        .get_all(header::WWW_AUTHENTICATE)
        .iter()
        .take(MAX_SHOWN_CHALLENGES)
        .map(|value| redact::challenge(value.as_bytes()))
        .collect();
    if offers.is_empty() {
        "no challenge".to_owned()
    } else {
        offers.join(" and ")
    }
}

/// A header value that no log shows.
fn header_value(bytes: &[u8]) -> Result<HeaderValue, Cause> {
    let mut value = HeaderValue::from_bytes(bytes).map_err(|_| Cause::Unsignable)?;
    value.set_sensitive(true);
    Ok(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_authorization_is_kept_from_logs_and_from_the_tables_of_http2() {
        assert!(header_value(b"Digest x").unwrap().is_sensitive());
    }
}
