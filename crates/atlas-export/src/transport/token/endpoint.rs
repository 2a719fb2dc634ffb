//! One request to an endpoint of service accounts, under the bounds of any call.

use std::{
    pin::pin,
    sync::Arc,
    time::{Duration, Instant},
};

use bytes::Bytes;
use futures_util::future::{Either, select};
use http::{StatusCode, header};
use url::{Url, form_urlencoded};

use super::{access_token::AccessToken, grant::Grant};
use crate::{
    clock::Clock,
    credentials::ServiceAccount,
    observe::{Purpose, Waits, Watcher},
    transport::{
        body,
        failure::{Cause, Failure, TimeLimit, Timeout},
        limits::Limits,
        opening::Opening,
        request_watch::RequestWatch,
        response::{BodyUse, ReceivedResponse},
    },
};

/// The longest answer that is read: a token is far shorter.
const MAX_BODY: usize = 64 * 1024;

const FORM: &str = "application/x-www-form-urlencoded";

/// The two endpoints of the client's one origin, and who asks them.
#[derive(Debug)]
pub(in crate::transport) struct TokenEndpoint {
    http: reqwest::Client,
    opening: Arc<Opening>,
    clock: Arc<dyn Clock>,
    watcher: Watcher,
    limits: Limits,
    account: ServiceAccount,
    token_url: Url,
    revoke_url: Url,
}

/// Why a request to the token endpoint gave no token.
#[derive(Debug)]
pub(super) enum NoGrant {
    /// It failed, as any request may.
    Failed(Failure),
    /// A success without a token; what it lacks.
    Unusable(String),
}

impl NoGrant {
    /// Whether id or secret are refused.
    pub(super) fn is_about_the_account(&self) -> bool {
        match self {
            Self::Failed(failure) => failure.status() == Some(StatusCode::UNAUTHORIZED),
            Self::Unusable(_) => false,
        }
    }
}

impl TokenEndpoint {
    /// `oauth_url` is what both endpoints lie below; it ends in a slash.
    pub(in crate::transport) fn new(
        http: reqwest::Client,
        opening: Arc<Opening>,
        clock: Arc<dyn Clock>,
        watcher: Watcher,
        limits: Limits,
        account: ServiceAccount,
        oauth_url: &Url,
    ) -> Self {
        let below = |name: &str| {
            let mut url = oauth_url.clone();
            url.set_path(&format!("{}{name}", oauth_url.path()));
            url
        };
        Self {
            http,
            opening,
            clock,
            watcher,
            limits,
            account,
            token_url: below("token"),
            revoke_url: below("revoke"),
        }
    }

    /// The origin, for messages.
    pub(super) fn host(&self) -> String {
        crate::redact::origin_of(&self.token_url)
    }

    /// Asks for a token, once. When it was asked is when the token begins to age.
    pub(super) async fn ask(&self) -> Result<(Grant, Instant), NoGrant> {
        let asked = self.clock.now();
        let form = "grant_type=client_credentials".to_owned();
        let response = self.post(&self.token_url, form, Purpose::Token).await;
        let response = response.map_err(NoGrant::Failed)?;
        // Only what parses counts as read: a gateway may have cut it short.
        if !response.may_be_from_atlas(BodyUse::Ignored) {
            let cause = Cause::NotAtlas(response.media_type().map(str::to_owned));
            return Err(NoGrant::Failed(Failure::of(cause)));
        }
        let grant = Grant::read(&response.body).map_err(NoGrant::Unusable)?;
        Ok((grant, asked))
    }

    /// Gives a token back, once.
    pub(super) async fn give_back(&self, token: &AccessToken) -> Result<(), Failure> {
        let form = form_urlencoded::Serializer::new(String::new())
            .append_pair("token", token.expose())
            .append_pair("token_type_hint", "access_token")
            .finish();
        let response = self
            .post(&self.revoke_url, form, Purpose::Revocation)
            .await?;
        if response.may_be_from_atlas(BodyUse::Ignored) {
            return Ok(());
        }
        let media_type = response.media_type().map(str::to_owned);
        Err(Failure::of(Cause::NotAtlas(media_type)))
    }

    /// Posts a form, and reads what comes back; anything but a success is a failure.
    async fn post(
        &self,
        url: &Url,
        form: String,
        purpose: Purpose,
    ) -> Result<ReceivedResponse, Failure> {
        let request = self
            .http
            .post(url.clone())
            .basic_auth(self.account.client_id(), Some(self.account.expose_secret()))
            .header(header::CONTENT_TYPE, FORM)
            .header(header::ACCEPT, "application/json")
            .body(form)
            .build()
            .map_err(|error| Failure::of(Cause::of_sending(error)))?;
        let template = match purpose {
            Purpose::Revocation => "/api/oauth/revoke",
            _ => "/api/oauth/token",
        };
        let mut watch = RequestWatch::begin(
            (&self.watcher, &self.clock),
            None,
            purpose,
            &request,
            |watcher| watcher.operation(template, "POST", template),
        );
        let after = self.limits.attempt_timeout;
        let outcome = {
            let exchange = pin!(self.exchange(request, &mut watch));
            match select(exchange, self.clock.guard(after)).await {
                Either::Left((result, _)) => result,
                Either::Right(_) => Err(self.timed_out(after)),
            }
        };
        match &outcome {
            Err(cause) if !cause.is_answer() => watch.fail(cause.reason()),
            _ => watch.end(),
        }
        outcome.map_err(Failure::of)
    }

    async fn exchange(
        &self,
        request: reqwest::Request,
        watch: &mut RequestWatch<'_>,
    ) -> Result<ReceivedResponse, Cause> {
        let sent = self.http.execute(request).await;
        let response = sent.map_err(|error| {
            if error.is_connect() {
                watch.was_not_sent();
            }
            Cause::of_sending(error)
        })?;
        // Of the same origin, over the connections of all calls.
        self.opening.answered();
        watch.answered(response.status());
        let (status, headers) = (response.status(), response.headers().clone());
        if status.is_redirection() {
            let target = headers.get(header::LOCATION);
            let target = target.map(|target| String::from_utf8_lossy(target.as_bytes()).into());
            return Err(Cause::Redirect { target, status });
        }
        let body = body::read(response, MAX_BODY.min(self.limits.max_body), |more| {
            watch.received(more);
        })
        .await;
        if status.is_success() {
            let body = body?;
            return Ok(ReceivedResponse {
                status,
                headers,
                body,
            });
        }
        // The status is what counts; a body that breaks off takes nothing from it.
        let body: Bytes = body.unwrap_or_default();
        Err(Cause::refused(ReceivedResponse {
            status,
            headers,
            body,
        }))
    }

    fn timed_out(&self, after: Duration) -> Cause {
        Cause::Timeout(Timeout {
            limit: TimeLimit::Attempt,
            after,
            waited: Waits::default(),
            max_in_flight: self.limits.max_in_flight,
            was_sent: true,
        })
    }
}
