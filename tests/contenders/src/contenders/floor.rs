//! What a person would write on the HTTP library alone.

use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use reqwest::{Certificate, Client, RequestBuilder, header::ACCEPT};
use serde::de::DeserializeOwned;
use tokio::sync::OnceCell;

use super::{
    cannot,
    floor_digest::Nonce,
    measured, measured_building,
    models::{Job, NEW_JOB, Page},
    runtime,
};
use crate::{
    Failure,
    figures::{Figures, Seen},
    work::{AT_ONCE, CLUSTER, JOB, PAGE, Place, Work},
};

const MEDIA_TYPE: &str = "application/vnd.atlas.2023-01-01+json";

struct Floor {
    http: Client,
    jobs: String,
    nonce: OnceCell<Nonce>,
}

impl Floor {
    fn new(place: &Place) -> Result<Self, Failure> {
        Ok(Self {
            http: http(place)?,
            jobs: place.jobs(),
            nonce: OnceCell::new(),
        })
    }

    async fn send<T: DeserializeOwned>(&self, request: RequestBuilder) -> Result<T, Failure> {
        let mut request = request.header(ACCEPT, MEDIA_TYPE).build()?;
        let nonce = self.nonce.get_or_try_init(|| async {
            let refused = self.http.get(&self.jobs).send().await?;
            Nonce::of(refused.headers())
        });
        let url = request.url();
        let target = match url.query() {
            Some(query) => format!("{}?{query}", url.path()),
            None => url.path().to_owned(),
        };
        let authorization = nonce
            .await?
            .authorization(request.method().as_str(), &target)?;
        request
            .headers_mut()
            .insert("authorization", authorization.parse()?);
        let response = self.http.execute(request).await?.error_for_status()?;
        Ok(response.json().await?)
    }

    async fn page(&self, jobs: &str, number: usize) -> Result<Page, Failure> {
        let query = [("itemsPerPage", PAGE), ("pageNum", number)];
        self.send(self.http.get(jobs).query(&query)).await
    }

    async fn list(&self, count: usize) -> Result<Seen, Failure> {
        let jobs = of_so_many(&self.jobs, count);
        let mut seen = Seen::default();
        for number in 1.. {
            let page = self.page(&jobs, number).await?;
            page.see(&mut seen);
            if !page.has_next() {
                break;
            }
        }
        Ok(seen)
    }

    async fn list_eight(&self, count: usize) -> Result<Seen, Failure> {
        let jobs = of_so_many(&self.jobs, count);
        let mut seen = Seen::default();
        let first = self.page(&jobs, 1).await?;
        first.see(&mut seen);
        let pages = usize::try_from(first.total_count.unwrap_or_default())?.div_ceil(PAGE);
        let pages = stream::iter(2..=pages).map(|number| self.page(&jobs, number));
        let mut pages = pages.buffered(8);
        while let Some(page) = pages.try_next().await? {
            page.see(&mut seen);
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

pub(super) fn http(place: &Place) -> Result<Client, Failure> {
    let mut builder = Client::builder().no_proxy();
    if let Some(root) = &place.root {
        builder = builder.tls_certs_only([Certificate::from_pem(root)?]);
    }
    Ok(builder.build()?)
}

/// The jobs of the cluster that has so many.
pub(super) fn of_so_many(jobs: &str, count: usize) -> String {
    if count == 10_000 {
        jobs.to_owned()
    } else {
        jobs.replace(CLUSTER, &format!("Jobs{count}"))
    }
}

pub(super) fn one_by_one(work: Work, place: &Place) -> Result<Figures, Failure> {
    let runtime = runtime()?;
    let floor = Floor::new(place)?;
    match work {
        Work::List(count) => measured(&runtime, floor.list(count)),
        Work::Get(times) => measured(&runtime, floor.get(times)),
        Work::Create(times) => measured(&runtime, floor.create(times)),
        Work::Warm(times) => {
            runtime.block_on(floor.get(10))?;
            measured(&runtime, floor.get(times))
        }
        Work::Build(times) => measured_building(times, || http(place)),
        Work::Consistent(_) => cannot("nobody writes that by hand"),
    }
}

pub(super) fn eight(work: Work, place: &Place) -> Result<Figures, Failure> {
    let runtime = runtime()?;
    let floor = Floor::new(place)?;
    match work {
        Work::List(count) => measured(&runtime, floor.list_eight(count)),
        _ => cannot("it lists only"),
    }
}
