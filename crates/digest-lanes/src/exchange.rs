//! One attempt at a call: what to send next, and what its response means.
//!
//! | what was sent | anything but 401 | 401 with a Digest challenge |
//! |---|---|---|
//! | the probe | send the request unsigned | sign with the new nonce |
//! | the request, unsigned | done | sign with the new nonce |
//! | the request, on a nonce from the pool | done, lane put back | sign with the new nonce |
//! | the request, on a nonce of this exchange | done, lane put back | only if stale: sign with the new nonce |
//!
//! Every path ends after three requests at most. A 401 that holds no challenge to answer ends it
//! at once, as `Final`: the server has something else to say.

use crate::answer::AuthorizationValue;
use crate::challenge::strongest;
use crate::info::next_nonce;
use crate::lane::Lane;
use crate::lanes::Lanes;
use std::mem;
use std::sync::Arc;
use std::time::Instant;

/// How many requests one exchange may take in all, a probe included.
const MAX_REQUESTS: u8 = 3;

/// Whether the request has a body, which is worth not sending twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum BodyKind {
    /// No body: an unsigned request is itself the cheapest way to a challenge.
    Empty,
    /// A body: without a lane, the challenge is asked for with a [`Step::Probe`] first.
    Present,
}

/// What to put on the wire next.
#[derive(Debug)]
#[must_use]
pub enum Step {
    /// A GET of the same path, without query, body or `Authorization`.
    ///
    /// Its 429, 5xx or failed connection says nothing about authentication: it may be sent again
    /// before any response is fed to [`Exchange::response`].
    Probe,
    /// The request itself, with this `Authorization` or with none.
    Send {
        /// Good for this one sending only.
        authorization: Option<AuthorizationValue>,
    },
}

/// What a response means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[must_use]
pub enum Verdict {
    /// The response is the caller's: anything but a 401 to the request itself, or a 401 without a
    /// Digest challenge that can be answered (to a probe, too: nothing better would come).
    Final,
    /// The dialogue goes on with [`Exchange::next`].
    Again,
    /// The server refuses the answer to its own challenge: the credentials are wrong, unless
    /// the last challenge says that the nonce was stale, or the key is known to have worked
    /// ([`Lanes::key_has_worked`]) and the server may have forgotten the nonce.
    Rejected,
}

/// Where the nonce of a lane comes from, and thus what its refusal means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Origin {
    /// From the pool: it may have expired, so a refusal says nothing about the credentials.
    Pool,
    /// From a challenge within this exchange: it cannot be that old.
    ThisExchange,
}

#[derive(Debug)]
enum State {
    /// Nothing is known, or nothing that still counts.
    Cold,
    /// The probe met no challenge.
    Unchallenged,
    /// The next request can be signed.
    Ready(Lane, Origin),
    /// On the wire: the probe.
    Probing,
    /// On the wire: the request, unsigned.
    Unsigned,
    /// On the wire: the request, signed.
    Signed(Lane, Origin),
    /// The last verdict was not `Again`.
    Ended,
}

/// The dialogue of one attempt at a call, made by [`Lanes::begin`].
///
/// Ask [`next`](Self::next) what to send, feed the head of what comes back to
/// [`response`](Self::response), and repeat while that says [`Verdict::Again`].
///
/// **Drop it when the call is cancelled or the connection fails**, and begin a new one for the next
/// attempt. Its lane goes with it, as it must: nobody knows whether the server has seen that use
/// of the nonce. A retry after a response (429, 5xx) is a new attempt as well and begins anew,
/// usually with the very lane that has just been put back.
#[derive(Debug)]
#[must_use = "an exchange does nothing until it is asked for its next step"]
pub struct Exchange {
    lanes: Arc<Lanes>,
    body: BodyKind,
    state: State,
    requests: u8,
}

impl Exchange {
    pub(crate) fn new(lanes: Arc<Lanes>, body: BodyKind, lane: Option<Lane>) -> Self {
        Self {
            lanes,
            body,
            state: lane.map_or(State::Cold, |lane| State::Ready(lane, Origin::Pool)),
            requests: 0,
        }
    }

    /// What to put on the wire next.
    ///
    /// `target` is the request target exactly as it will be sent, path and query as encoded;
    /// method and target must hold no control characters. `cnonce` is 16 random bytes, drawn anew
    /// for every call of this method. With a `-sess` algorithm only those of a nonce's first use
    /// go on the wire.
    ///
    /// Asking again without having fed the response starts the dialogue over and drops the lane:
    /// what became of its last use is unknown.
    pub fn next(&mut self, method: &str, target: &str, cnonce: [u8; 16]) -> Step {
        let (step, state) = match mem::replace(&mut self.state, State::Cold) {
            State::Ready(mut lane, origin) => {
                match lane.sign(self.lanes.credentials(), method, target, cnonce) {
                    Some(value) => (send(Some(value)), State::Signed(lane, origin)),
                    None => self.start_over(),
                }
            }
            State::Unchallenged => (send(None), State::Unsigned),
            State::Cold | State::Probing | State::Unsigned | State::Signed(..) | State::Ended => {
                self.start_over()
            }
        };
        self.state = state;
        self.requests = self.requests.saturating_add(1);
        step
    }

    fn start_over(&mut self) -> (Step, State) {
        self.requests = 0;
        match self.body {
            BodyKind::Empty => (send(None), State::Unsigned),
            BodyKind::Present => (Step::Probe, State::Probing),
        }
    }

    /// Takes in the head of the response to the last [`next`](Self::next): its status, all values
    /// of `WWW-Authenticate`, and `Authentication-Info` if there is one.
    ///
    /// Call it as soon as the head is in, without waiting for the body, so that the lane is free
    /// for others. A response that nothing was sent for is [`Verdict::Final`] and changes nothing.
    pub fn response<'a>(
        &mut self,
        now: Instant,
        status: u16,
        www_authenticate: impl IntoIterator<Item = &'a [u8]>,
        authentication_info: Option<&[u8]>,
    ) -> Verdict {
        let refused = status == 401;
        let answerable_if_stale_only = match mem::replace(&mut self.state, State::Ended) {
            State::Probing if !refused => {
                self.state = State::Unchallenged;
                return Verdict::Again;
            }
            State::Unsigned if !refused => return Verdict::Final,
            State::Signed(lane, _) if !refused => {
                let next = authentication_info.and_then(next_nonce);
                self.lanes.put_back(lane, next, now);
                return Verdict::Final;
            }
            State::Signed(lane, Origin::Pool) => {
                self.lanes.refused(&lane);
                false
            }
            State::Probing | State::Unsigned => false,
            State::Signed(_, Origin::ThisExchange) => true,
            nothing_sent => {
                self.state = nothing_sent;
                return Verdict::Final;
            }
        };
        let Some(challenge) = strongest(www_authenticate) else {
            return Verdict::Final;
        };
        let answerable = challenge.is_stale() || !answerable_if_stale_only;
        if !answerable || self.requests >= MAX_REQUESTS {
            return Verdict::Rejected;
        }
        let lane = Lane::open(challenge, self.lanes.credentials());
        self.state = State::Ready(lane, Origin::ThisExchange);
        Verdict::Again
    }
}

fn send(authorization: Option<AuthorizationValue>) -> Step {
    Step::Send { authorization }
}
