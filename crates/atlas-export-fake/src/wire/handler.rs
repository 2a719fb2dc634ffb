//! What is done about every request, in this order: number it, choose its fault, read it whole, record
//! it, check its credentials, act on it, record the answer.

use std::future::Future;

use bytes::Bytes;
use http::header::AUTHORIZATION;
use http::{Response, request};

use crate::api::atlas::Atlas;
use crate::api::oauth::{self, Endpoint};
use crate::api::response;
use crate::api::routes::{self, Route};
use crate::api::service;
use crate::faults::fault::Fault;
use crate::faults::moment::Moment;
use crate::faults::reaction::Reaction;
use crate::faults::request_match::RequestHead;
use crate::faults::script::Script;
use crate::rules::authenticator::{Authenticator, Verdict};
use crate::rules::error::AtlasError;
use crate::rules::service_account::ServiceAccount;
use crate::wire::log::{EntryId, Log};
use crate::wire::traffic::Traffic;

/// No request of this API comes near it.
pub(crate) const MAX_BODY_BYTES: usize = 16 * 1024 * 1024;

/// A body broke off, or is too large.
#[derive(Debug, Clone, Copy)]
pub(crate) struct IncompleteBody;

/// One fake: what all its connections share.
#[derive(Debug)]
pub(crate) struct RequestHandler {
    pub(crate) atlas: Atlas,
    pub(crate) authenticator: Authenticator,
    pub(crate) account: ServiceAccount,
    pub(crate) script: Script,
    pub(crate) log: Log,
    pub(crate) traffic: Traffic,
}

impl RequestHandler {
    /// Everything that is done about a request. `body` is not read where the fault does not let it.
    /// `may_act` is asked right before the request is acted on; one that may not be is left without an
    /// answer, on a connection that is about to end.
    pub(crate) async fn receive(
        &self,
        parts: request::Parts,
        body: impl Future<Output = Result<Bytes, IncompleteBody>> + Send,
        may_act: impl FnOnce() -> bool + Send,
    ) -> Reaction {
        let _in_flight = self.traffic.enter();
        self.traffic.delay().await;
        let head = self.head(&parts);
        let Some(fault) = self.script.fault(&head) else {
            let body = body.await;
            let id = self.enter(&parts, &body, None);
            if !may_act() {
                return Reaction::Silence;
            }
            let answer = self.act(&parts, body, id);
            return self.noted(id, Reaction::Answer(answer));
        };

        let strike = |id, own| {
            let stale = || self.stale(authorization(&parts));
            self.noted(id, fault.strike(own, stale))
        };
        let hold = async |moment| {
            if fault.moment == moment
                && let Some(turnstile) = &fault.hold
            {
                turnstile.pass().await;
            }
        };

        if fault.moment == Moment::Head && !fault.damages() {
            let id = self.enter(&parts, &Ok(Bytes::new()), Some(&fault));
            hold(Moment::Head).await;
            return strike(id, Response::default());
        }
        hold(Moment::Head).await;
        let body = body.await;
        let id = self.enter(&parts, &body, Some(&fault));
        hold(Moment::Read).await;
        if !fault.acts() {
            return strike(id, Response::default());
        }
        if !may_act() {
            return Reaction::Silence;
        }
        if fault.forgets() {
            self.authenticator.forget_all();
        }
        let own = self.act(&parts, body, id);
        hold(Moment::Acted).await;
        strike(id, own)
    }

    fn head(&self, parts: &request::Parts) -> RequestHead {
        let (sent, now) = (authorization(parts), self.atlas.clock.now());
        let authenticated = match Endpoint::of(parts.uri.path()) {
            Some(_) => self.account.knows(sent),
            None => self.account.accepts(sent, now).unwrap_or_else(|| {
                let (method, target) = (parts.method.as_str(), parts.uri.to_string());
                let verdict = self.authenticator.preview(sent, method, &target, now);
                verdict == Verdict::Accepted
            }),
        };
        let operation = match routes::find(&parts.method, parts.uri.path()) {
            Route::Operation(operation, _) => Some(operation.id),
            Route::OtherMethod(_) | Route::Nowhere => None,
        };
        RequestHead {
            number: self.script.number(),
            version: parts.version,
            method: parts.method.clone(),
            path: parts.uri.path().to_owned(),
            query: parts.uri.query().map(str::to_owned),
            authenticated,
            operation,
        }
    }

    fn enter(
        &self,
        parts: &request::Parts,
        body: &Result<Bytes, IncompleteBody>,
        fault: Option<&Fault>,
    ) -> EntryId {
        let body = body.clone().unwrap_or_default();
        self.log.enter(parts, body, fault.cloned())
    }

    /// What the fake does about a request that meets no fault.
    fn act(
        &self,
        parts: &request::Parts,
        body: Result<Bytes, IncompleteBody>,
        id: EntryId,
    ) -> Response<Bytes> {
        let answer = match Endpoint::of(parts.uri.path()) {
            Some(endpoint) => {
                let now = self.atlas.clock.now();
                oauth::serve(&self.account, endpoint, parts, body.ok().as_ref(), now)
            }
            None => match (self.refusal(parts), body) {
                (Some(refusal), _) => refusal,
                (None, Err(IncompleteBody)) => {
                    service::refuse(&self.atlas, parts, AtlasError::incomplete_body())
                }
                (None, Ok(body)) => service::serve(&self.atlas, parts, &body),
            },
        };
        self.log.acted(id, answer.status());
        answer
    }

    /// What to say to somebody who has neither a good token nor a good answer to a challenge.
    fn refusal(&self, parts: &request::Parts) -> Option<Response<Bytes>> {
        let (sent, now) = (authorization(parts), self.atlas.clock.now());
        match self.account.accepts(sent, now) {
            Some(true) => return None,
            Some(false) => return Some(oauth::unknown_token()),
            None => {}
        }
        let (method, target) = (parts.method.as_str(), parts.uri.to_string());
        match self.authenticator.check(sent, method, &target, now) {
            Verdict::Accepted => None,
            Verdict::Refused { stale } => Some(response::challenge(
                &self.authenticator.challenge(stale, now),
            )),
        }
    }

    /// A challenge that calls the nonce of `authorization` stale, and makes it so.
    fn stale(&self, authorization: Option<&str>) -> Response<Bytes> {
        self.authenticator.forget(authorization);
        let challenge = self.authenticator.challenge(true, self.atlas.clock.now());
        response::challenge(&challenge)
    }

    /// Writes down which status goes out, if one does.
    fn noted(&self, id: EntryId, reaction: Reaction) -> Reaction {
        if let Some(status) = reaction.status() {
            self.log.answered(id, status);
        }
        reaction
    }
}

fn authorization(parts: &request::Parts) -> Option<&str> {
    parts.headers.get(AUTHORIZATION)?.to_str().ok()
}
