//! mongodb-atlas-cli 0.3, whose library sends operations that a program describes.

use bytes::Bytes;
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use http::Method;
use mongodb_atlas_cli::{
    atlas::{
        Operation, OperationError, Version,
        client::AtlasClient,
        paginated::{Paginated, PaginatedResponse, PaginationRequest},
    },
    config::{AtlasCLIConfig, AuthType},
    secrets::{ApiKeys, ProfileName, Secret, SecretStore, SecretStoreError},
};

use super::{
    cannot, floor, measured,
    models::{Job, NEW_JOB},
    runtime,
};
use crate::{
    Failure,
    figures::{Figures, Seen},
    work::{AT_ONCE, JOB, PAGE, PRIVATE_KEY, PUBLIC_KEY, Place, Work},
};

/// The one pair of keys that there is.
struct Keys;

impl SecretStore for Keys {
    fn get(&self, _: &ProfileName, _: AuthType) -> Result<Option<Secret>, SecretStoreError> {
        Ok(Some(Secret::ApiKeys(ApiKeys {
            public_api_key: PUBLIC_KEY.to_owned(),
            private_api_key: PRIVATE_KEY.to_owned(),
        })))
    }

    fn set(&mut self, _: &ProfileName, _: Secret) -> Result<(), SecretStoreError> {
        Ok(())
    }

    fn delete(&mut self, _: &ProfileName) -> Result<(), SecretStoreError> {
        Ok(())
    }
}

/// An operation on jobs, below a path.
struct OnJobs {
    path: String,
    body: Option<Bytes>,
}

impl Operation for OnJobs {
    type Response = Job;

    fn method(&self) -> Method {
        match self.body {
            Some(_) => Method::POST,
            None => Method::GET,
        }
    }

    fn url(&self) -> String {
        self.path.clone()
    }

    fn version(&self) -> Version {
        Version::date(2023, 1, 1)
    }

    fn request_body(&self) -> Bytes {
        self.body.clone().unwrap_or_default()
    }

    fn parse_response(bytes: Bytes) -> Result<Job, OperationError> {
        serde_json::from_slice(&bytes).map_err(OperationError::Deserialize)
    }
}

struct AtlasCli {
    client: AtlasClient,
    jobs: String,
}

impl AtlasCli {
    fn new(place: &Place) -> Result<Self, Failure> {
        let config = AtlasCLIConfig {
            auth_type: Some(AuthType::ApiKeys),
            ops_manager_url: Some(place.origin.clone()),
            ..AtlasCLIConfig::default()
        };
        let client = AtlasClient::new(config, "default", Box::new(Keys))?;
        let jobs = place.jobs().replace(&place.origin, "");
        Ok(Self { client, jobs })
    }

    async fn list(&self, count: usize) -> Result<Seen, Failure> {
        let jobs = floor::of_so_many(&self.jobs, count);
        let mut seen = Seen::default();
        for number in 1.. {
            let pagination = PaginationRequest {
                page_num: Some(number),
                items_per_page: Some(u32::try_from(PAGE)?),
                include_count: None,
            };
            let inner = OnJobs {
                path: jobs.clone(),
                body: None,
            };
            let page: PaginatedResponse<Job> =
                self.client.execute(Paginated { inner, pagination }).await?;
            for job in &page.results {
                job.see(&mut seen);
            }
            if !page.has_next() {
                break;
            }
        }
        Ok(seen)
    }

    async fn get(&self, times: usize) -> Result<Seen, Failure> {
        let mut seen = Seen::default();
        for _ in 0..times {
            let path = format!("{}/{JOB}", self.jobs);
            let job = self.client.execute(OnJobs { path, body: None }).await?;
            job.see(&mut seen);
        }
        Ok(seen)
    }

    async fn create(&self, times: usize) -> Result<Seen, Failure> {
        let body = Bytes::from(serde_json::to_vec(&NEW_JOB)?);
        let jobs = stream::iter(0..times).map(|_| async {
            let mut seen = Seen::default();
            let operation = OnJobs {
                path: self.jobs.clone(),
                body: Some(body.clone()),
            };
            self.client.execute(operation).await?.see(&mut seen);
            Ok::<_, Failure>(seen)
        });
        let add = |mut sum: Seen, seen| async move {
            sum.add(seen);
            Ok(sum)
        };
        jobs.buffer_unordered(AT_ONCE)
            .try_fold(Seen::default(), add)
            .await
    }
}

pub(super) fn all(work: Work, place: &Place) -> Result<Figures, Failure> {
    if place.root.is_some() {
        return cannot("it trusts Mozilla's roots alone");
    }
    let runtime = runtime()?;
    let client = AtlasCli::new(place)?;
    match work {
        Work::List(count) => measured(&runtime, client.list(count)),
        Work::Get(times) => measured(&runtime, client.get(times)),
        Work::Create(times) => measured(&runtime, client.create(times)),
        Work::Warm(times) => {
            runtime.block_on(client.get(10))?;
            measured(&runtime, client.get(times))
        }
        Work::Consistent(_) => cannot("it has no such lists"),
        Work::Build(_) => cannot("it reads a profile for that"),
    }
}
