//! The request as it goes on the wire, for every attempt anew.

use atlas_export_api::Operation;
use atlas_export_types::{CloudProvider, ClusterName};
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, header};
use url::Url;

use crate::{error::Error, redact, version::Versions};

/// A request that can be sent any number of times.
#[derive(Debug)]
pub(super) struct Prepared {
    pub(super) operation: Operation,
    pub(super) method: Method,
    pub(super) url: Url,
    pub(super) headers: HeaderMap,
    pub(super) body: Option<Bytes>,
    /// Whether sending it twice does no more than sending it once.
    pub(super) is_idempotent: bool,
}

/// A request of the caller's own making, to an operation that the contract may not have.
#[derive(Debug)]
pub(crate) struct CustomParts {
    /// In place of what the contract says: its path is the template, and so is its id.
    pub(crate) operation: Operation,
    pub(crate) method: Method,
    pub(crate) url: Url,
    pub(crate) media_type: HeaderValue,
    pub(crate) body: Option<Bytes>,
    pub(crate) is_idempotent: bool,
}

impl From<CustomParts> for Prepared {
    fn from(parts: CustomParts) -> Self {
        Self {
            headers: HeaderMap::new(),
            operation: parts.operation,
            method: parts.method,
            url: parts.url,
            body: parts.body,
            is_idempotent: parts.is_idempotent,
        }
        .with_media_type(parts.media_type)
    }
}

/// What a request is called in spans and messages: its id, or method and template where it has
/// none.
pub(super) fn name(operation: &Operation) -> String {
    if operation.id == operation.path {
        format!("{} {}", operation.method, operation.path)
    } else {
        operation.id.to_owned()
    }
}

impl Prepared {
    /// Takes the generated request apart, and sets what the generated code does not know.
    pub(super) fn new(
        request: &reqwest::Request,
        operation: &'static Operation,
        versions: &Versions,
        base_path: &str,
    ) -> Result<Self, Error> {
        check_path(request.url().path(), base_path, operation)?;
        let media_type = versions.media_type(operation)?;
        let body = request
            .body()
            .and_then(reqwest::Body::as_bytes)
            .map(Bytes::copy_from_slice);
        let method = request.method().clone();
        Ok(Self {
            operation: *operation,
            // Of the contract's methods only POST does more: a PATCH sets what it sets.
            is_idempotent: method != Method::POST,
            method,
            url: request.url().clone(),
            headers: request.headers().clone(),
            body,
        }
        .with_media_type(media_type))
    }

    /// The same request, which asks for this media type and sends it.
    fn with_media_type(mut self, media_type: HeaderValue) -> Self {
        if self.body.is_some() {
            self.headers
                .insert(header::CONTENT_TYPE, media_type.clone());
        }
        self.headers.insert(header::ACCEPT, media_type);
        self
    }

    /// The request target: path and query exactly as they go on the wire.
    pub(super) fn target(&self) -> String {
        match self.url.query() {
            Some(query) => format!("{}?{query}", self.url.path()),
            None => self.url.path().to_owned(),
        }
    }

    /// Where it goes, for messages: the host, and the proxy on the way, without their secrets.
    pub(super) fn route(&self, proxy: Option<&str>) -> String {
        let host = redact::origin_of(&self.url);
        match proxy {
            Some(proxy) => format!("{host} through the proxy {proxy}"),
            None => host,
        }
    }

    /// Whether it only reads.
    pub(super) fn is_read(&self) -> bool {
        self.method == Method::GET
    }

    /// The request with an `Authorization`, or without one.
    pub(super) fn signed(&self, authorization: Option<HeaderValue>) -> reqwest::Request {
        let mut request = reqwest::Request::new(self.method.clone(), self.url.clone());
        *request.headers_mut() = self.headers.clone();
        if let Some(authorization) = authorization {
            request
                .headers_mut()
                .insert(header::AUTHORIZATION, authorization);
        }
        *request.body_mut() = self.body.clone().map(Into::into);
        request
    }

    /// A GET of the same path, which asks for nothing but a challenge.
    pub(super) fn challenge_request(&self) -> reqwest::Request {
        let mut url = self.url.clone();
        url.set_query(None);
        let mut request = reqwest::Request::new(Method::GET, url);
        if let Some(accept) = self.headers.get(header::ACCEPT) {
            request.headers_mut().insert(header::ACCEPT, accept.clone());
        }
        request
    }
}

/// Refuses a path that is not the operation's with well-formed ids in its placeholders.
///
/// The handles have refused a bad id already, with a better message. This is the net below:
/// an id such as `..` would turn one request into another.
fn check_path(path: &str, base_path: &str, operation: &Operation) -> Result<(), Error> {
    let fits = path.strip_prefix(base_path).is_some_and(|path| {
        // The path `/` is the base itself, and is sent without a slash.
        let mut given = path.split('/');
        let mut wanted = operation
            .path
            .strip_suffix('/')
            .unwrap_or(operation.path)
            .split('/');
        loop {
            match (given.next(), wanted.next()) {
                (None, None) => return true,
                (Some(given), Some(wanted)) if segment_fits(given, wanted) => {}
                _ => return false,
            }
        }
    });
    if fits {
        Ok(())
    } else {
        Err(Error::config(format!(
            "the path of the request is not {}: what stands in it is no id of 24 hexadecimal digits, no \
             name, or no cloud",
            operation.path
        )))
    }
}

fn segment_fits(given: &str, wanted: &str) -> bool {
    match wanted {
        "{clusterName}" => ClusterName::new(given).is_ok(),
        "{cloudProvider}" => CloudProvider::KNOWN.contains(&given),
        id if id.starts_with('{') => {
            given.len() == 24 && given.bytes().all(|byte| byte.is_ascii_hexdigit())
        }
        constant => given == constant,
    }
}

#[cfg(test)]
mod tests {
    use atlas_export_api::operations;

    use super::*;
    use crate::ApiVersion;

    const PROJECT: &str = "32b6e34b3d91647abb20e7b8";
    const BASE: &str = "/api/atlas/v2";

    fn prepared(
        operation: &'static Operation,
        path: &str,
        version: ApiVersion,
    ) -> Result<Prepared, Error> {
        let url = Url::parse("https://cloud.mongodb.com").unwrap();
        let mut request = reqwest::Request::new(
            operation.method.parse().unwrap(),
            url.join(&format!("{BASE}{path}")).unwrap(),
        );
        if operation.method == "POST" {
            *request.body_mut() = Some("{}".into());
        }
        Prepared::new(&request, operation, &Versions::new(version, &[])?, BASE)
    }

    #[test]
    fn each_generation_has_its_media_type() {
        let buckets = format!("/groups/{PROJECT}/backup/exportBuckets");
        let v1 = prepared(operations::LIST_EXPORT_BUCKETS, &buckets, ApiVersion::V1).unwrap();
        assert_eq!(v1.headers[header::ACCEPT], "application/json");
        assert!(!v1.headers.contains_key(header::CONTENT_TYPE));
        let v2 = prepared(operations::CREATE_EXPORT_BUCKET, &buckets, ApiVersion::V2).unwrap();
        for name in [header::ACCEPT, header::CONTENT_TYPE] {
            assert_eq!(v2.headers[name], "application/vnd.atlas.2024-05-30+json");
        }
    }

    #[test]
    fn nothing_but_well_formed_ids_enters_a_path() {
        for path in [
            "/groups/%7BBUCKET-ID%7D/backup/exportBuckets",
            "/groups/32b6e34b3d91647abb20e7b/backup/exportBuckets",
            "/groups//backup/exportBuckets",
            "/groups/../backup/exportBuckets",
            "/backup/exportBuckets",
        ] {
            let error =
                prepared(operations::LIST_EXPORT_BUCKETS, path, ApiVersion::V2).unwrap_err();
            assert_eq!(error.kind(), crate::ErrorKind::Config, "{path}");
        }
        for cluster in ["%2e%2e", "a%2fb", ""] {
            let path = format!("/groups/{PROJECT}/clusters/{cluster}/backup/exports");
            assert!(
                prepared(operations::LIST_EXPORT_JOBS, &path, ApiVersion::V2).is_err(),
                "{cluster}"
            );
        }
    }

    #[test]
    fn the_base_itself_has_no_slash() {
        for (path, fits) in [("", true), ("/", false), ("/groups", false)] {
            let url = format!("https://cloud.mongodb.com{BASE}{path}");
            let request = reqwest::Request::new(Method::GET, url.parse().unwrap());
            let versions = Versions::new(ApiVersion::V2, &[]).unwrap();
            let status = Prepared::new(&request, operations::GET_SYSTEM_STATUS, &versions, BASE);
            assert_eq!(status.is_ok(), fits, "{path}");
        }
    }

    #[test]
    fn nothing_but_a_known_cloud_stands_for_one() {
        for (cloud, fits) in [
            ("AWS", true),
            ("aws", false),
            ("MOON", false),
            ("..", false),
        ] {
            let path = format!("/groups/{PROJECT}/cloudProviderAccess/{cloud}/{PROJECT}");
            let operation = operations::DEAUTHORIZE_ACCESS_ROLE;
            assert_eq!(
                prepared(operation, &path, ApiVersion::V2).is_ok(),
                fits,
                "{cloud}"
            );
        }
    }

    #[test]
    fn only_a_post_does_more_when_sent_twice() {
        let path = format!("/groups/{PROJECT}/backup/exportBuckets");
        for (operation, is_idempotent) in [
            (operations::CREATE_EXPORT_BUCKET, false),
            (operations::LIST_EXPORT_BUCKETS, true),
        ] {
            let request = prepared(operation, &path, ApiVersion::V2).unwrap();
            assert_eq!(request.is_idempotent, is_idempotent);
        }
    }

    #[test]
    fn a_request_for_a_challenge_has_neither_query_nor_body_nor_content_type() {
        let path = format!("/groups/{PROJECT}/backup/exportBuckets?pretty=true");
        let request = prepared(operations::CREATE_EXPORT_BUCKET, &path, ApiVersion::V2)
            .unwrap()
            .challenge_request();
        assert_eq!(request.method(), Method::GET);
        assert_eq!(request.url().query(), None);
        assert!(request.body().is_none());
        assert!(!request.headers().contains_key(header::CONTENT_TYPE));
    }

    #[test]
    fn the_target_is_path_and_query_as_encoded() {
        let path = format!("/groups/{PROJECT}/backup/exportBuckets?pretty=a%20b");
        assert_eq!(
            prepared(operations::LIST_EXPORT_BUCKETS, &path, ApiVersion::V2)
                .unwrap()
                .target(),
            format!("{BASE}{path}")
        );
    }
}
