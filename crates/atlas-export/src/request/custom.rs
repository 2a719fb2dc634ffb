//! A call of an operation that the contract may not have.

use std::{
    any::TypeId,
    fmt,
    future::{Future, IntoFuture},
    marker::PhantomData,
    pin::Pin,
};

use atlas_export_api::Operation;
use atlas_export_types::without_values;
use bytes::Bytes;
use http::{StatusCode, Uri};
use percent_encoding::utf8_percent_encode;
use serde::{Serialize, de::DeserializeOwned};
use url::Url;

use super::{
    Method, call_options, pages,
    template::{self, RESERVED},
};
use crate::{
    Client, Error, ErrorKind,
    list::List,
    transport::{CallStats, CustomParts},
};

/// What the client itself sets in every query.
const ENVELOPE: &str = "envelope";

/// A call of any operation, which is about to be made: await it, or read it as a list with
/// [`pages`](Self::pages). Made by [`Client::request`].
///
/// Awaited, it gives whatever can be read from JSON. `()` takes any answer, and one without a body
/// is read as `null`, so an `Option` is `None` then.
///
/// ```no_run
/// use atlas_export::request::Method;
/// use serde_json::json;
///
/// # async fn example(atlas: atlas_export::Client) -> Result<(), atlas_export::Error> {
/// atlas
///     .request::<()>(Method::DELETE, "/groups/{groupId}/accessList/{entryValue}")
///     .path("groupId", "32b6e34b3d91647abb20e7b8")
///     .path("entryValue", "192.0.2.0/24")
///     .version("2023-01-01")
///     .await?;
/// # Ok(())
/// # }
/// ```
///
/// # Errors
/// As any call of the SDK, with the template in place of an operation's id
/// ([`Error::operation`]). `Config`, and nothing is sent, where template, values, version or body
/// are invalid: a placeholder without a value or a value without a placeholder, a value that would
/// lead to another path. `Decode` where the answer is not what is asked for, and `Ambiguous` where
/// that happens to a request that is not idempotent, since it has succeeded.
#[must_use = "nothing is sent until it is awaited"]
pub struct CustomRequest<T> {
    client: Client,
    parts: Parts,
    answer: PhantomData<fn() -> T>,
}

/// What a request is made of.
#[derive(Clone)]
pub(super) struct Parts {
    method: Method,
    template: &'static str,
    path: Vec<template::Value>,
    query: Vec<(String, String)>,
    version: Option<String>,
    body: Body,
    is_idempotent: bool,
}

#[derive(Clone)]
enum Body {
    None,
    Json(Bytes),
    /// What was given cannot be written as JSON.
    Invalid,
}

impl<T> CustomRequest<T> {
    pub(crate) fn new(client: Client, method: Method, template: &'static str) -> Self {
        Self {
            client,
            parts: Parts {
                method,
                template,
                path: Vec::new(),
                query: Vec::new(),
                version: None,
                body: Body::None,
                is_idempotent: method.is_idempotent(),
            },
            answer: PhantomData,
        }
    }

    /// What stands in a placeholder of the template: an id, a name, a number. It is
    /// percent-encoded, slashes included, so it is one segment of the path.
    pub fn path(mut self, placeholder: impl Into<String>, value: impl fmt::Display) -> Self {
        let value = (placeholder.into(), value.to_string());
        self.parts.path.push(value);
        self
    }

    /// Adds a parameter to the query, percent-encoded. One that is given twice is sent twice, as
    /// Atlas has it for lists of values.
    pub fn query(mut self, key: impl Into<String>, value: impl fmt::Display) -> Self {
        self.parts.query.push((key.into(), value.to_string()));
        self
    }

    /// The version of the resource, by its date as in Atlas's reference (`2023-01-01`), or
    /// `preview`. It is needed in version 2 of the API, and refused in version 1.0, which has
    /// none.
    pub fn version(mut self, date: impl Into<String>) -> Self {
        self.parts.version = Some(date.into());
        self
    }

    /// The body, as JSON.
    pub fn json(mut self, body: &(impl Serialize + ?Sized)) -> Self {
        self.parts.body =
            serde_json::to_vec(body).map_or(Body::Invalid, |body| Body::Json(body.into()));
        self
    }

    /// Says that sending it twice does no more than sending it once, so that a POST or PATCH is
    /// repeated like a GET, also where an attempt may have taken effect. The other methods are
    /// idempotent by themselves.
    pub fn idempotent(mut self) -> Self {
        self.parts.is_idempotent = true;
        self
    }

    call_options!(client);
}

impl CustomRequest<()> {
    /// The list that the operation answers with page by page: `results`, and `links` or a full
    /// page that say whether there is another. Its requests are one caller's, as far as taking
    /// turns goes.
    ///
    /// Items are told apart by `id` (or `_id`), for
    /// [`consistent`](crate::list::List::consistent); where there is none, by their JSON.
    pub fn pages<I: DeserializeOwned + Send + 'static>(self) -> List<I> {
        let client = self.client.made_for(self.client.caller().of_many());
        pages::list(client, self.parts)
    }
}

impl Parts {
    pub(super) fn template(&self) -> &'static str {
        self.template
    }

    /// The same request, with more in its query. Nobody else may set what `reserved` names.
    pub(super) fn with_query(
        mut self,
        reserved: &[&str],
        added: Vec<(&str, String)>,
    ) -> Result<Self, Error> {
        let mut given = self.query.iter();
        if let Some((key, _)) = given.find(|(key, _)| reserved.contains(&key.as_str())) {
            return Err(self.invalid(&format!(
                "query({key:?}, …) is given, but the list sets it: use page(), page_size() and \
                 include_count()"
            )));
        }
        let added = added.into_iter();
        self.query
            .extend(added.map(|(key, value)| (key.to_owned(), value)));
        Ok(self)
    }

    /// Sends it, and says how the call went.
    pub(super) async fn send<T>(
        self,
        client: &Client,
        decode: impl FnOnce(&[u8]) -> Result<T, serde_json::Error>,
        success: StatusCode,
    ) -> Result<(T, CallStats), Error> {
        let operation = self.operation(success);
        let is_idempotent = self.is_idempotent;
        let parts = self
            .prepare(client, operation)
            .map_err(|error| error.with_operation(operation.id))?;
        let call = client.begin_call();
        let sent = call.send_custom(parts).await;
        let outcome = sent.and_then(|response| {
            let stats = call.stats();
            let decoded = match &*response.body {
                [] => decode(b"null"),
                body => decode(body),
            };
            let answer = decoded.map_err(|cause| {
                let error = does_not_decode(&cause, is_idempotent);
                call.finished(error, operation.id)
                    .with(|inner| inner.status = stats.status)
            })?;
            Ok((answer, stats))
        });
        call.tell_end(&outcome);
        outcome
    }

    /// What the contract says of an operation, as far as it is known of this one.
    fn operation(&self, success: StatusCode) -> Operation {
        Operation {
            id: self.template,
            function: "",
            method: self.method.as_str(),
            path: self.template,
            versions: &[],
            v1: true,
            success: success.as_u16(),
            query: &[],
            roles: &[],
        }
    }

    fn prepare(self, client: &Client, operation: Operation) -> Result<CustomParts, Error> {
        let media_type = client
            .versions()
            .custom_media_type(self.version.as_deref())?;
        let url = self.url(client)?;
        let body = match self.body {
            Body::None => None,
            Body::Json(_) if self.method == Method::GET => {
                return Err(self.invalid("a GET has no body: leave json() out"));
            }
            Body::Json(body) => Some(body),
            Body::Invalid => {
                return Err(self.invalid(
                    "what json() was given cannot be written as JSON: the keys of maps have to be \
                     text or numbers",
                ));
            }
        };
        Ok(CustomParts {
            operation,
            method: self.method.as_http(),
            url,
            media_type,
            body,
            is_idempotent: self.is_idempotent,
        })
    }

    /// The URL, which is the client's base URL to the letter, and what was given below it.
    fn url(&self, client: &Client) -> Result<Url, Error> {
        let mut below = template::fill(self.template, &self.path)?;
        let mut separator = '?';
        let envelope = client
            .wants_envelope()
            .then(|| (ENVELOPE.to_owned(), "true".to_owned()));
        for (key, value) in self.query.iter().chain(&envelope) {
            if key.is_empty() {
                return Err(self.invalid("a key of the query is empty: name the parameter"));
            }
            below.push(separator);
            below.extend(utf8_percent_encode(key, RESERVED));
            below.push('=');
            below.extend(utf8_percent_encode(value, RESERVED));
            separator = '&';
        }
        if self.query.iter().any(|(key, _)| key == ENVELOPE) {
            return Err(self.invalid(
                "query(\"envelope\", …) is given, but the client opens the envelope: use \
                 ClientBuilder::envelope",
            ));
        }
        let url = Url::parse(&format!("{}{below}", client.base_url())).map_err(Error::invalid)?;
        // The net below all rules: what is parsed is what was written, and nothing else.
        if url.as_str().strip_prefix(client.base_url()) != Some(below.as_str()) {
            return Err(
                self.invalid("the path is changed by the rules of URLs: give names and ids")
            );
        }
        // The HTTP library would find that out only once the request counts as sent.
        if url.as_str().parse::<Uri>().is_err() {
            return Err(self.invalid(
                "the URL is longer than 65,534 bytes, which no HTTP library takes: give shorter \
                 values, or send them in the body",
            ));
        }
        Ok(url)
    }

    fn invalid(&self, why: &str) -> Error {
        Error::config(format!("{} {}: {why}", self.method, self.template))
            .with_operation(self.template)
    }
}

/// An answer that is not what was asked for. Its values are not repeated.
fn does_not_decode(cause: &serde_json::Error, is_idempotent: bool) -> Error {
    let why = without_values(cause);
    let error = Error::new(
        ErrorKind::Decode,
        format!(
            "the answer is not what is asked for: {why}; compare the type with Atlas's reference"
        ),
    );
    if is_idempotent {
        return error;
    }
    let message =
        format!("the request succeeded, but {error}; look at what it did before repeating it");
    Error::new(ErrorKind::Ambiguous, message).with(|inner| {
        inner.effect = true;
        inner.source = Some(Box::new(error));
    })
}

impl<T: DeserializeOwned + Send + 'static> IntoFuture for CustomRequest<T> {
    type Output = Result<T, Error>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move {
            let takes_anything = TypeId::of::<T>() == TypeId::of::<()>();
            let (decode, success): (fn(&[u8]) -> _, _) = if takes_anything {
                (|_| serde_json::from_slice(b"null"), StatusCode::NO_CONTENT)
            } else {
                (|body| serde_json::from_slice(body), StatusCode::OK)
            };
            let (answer, _) = self.parts.send(&self.client, decode, success).await?;
            Ok(answer)
        })
    }
}

/// Shows nothing of what was given but method and template.
impl<T> fmt::Debug for CustomRequest<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CustomRequest")
            .field("method", &self.parts.method.as_str())
            .field("template", &self.parts.template)
            .field("is_idempotent", &self.parts.is_idempotent)
            .finish_non_exhaustive()
    }
}
