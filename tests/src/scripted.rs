//! A server that answers each request with the next bytes of a script, right or wrong.
//!
//! HTTP libraries tidy up what a test wants untidy: a body cut short, a length that lies.

use std::{
    io,
    net::SocketAddr,
    sync::{Arc, Mutex, PoisonError},
};

use atlas_export::{ClientBuilder, Cluster, ExportBuckets, ExportJobs, Project};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};

use crate::{CLUSTER, PROJECT, TestClock, client_at, page_of};

/// One answer of the script.
#[derive(Clone, Debug)]
pub struct Reply {
    bytes: Vec<u8>,
    close: bool,
}

impl Reply {
    /// A whole answer with a JSON body.
    pub fn json(status: u16, body: &str) -> Self {
        Self::with_headers(status, "Content-Type: application/json\r\n", body)
    }

    /// A page of nothing.
    pub fn empty_page() -> Self {
        Self::json(200, &page_of(&[]))
    }

    /// A whole answer with header lines of the test's own.
    pub fn with_headers(status: u16, headers: &str, body: &str) -> Self {
        Self {
            bytes: format!(
                "HTTP/1.1 {status} Whatever\r\n{headers}Content-Length: {}\r\n\r\n{body}",
                body.len()
            )
            .into_bytes(),
            close: false,
        }
    }

    /// A digest challenge of Atlas's kind, with this nonce.
    pub fn challenge(nonce: &str) -> Self {
        Self::with_headers(
            401,
            &format!(
                "WWW-Authenticate: Digest realm=\"MMS Public API\", domain=\"\", \
                 nonce=\"{nonce}\", algorithm=MD5, qop=\"auth\", stale=false\r\n"
            ),
            "",
        )
    }

    /// Exactly these bytes, and then nothing more on an open connection.
    pub fn unfinished(bytes: impl Into<Vec<u8>>) -> Self {
        Self {
            bytes: bytes.into(),
            close: false,
        }
    }

    /// Exactly these bytes, and then the end of the connection.
    pub fn raw(bytes: impl Into<Vec<u8>>) -> Self {
        Self {
            bytes: bytes.into(),
            close: true,
        }
    }
}

/// The server. Dropping it closes its port.
///
/// It asks for no key, so its clients send each request without a challenge before it, unless the
/// script has one. Each handle that it gives is of a client of its own.
#[derive(Debug)]
pub struct ScriptedServer {
    /// The time of its clients.
    pub clock: TestClock,
    address: SocketAddr,
    requests: Arc<Mutex<Vec<String>>>,
    task: JoinHandle<()>,
}

impl ScriptedServer {
    /// Listens on a free loopback port. After the last reply, the last one is repeated.
    ///
    /// # Panics
    /// Where no port can be had.
    pub async fn start(script: impl IntoIterator<Item = Reply>) -> Self {
        let script: Arc<Vec<Reply>> = Arc::new(script.into_iter().collect());
        Self::listen(script).await.expect("a loopback port")
    }

    async fn listen(script: Arc<Vec<Reply>>) -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let requests: Arc<Mutex<Vec<String>>> = Arc::default();
        let seen = requests.clone();
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (script, seen) = (script.clone(), seen.clone());
                tokio::spawn(async move {
                    // A client that goes away ends its connection and nothing else.
                    let _ = serve(stream, &script, &seen).await;
                });
            }
        });
        Ok(Self {
            clock: TestClock::default(),
            address,
            requests,
            task,
        })
    }

    /// Where it listens.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Its address.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// A client of it, by its clock.
    pub fn client(&self) -> ClientBuilder {
        client_at(self.url()).clock(Arc::new(self.clock.clone()))
    }

    /// [`PROJECT`].
    ///
    /// # Panics
    /// Never: the options of its client are good.
    pub fn project(&self) -> Project {
        let client = self.client().build().expect("good options");
        client.project(PROJECT)
    }

    /// The export buckets of the project.
    pub fn buckets(&self) -> ExportBuckets {
        self.project().export_buckets()
    }

    /// [`CLUSTER`], of the project.
    pub fn cluster(&self) -> Cluster {
        self.project().cluster(CLUSTER)
    }

    /// The export jobs of the cluster.
    pub fn jobs(&self) -> ExportJobs {
        self.cluster().export_jobs()
    }

    /// The methods of the requests so far.
    pub fn methods(&self) -> Vec<String> {
        let requests = self.requests();
        let methods = requests
            .iter()
            .filter_map(|request| request.split(' ').next());
        methods.map(str::to_owned).collect()
    }

    /// The requests so far, head and body as they came.
    pub fn requests(&self) -> Vec<String> {
        self.requests
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

impl Drop for ScriptedServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(
    mut stream: TcpStream,
    script: &[Reply],
    seen: &Mutex<Vec<String>>,
) -> io::Result<()> {
    while let Some(request) = read_request(&mut stream).await? {
        let number = {
            let mut seen = seen.lock().unwrap_or_else(PoisonError::into_inner);
            seen.push(request);
            seen.len() - 1
        };
        let Some(reply) = script.get(number).or(script.last()) else {
            break;
        };
        stream.write_all(&reply.bytes).await?;
        if reply.close {
            break;
        }
    }
    stream.shutdown().await
}

/// One request, by its `Content-Length`.
async fn read_request(stream: &mut TcpStream) -> io::Result<Option<String>> {
    let mut bytes = Vec::new();
    loop {
        let mut buffer = [0; 4096];
        let count = stream.read(&mut buffer).await?;
        if count == 0 {
            return Ok(None);
        }
        bytes.extend(buffer.iter().take(count));
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head
                .lines()
                .filter_map(|line| line.split_once(':'))
                .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
                .and_then(|(_, value)| value.trim().parse().ok())
                .unwrap_or(0);
            if body.len() >= length {
                return Ok(Some(text));
            }
        }
    }
}
