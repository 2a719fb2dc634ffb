//! The way in and out of every request: number it, choose its fault, read it whole, write it down, ask
//! the gate, route it, note the answer.

use std::future::Future;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use bytes::Bytes;
use http::header::AUTHORIZATION;
use http::{Response, request};
use http_body_util::BodyExt;
use hyper::service::Service as _;
use hyper_util::service::TowerToHyperService;

use crate::answer;
use crate::digest::Verdict;
use crate::error::AtlasError;
use crate::fault::{Fault, Moment};
use crate::log::Ticket;
use crate::operations;
use crate::reaction::Reaction;
use crate::routes;
use crate::script::RequestHead;
use crate::state::Shared;

/// No request of this API comes near it.
pub(crate) const MAX_BODY_BYTES: usize = 16 * 1024 * 1024;

/// The body of a request, for the operation to read.
#[derive(Debug, Clone)]
pub(crate) struct WholeBody(pub(crate) Bytes);

/// A body broke off, or is too large.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Unreadable;

/// What a connection asks about each of its requests.
#[derive(Debug, Clone)]
pub(crate) struct Visitor {
    shared: Arc<Shared>,
    router: TowerToHyperService<Router>,
}

impl Visitor {
    pub(crate) fn new(shared: Arc<Shared>) -> Self {
        let router = TowerToHyperService::new(routes::router(Arc::clone(&shared)));
        Self { shared, router }
    }

    /// Everything that is done about a request. `body` is not read where the fault does not let it.
    /// `may_act` is asked right before the request is acted on; one that may not be is left without an
    /// answer, on a connection that is about to end.
    pub(crate) async fn receive(
        &self,
        parts: request::Parts,
        body: impl Future<Output = Result<Bytes, Unreadable>> + Send,
        may_act: impl FnOnce() -> bool + Send,
    ) -> Reaction {
        let _present = self.shared.traffic.enter();
        self.shared.traffic.travel().await;
        let head = self.head(&parts);
        let Some(fault) = self.shared.script.fault(&head) else {
            let body = body.await;
            let ticket = self.enter(&parts, &body, None);
            if !may_act() {
                return Reaction::Silence;
            }
            let answer = self.act(parts, body, ticket).await;
            return self.noted(ticket, Reaction::Answer(answer));
        };

        let authorization = parts.headers.get(AUTHORIZATION).cloned();
        let authorization = authorization.as_ref().and_then(|value| value.to_str().ok());
        let strike = |ticket, own| {
            let stale = || self.stale(authorization);
            self.noted(ticket, fault.strike(own, stale))
        };
        let hold = async |moment| {
            if fault.moment == moment
                && let Some(turnstile) = &fault.hold
            {
                turnstile.pass().await;
            }
        };

        if fault.moment == Moment::Head && !fault.damages() {
            let ticket = self.enter(&parts, &Ok(Bytes::new()), Some(&fault));
            hold(Moment::Head).await;
            return strike(ticket, Response::default());
        }
        hold(Moment::Head).await;
        let body = body.await;
        let ticket = self.enter(&parts, &body, Some(&fault));
        hold(Moment::Read).await;
        if !fault.acts() {
            return strike(ticket, Response::default());
        }
        if !may_act() {
            return Reaction::Silence;
        }
        if fault.forgets() {
            self.shared.gate.forget_all();
        }
        let own = self.act(parts, body, ticket).await;
        hold(Moment::Acted).await;
        strike(ticket, own)
    }

    fn head(&self, parts: &request::Parts) -> RequestHead {
        let authorization = parts.headers.get(AUTHORIZATION);
        let verdict = self.shared.gate.foretell(
            authorization.and_then(|value| value.to_str().ok()),
            parts.method.as_str(),
            &parts.uri.to_string(),
            self.shared.clock.now(),
        );
        RequestHead {
            number: self.shared.script.number(),
            version: parts.version,
            method: parts.method.clone(),
            path: parts.uri.path().to_owned(),
            query: parts.uri.query().map(str::to_owned),
            authenticated: verdict == Verdict::Accepted,
            operation: operations::find(&parts.method, parts.uri.path())
                .map(|operation| operation.id),
        }
    }

    fn enter(
        &self,
        parts: &request::Parts,
        body: &Result<Bytes, Unreadable>,
        fault: Option<&Fault>,
    ) -> Ticket {
        let body = body.clone().unwrap_or_default();
        self.shared.log.enter(parts, body, fault.cloned())
    }

    /// What the fake does about a request that meets no fault.
    async fn act(
        &self,
        mut parts: request::Parts,
        body: Result<Bytes, Unreadable>,
        ticket: Ticket,
    ) -> Response<Bytes> {
        let shared = &self.shared;
        let authorization = parts.headers.get(AUTHORIZATION);
        let now = shared.clock.now();
        let verdict = shared.gate.check(
            authorization.and_then(|value| value.to_str().ok()),
            parts.method.as_str(),
            &parts.uri.to_string(),
            now,
        );
        let response = match (verdict, body) {
            (Verdict::Refused { stale }, _) => {
                answer::challenge(&shared.gate.challenge(stale, now)).map(Body::from)
            }
            (Verdict::Accepted, Err(Unreadable)) => {
                let request = Request::from_parts(parts, Body::empty());
                routes::refuse(shared, &request, AtlasError::unreadable_body())
            }
            (Verdict::Accepted, Ok(body)) => {
                parts.extensions.insert(WholeBody(body));
                let request = Request::from_parts(parts, Body::empty());
                let Ok(response) = self.router.call(request).await;
                response
            }
        };
        let (parts, body) = response.into_parts();
        shared.log.acted(ticket, parts.status);
        // The bodies of the fake lie in memory: there is nothing to fail.
        let body = body
            .collect()
            .await
            .map(http_body_util::Collected::to_bytes);
        Response::from_parts(parts, body.unwrap_or_default())
    }

    /// A challenge that calls the nonce of `authorization` stale, and makes it so.
    fn stale(&self, authorization: Option<&str>) -> Response<Bytes> {
        let shared = &self.shared;
        shared.gate.forget(authorization);
        let challenge = shared.gate.challenge(true, shared.clock.now());
        answer::challenge(&challenge)
    }

    /// Writes down which status goes out, if one does.
    fn noted(&self, ticket: Ticket, reaction: Reaction) -> Reaction {
        if let Some(status) = reaction.status() {
            self.shared.log.answered(ticket, status);
        }
        reaction
    }
}
