//! The calls: which are made, how many at a time, and what came of them.

use std::{
    fmt,
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use atlas_export::{
    Client, Credentials, ErrorKind,
    request::{self, CustomRequest},
    retry::RetryPolicy,
};
use tokio::{task::JoinSet, time::sleep};

use crate::{KEY, USER, relay::Relay, relay::Tally};

/// The calls of one row.
pub(crate) const CALLS: usize = 1000;

/// The size of a body in bytes.
pub(crate) const BODY: usize = 64 * 1024;

/// In how many pauses nonces expire, where they are made to.
pub(crate) const PAUSES: usize = 2;

/// What every server answers, as JSON.
pub(crate) const ANSWER: &str = "ok";

/// Where what is served lies below the root: a request of the SDK never leaves the path of the API.
pub(crate) const BASE: &str = "api/atlas/v2";

/// What is served, below [`BASE`].
pub(crate) const FILES: [&str; 3] = ["plain", "a folder/a file", "50% café+tea"];

/// What is asked for, in turn: servers hash or compare the target as encoded on the wire.
const TARGETS: [Target; 6] = [
    Target {
        path: ["", "plain"],
        query: &[],
    },
    Target {
        path: ["a folder", "a file"],
        query: &[],
    },
    Target {
        path: ["", "plain"],
        query: &[("pageNum", "1"), ("itemsPerPage", "500")],
    },
    Target {
        path: ["a folder", "a file"],
        query: &[
            ("name", "café & tea+milk"),
            ("path", "/a/b"),
            ("quote", "\"x\",y"),
        ],
    },
    Target {
        path: ["", "50% café+tea"],
        query: &[("q", "a+b")],
    },
    Target {
        path: ["", "plain"],
        query: &[("empty", ""), ("percent", "%"), ("time", "12:00;z")],
    },
];

/// A target as it is before it is encoded.
#[derive(Clone, Copy, Debug)]
struct Target {
    /// A folder, if the file lies in one, and the file.
    path: [&'static str; 2],
    query: &'static [(&'static str, &'static str)],
}

impl Target {
    fn request(self, client: &Client, method: request::Method) -> CustomRequest<String> {
        let [folder, file] = self.path;
        let request = if folder.is_empty() {
            client.request(method, "/{file}")
        } else {
            let request = client.request(method, "/{folder}/{file}");
            request.path("folder", folder)
        };
        let request = request.path("file", file).version("2023-01-01");
        let add = |request: CustomRequest<String>, &(key, value): &(&str, &str)| {
            request.query(key, value)
        };
        self.query.iter().fold(request, add)
    }
}

/// What is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Method {
    /// GET, without a body.
    Get,
    /// POST, with [`BODY`] bytes.
    Post,
}

/// How the calls of one row are made.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Mode {
    pub(crate) method: Method,
    pub(crate) in_flight: usize,
    /// How long each of the [`PAUSES`] is, if any.
    pub(crate) pause: Option<Duration>,
}

impl Mode {
    pub(crate) const fn new(method: Method, in_flight: usize) -> Self {
        Self {
            method,
            in_flight,
            pause: None,
        }
    }
}

impl fmt::Display for Mode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let method = match self.method {
            Method::Get => "GET",
            Method::Post => "POST",
        };
        match (self.in_flight, self.pause) {
            (1, None) => write!(f, "{method} one by one"),
            (1, Some(_)) => write!(f, "{method} with pauses"),
            (many, _) => write!(f, "{method} {many} in flight"),
        }
    }
}

/// What came of a row.
#[derive(Clone, Debug, Default)]
pub(crate) struct Measured {
    pub(crate) wire: Tally,
    /// Bytes up after the very first call, where it was made alone.
    pub(crate) first_up: Option<usize>,
    /// Calls that ended in an authentication error, with the right key.
    pub(crate) refused: usize,
    /// Calls that failed in any other way.
    pub(crate) failed: usize,
    /// What the first of all these said.
    pub(crate) first_failure: Option<String>,
    pub(crate) elapsed: Duration,
}

impl Measured {
    fn note(&mut self, outcome: Result<(), Failure>) {
        let Err(failure) = outcome else { return };
        if failure.authentication {
            self.refused += 1;
        } else {
            self.failed += 1;
        }
        self.first_failure.get_or_insert(failure.message);
    }
}

#[derive(Debug)]
struct Failure {
    authentication: bool,
    message: String,
}

/// Makes the calls of one row with a client that knows no nonce yet.
pub(crate) async fn measure(
    server: SocketAddr,
    algorithm: &'static str,
    mode: Mode,
) -> Result<Measured, String> {
    let relay = Relay::start(server, algorithm).await;
    let relay = relay.map_err(|error| format!("the relay: {error}"))?;
    let client = client(relay.address(), KEY, RetryPolicy::default())?;
    let mut measured = Measured::default();
    let started = Instant::now();
    let next = Arc::new(AtomicUsize::new(0));
    if mode.in_flight == 1 {
        let first = next.fetch_add(1, Ordering::Relaxed);
        measured.note(call(&client, mode.method, first).await);
        measured.first_up = Some(relay.up());
    }
    let mut workers = JoinSet::new();
    for _ in 0..mode.in_flight {
        workers.spawn(work(client.clone(), mode, next.clone()));
    }
    while let Some(outcomes) = workers.join_next().await {
        for outcome in outcomes.map_err(|error| format!("a worker: {error}"))? {
            measured.note(outcome);
        }
    }
    measured.elapsed = started.elapsed();
    drop(client);
    measured.wire = relay.finish().await?;
    Ok(measured)
}

/// Whether the server tells a wrong key from a right one: nothing would be proved otherwise.
pub(crate) async fn wrong_key_is_refused(server: SocketAddr) -> Result<bool, String> {
    let client = client(server, "another-key", RetryPolicy::none())?;
    let outcome = call(&client, Method::Get, 0).await;
    Ok(outcome.is_err_and(|failure| failure.authentication))
}

/// A client. What it retries is not hidden: every request is counted.
fn client(server: SocketAddr, key: &str, retry: RetryPolicy) -> Result<Client, String> {
    Client::builder()
        .base_url(format!("http://{server}"))
        .credentials(Credentials::api_key(USER, key))
        .retry(retry)
        .build()
        .map_err(|error| error.to_string())
}

/// Makes one call after the other, until all of the row have been made.
async fn work(client: Client, mode: Mode, next: Arc<AtomicUsize>) -> Vec<Result<(), Failure>> {
    let mut outcomes = Vec::new();
    loop {
        let index = next.fetch_add(1, Ordering::Relaxed);
        if index >= CALLS {
            return outcomes;
        }
        if let Some(pause) = mode.pause
            && index.is_multiple_of(CALLS.div_ceil(PAUSES + 1))
        {
            sleep(pause).await;
        }
        outcomes.push(call(&client, mode.method, index).await);
    }
}

async fn call(client: &Client, method: Method, index: usize) -> Result<(), Failure> {
    let Some(target) = TARGETS.iter().cycle().nth(index) else {
        return Ok(());
    };
    let request = match method {
        Method::Get => target.request(client, request::Method::GET),
        // With its quotation marks.
        Method::Post => target
            .request(client, request::Method::POST)
            .json(&"x".repeat(BODY - 2)),
    };
    match request.await {
        Ok(answer) if answer == ANSWER => Ok(()),
        Ok(answer) => Err(Failure {
            authentication: false,
            message: format!("{target:?}: {} bytes", answer.len()),
        }),
        Err(error) => Err(Failure {
            authentication: error.kind() == ErrorKind::Authentication,
            message: format!("{target:?}: {error}"),
        }),
    }
}
