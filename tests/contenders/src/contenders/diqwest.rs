//! diqwest 3: Digest for the HTTP library's requests.

use ::diqwest::{DigestAuthSession, WithDigestAuth as _};
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use reqwest::{Client, RequestBuilder, header::ACCEPT};
use serde::de::DeserializeOwned;

use super::{
    cannot, floor, measured,
    models::{Job, NEW_JOB, Page},
    runtime,
};
use crate::{
    Failure,
    figures::{Figures, Seen},
    work::{AT_ONCE, JOB, PAGE, PRIVATE_KEY, PUBLIC_KEY, Place, Work},
};

const MEDIA_TYPE: &str = "application/vnd.atlas.2023-01-01+json";

struct Diqwest {
    http: Client,
    jobs: String,
    session: Option<DigestAuthSession>,
}

impl Diqwest {
    async fn send<T: DeserializeOwned>(&self, request: RequestBuilder) -> Result<T, Failure> {
        let request = request.header(ACCEPT, MEDIA_TYPE);
        let response = match &self.session {
            Some(session) => request.send_digest_auth(session).await,
            None => request.send_digest_auth((PUBLIC_KEY, PRIVATE_KEY)).await,
        };
        let response = response.map_err(|error| error.to_string())?;
        Ok(response.error_for_status()?.json().await?)
    }

    async fn list(&self, count: usize) -> Result<Seen, Failure> {
        let jobs = floor::of_so_many(&self.jobs, count);
        let mut seen = Seen::default();
        for number in 1.. {
            let query = [("itemsPerPage", PAGE), ("pageNum", number)];
            let page: Page = self.send(self.http.get(&jobs).query(&query)).await?;
            page.see(&mut seen);
            if !page.has_next() {
                break;
            }
        }
        Ok(seen)
    }

    async fn get(&self, times: usize) -> Result<Seen, Failure> {
        let mut seen = Seen::default();
        let url = format!("{}/{JOB}", self.jobs);
        for _ in 0..times {
            self.send::<Job>(self.http.get(&url)).await?.see(&mut seen);
        }
        Ok(seen)
    }

    async fn create(&self, times: usize) -> Result<Seen, Failure> {
        let jobs = stream::iter(0..times).map(|_| async {
            let mut seen = Seen::default();
            let created: Job = self.send(self.http.post(&self.jobs).json(&NEW_JOB)).await?;
            created.see(&mut seen);
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

pub(super) fn each(work: Work, place: &Place) -> Result<Figures, Failure> {
    run(work, place, None)
}

pub(super) fn session(work: Work, place: &Place) -> Result<Figures, Failure> {
    run(
        work,
        place,
        Some(DigestAuthSession::new(PUBLIC_KEY, PRIVATE_KEY)),
    )
}

fn run(work: Work, place: &Place, session: Option<DigestAuthSession>) -> Result<Figures, Failure> {
    let runtime = runtime()?;
    let diqwest = Diqwest {
        http: floor::http(place)?,
        jobs: place.jobs(),
        session,
    };
    match work {
        Work::List(count) => measured(&runtime, diqwest.list(count)),
        Work::Get(times) => measured(&runtime, diqwest.get(times)),
        Work::Create(times) => measured(&runtime, diqwest.create(times)),
        Work::Warm(times) => {
            runtime.block_on(diqwest.get(10))?;
            measured(&runtime, diqwest.get(times))
        }
        Work::Consistent(_) => cannot("it has no lists"),
        Work::Build(_) => cannot("it has no client of its own"),
    }
}
