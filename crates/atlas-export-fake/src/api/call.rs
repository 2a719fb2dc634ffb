//! One request as its handler sees it.

use bytes::Bytes;
use serde_json::Value;

use crate::api::atlas::Atlas;
use crate::api::response::Reply;
use crate::api::routes::Params;
use crate::rules::error::AtlasError;
use crate::rules::operations::Operation;
use crate::rules::page;
use crate::rules::version::Version;
use crate::world::ids;

/// One request: checked as far as no operation is concerned.
#[derive(Debug)]
pub(crate) struct Call<'r> {
    pub(crate) atlas: &'r Atlas,
    #[cfg_attr(
        not(feature = "schemas"),
        expect(dead_code, reason = "its schema is asked for")
    )]
    pub(crate) operation: &'r Operation,
    pub(crate) version: Version,
    pub(crate) params: &'r Params,
    /// The path, percent-encoded as it was sent.
    pub(crate) path: &'r str,
    pub(crate) query: &'r str,
    pub(crate) body: &'r Bytes,
    /// The public key that signed it; `None` where an access token did.
    pub(crate) public_key: Option<&'r str>,
}

impl Call<'_> {
    /// A segment of the path, decoded.
    pub(crate) fn param(&self, name: &str) -> &str {
        self.params
            .iter()
            .find(|(key, _)| *key == name)
            .map_or("", |(_, value)| value)
    }

    /// A segment of the path that must be an id, in small letters.
    pub(crate) fn object_id(&self, name: &str) -> Result<String, AtlasError> {
        let id = self.param(name);
        if ids::is_object_id(id) {
            Ok(ids::lowered(id))
        } else {
            Err(AtlasError::invalid_field(
                name,
                format!("must be 24 hexadecimal digits, not {id:?}"),
            ))
        }
    }

    /// The absolute URL of this resource, without a query.
    fn address(&self) -> String {
        let project = self.param("groupId");
        let path = self.path.replacen(project, &ids::lowered(project), 1);
        format!("{}{path}", self.atlas.origin)
    }

    /// The body with its ids in small letters, held against the operation's schema where the feature
    /// `schemas` is on.
    pub(crate) fn json_body(&self) -> Result<Value, AtlasError> {
        let mut body: Value =
            serde_json::from_slice(self.body).map_err(|e| AtlasError::not_json(&e))?;
        ids::lower_members(&mut body);
        #[cfg(feature = "schemas")]
        self.atlas.schemas.check(self.operation.id, &body)?;
        Ok(body)
    }

    /// The absolute URL of the cluster that the path names.
    pub(crate) fn cluster_address(&self) -> String {
        // All of them begin with `/api/atlas/v2/groups/{groupId}/clusters/{clusterName}`.
        let below = self.path.splitn(9, '/').nth(8);
        let below = below.map_or(0, |below| below.len() + 1);
        let address = self.address();
        let end = address.len().saturating_sub(below);
        address.get(..end).unwrap_or(&address).to_owned()
    }

    /// The page of `items` that the query asks for, and nothing else of them, as `show` shows it.
    pub(crate) fn page<T>(
        &self,
        items: &[T],
        show: impl FnMut(&T) -> Value,
    ) -> Result<Reply, AtlasError> {
        let options = self.atlas.options.lists;
        page::page(items, show, self.query, &self.address(), options).map(Reply::Page)
    }
}
