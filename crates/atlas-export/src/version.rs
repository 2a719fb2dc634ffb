//! The two generations of the API.

use std::{collections::BTreeMap, fmt};

use atlas_export_api::{OPERATIONS, Operation};
use http::HeaderValue;

use crate::error::Error;

/// The version of what Atlas lets people try, and may change; announced on 2025-11-06 in "Introducing
/// the Preview Stability Level for MongoDB Atlas Admin APIs".
const PREVIEW: &str = "preview";

/// Which generation of the Administration API a client speaks.
///
/// ```
/// use atlas_export::ApiVersion;
///
/// assert_eq!(ApiVersion::default(), ApiVersion::V2);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ApiVersion {
    /// Version 1.0, `application/json`. Deprecated by Atlas and to be removed; AWS only.
    V1,
    /// Version 2, whose resources are versioned by media type. The default.
    #[default]
    V2,
}

impl ApiVersion {
    /// The path of this generation below the host.
    pub(crate) const fn path(self) -> &'static str {
        match self {
            Self::V1 => "/api/atlas/v1.0",
            Self::V2 => "/api/atlas/v2",
        }
    }

    /// How a caller asks for this generation.
    const fn setting(self) -> &'static str {
        match self {
            Self::V1 => "ApiVersion::V1",
            Self::V2 => "ApiVersion::V2",
        }
    }

    /// The other generations, to recognise a base URL of the wrong one.
    pub(crate) const fn other(self) -> Self {
        match self {
            Self::V1 => Self::V2,
            Self::V2 => Self::V1,
        }
    }
}

impl fmt::Display for ApiVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::V1 => "v1.0",
            Self::V2 => "v2",
        })
    }
}

/// The version of each resource that a client speaks.
#[derive(Clone, Debug)]
pub(crate) struct Versions {
    generation: ApiVersion,
    /// What the caller chose, by the id of the operation.
    chosen: BTreeMap<&'static str, &'static str>,
}

impl Versions {
    /// Checks what the caller chose against the contract.
    pub(crate) fn new(generation: ApiVersion, chosen: &[(String, String)]) -> Result<Self, Error> {
        let chosen = chosen
            .iter()
            .map(|(id, version)| choose(generation, id, version))
            .collect::<Result<_, _>>()?;
        Ok(Self { generation, chosen })
    }

    /// The date of the version, in version 2: the newest, unless the caller chose.
    fn date(&self, operation: &Operation) -> Option<&'static str> {
        let newest = operation.versions.last().copied();
        self.chosen.get(operation.id).copied().or(newest)
    }

    /// `application/json` in version 1.0, a dated media type in 2.
    pub(crate) fn media_type(&self, operation: &Operation) -> Result<HeaderValue, Error> {
        match (self.generation, self.date(operation)) {
            (ApiVersion::V1, _) if operation.v1 => Ok(HeaderValue::from_static("application/json")),
            (ApiVersion::V2, Some(date)) => {
                HeaderValue::try_from(format!("application/vnd.atlas.{date}+json"))
                    .map_err(Error::invalid)
            }
            (generation, _) => Err(Error::config(format!(
                "{} does not exist in {generation} of the API: build the client with {}",
                operation.id,
                generation.other().setting(),
            ))
            .with(|inner| inner.operation = Some(operation.id))),
        }
    }

    /// The media type of an operation that the contract may not have, in the version that the
    /// caller names.
    pub(crate) fn custom_media_type(&self, version: Option<&str>) -> Result<HeaderValue, Error> {
        match (self.generation, version) {
            (ApiVersion::V1, None) => Ok(HeaderValue::from_static("application/json")),
            (ApiVersion::V1, Some(_)) => Err(Error::config(format!(
                "version() is set, but resources have no versions in {}: leave it out, or build \
                 the client with {}",
                self.generation,
                ApiVersion::V2.setting()
            ))),
            (ApiVersion::V2, Some(version)) if is_date(version) || version == PREVIEW => {
                HeaderValue::try_from(format!("application/vnd.atlas.{version}+json"))
                    .map_err(Error::invalid)
            }
            // What is no date is not repeated: it may have been meant for another option.
            (ApiVersion::V2, Some(_)) => Err(Error::config(
                "version() is no date: expected for example 2023-01-01, or preview",
            )),
            (ApiVersion::V2, None) => Err(Error::config(
                "no version is given: name the date that Atlas's reference lists for the \
                 operation, for example version(\"2023-01-01\")",
            )),
        }
    }

    /// Refuses `what` where the version of an operation is older than `since`, so that Atlas
    /// does not ignore it or refuse it in words of its own.
    pub(crate) fn require(
        &self,
        operation: &'static Operation,
        since: &str,
        what: &str,
    ) -> Result<(), Error> {
        let (has, spoken) = match (self.generation, self.date(operation)) {
            (ApiVersion::V1, _) => (false, self.generation.to_string()),
            // Dates of this shape sort as text.
            (ApiVersion::V2, Some(date)) => (date >= since, format!("version {date}")),
            (ApiVersion::V2, None) => (true, String::new()),
        };
        if has {
            return Ok(());
        }
        let remedy = match self.generation {
            ApiVersion::V1 => format!("build the client with {}", ApiVersion::V2.setting()),
            ApiVersion::V2 => format!("leave out resource_version({:?}, …)", operation.id),
        };
        Err(Error::config(format!(
            "{} does not support {what} in {spoken}: {remedy}",
            operation.id
        ))
        .with(|inner| inner.operation = Some(operation.id)))
    }
}

/// Whether it has the shape of a date, as 2023-01-01.
fn is_date(version: &str) -> bool {
    version.len() == 10
        && version
            .bytes()
            .enumerate()
            .all(|(place, byte)| match place {
                4 | 7 => byte == b'-',
                _ => byte.is_ascii_digit(),
            })
}

fn choose(
    generation: ApiVersion,
    id: &str,
    version: &str,
) -> Result<(&'static str, &'static str), Error> {
    let Some(operation) = Operation::find(id) else {
        let known: Vec<&str> = OPERATIONS.iter().map(|operation| operation.id).collect();
        return Err(Error::config(format!(
            "resource_version does not name an operation: choose one of {}",
            known.join(", ")
        )));
    };
    if generation == ApiVersion::V1 {
        return Err(Error::config(format!(
            "resource_version({:?}, …) is set, but resources have no versions in {generation}: leave \
             it out, or build the client with {}",
            operation.id,
            ApiVersion::V2.setting()
        )));
    }
    let listed = operation.versions.iter().find(|listed| **listed == version);
    listed.map(|listed| (operation.id, *listed)).ok_or_else(|| {
        // What is not a date is not repeated: it may have been meant for another option.
        let given = if is_date(version) { version } else { "…" };
        Error::config(format!(
            "{} has no version {given:?}: the contract lists {}",
            operation.id,
            operation.versions.join(" and ")
        ))
    })
}

#[cfg(test)]
mod tests {
    use atlas_export_api::operations;

    use super::*;

    fn versions(chosen: &[(&str, &str)]) -> Result<Versions, Error> {
        of(ApiVersion::V2, chosen)
    }

    fn of(generation: ApiVersion, chosen: &[(&str, &str)]) -> Result<Versions, Error> {
        let owned: Vec<_> = chosen
            .iter()
            .map(|(id, version)| ((*id).to_owned(), (*version).to_owned()))
            .collect();
        Versions::new(generation, &owned)
    }

    fn media_type(versions: &Versions, id: &str) -> String {
        let value = versions.media_type(Operation::find(id).unwrap()).unwrap();
        value.to_str().unwrap().to_owned()
    }

    #[test]
    fn the_newest_version_is_spoken_unless_another_is_chosen() {
        let newest = versions(&[]).unwrap();
        let chosen = versions(&[(operations::LIST_EXPORT_BUCKETS.id, "2023-01-01")]).unwrap();
        let list = |versions| media_type(versions, operations::LIST_EXPORT_BUCKETS.id);
        assert_eq!(list(&newest), "application/vnd.atlas.2024-05-30+json");
        assert_eq!(list(&chosen), "application/vnd.atlas.2023-01-01+json");
        // Chosen for one operation, not for its neighbours.
        assert_eq!(
            media_type(&chosen, operations::GET_EXPORT_BUCKET.id),
            "application/vnd.atlas.2024-05-30+json"
        );
    }

    #[test]
    fn what_the_contract_does_not_list_is_refused_with_what_it_lists() {
        let refusal = |id, version| versions(&[(id, version)]).unwrap_err().to_string();
        assert_eq!(
            refusal(operations::LIST_EXPORT_BUCKETS.id, "2025-01-01"),
            "listExportBuckets has no version \"2025-01-01\": the contract lists 2023-01-01 and \
             2024-05-30"
        );
        assert!(refusal("listBuckets", "2023-01-01").contains(operations::LIST_EXPORT_BUCKETS.id));
        let in_v1 = of(
            ApiVersion::V1,
            &[(operations::LIST_EXPORT_BUCKETS.id, "2023-01-01")],
        )
        .unwrap_err();
        assert!(in_v1.to_string().contains("ApiVersion::V2"), "{in_v1}");
    }

    #[test]
    fn an_operation_that_version_1_lacks_is_refused() {
        let operation = operations::UPDATE_EXPORT_BUCKET;
        let v1 = of(ApiVersion::V1, &[]).unwrap();
        let error = v1.media_type(operation).unwrap_err();
        assert_eq!(error.kind(), crate::ErrorKind::Config);
        assert_eq!(
            error.to_string(),
            "updateExportBucket does not exist in v1.0 of the API: build the client with \
             ApiVersion::V2"
        );
    }

    #[test]
    fn a_custom_request_names_its_version_in_version_2_and_none_in_version_1() {
        let v2 = versions(&[]).unwrap();
        let custom = |version| v2.custom_media_type(version);
        for (version, media_type) in [
            ("2025-03-12", "application/vnd.atlas.2025-03-12+json"),
            ("preview", "application/vnd.atlas.preview+json"),
        ] {
            assert_eq!(custom(Some(version)).unwrap(), media_type);
        }
        for none in ["", "2025-3-12", "20250-3-12", "2025-03-12+csv", "\r\nX: y"] {
            let message = custom(Some(none)).unwrap_err().to_string();
            assert!(message.starts_with("version() is no date"), "{message}");
        }
        assert!(custom(None).unwrap_err().to_string().contains("reference"));
        let v1 = of(ApiVersion::V1, &[]).unwrap();
        assert_eq!(v1.custom_media_type(None).unwrap(), "application/json");
        let message = v1.custom_media_type(Some("2023-01-01")).unwrap_err();
        assert!(message.to_string().contains("no versions in v1.0"));
    }

    #[test]
    fn what_a_version_lacks_is_refused_by_name() {
        let require = |versions: Versions| {
            versions.require(
                operations::CREATE_EXPORT_BUCKET,
                "2024-05-30",
                "a bucket on Azure",
            )
        };
        assert!(require(versions(&[]).unwrap()).is_ok());
        let older = versions(&[(operations::CREATE_EXPORT_BUCKET.id, "2023-01-01")]).unwrap();
        let message = require(older).unwrap_err().to_string();
        assert!(message.contains("a bucket on Azure") && message.contains("2023-01-01"));
        let message = require(of(ApiVersion::V1, &[]).unwrap()).unwrap_err();
        assert!(message.to_string().contains("v1.0"));
    }
}
