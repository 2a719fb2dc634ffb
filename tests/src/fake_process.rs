//! A FakeAtlas in a process of its own, so that what is allocated in this one is the client's.

use std::{
    env,
    io::{self, BufRead as _, BufReader, Lines, Read as _, Write as _},
    process::{Child, ChildStdout, Command, Stdio},
};

use atlas_export::{Client, ClientBuilder, Credentials};
use atlas_export_fake::FakeAtlasBuilder;

/// A FakeAtlas that ends with this value. It is the test program itself, which has to have an ignored
/// test called `serve` that calls [`serve`].
#[derive(Debug)]
pub struct FakeProcess {
    child: Child,
    /// Kept, for the child writes to it.
    _lines: Lines<BufReader<ChildStdout>>,
    url: String,
    key: [String; 2],
}

impl FakeProcess {
    /// Starts it, with a variable that tells it what to serve.
    ///
    /// # Panics
    /// Where it does not start.
    pub fn start(variable: &str, value: usize) -> Self {
        let mut child = Command::new(env::current_exe().expect("this program"))
            .args(["--ignored", "--exact", "--nocapture", "serve"])
            .env(variable, value.to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("this program starts");
        let output = child.stdout.take().expect("its output");
        let mut lines = BufReader::new(output).lines();
        let told = lines.find_map(|line| Some(line.ok()?.strip_prefix("serving ")?.to_owned()));
        let told = told.expect("where it serves");
        let mut words = told.split(' ').map(str::to_owned);
        let mut word = || words.next().expect("an address and a key");
        Self {
            url: word(),
            key: [word(), word()],
            child,
            _lines: lines,
        }
    }

    /// A client of it, with its key.
    pub fn client(&self) -> ClientBuilder {
        let [public, private] = &self.key;
        Client::builder()
            .base_url(&self.url)
            .credentials(Credentials::api_key(public, private.clone()))
    }
}

impl Drop for FakeProcess {
    fn drop(&mut self) {
        // Its standard input ends, and with it the server.
        drop(self.child.stdin.take());
        let _ = self.child.wait();
    }
}

/// Serves until standard input ends.
///
/// # Panics
/// Where the fake does not start.
pub async fn serve(fake: FakeAtlasBuilder) {
    let fake = fake.start().await.expect("a loopback port");
    let (public, private) = fake.credentials();
    let told = format!("\nserving {} {public} {private}\n", fake.url());
    let mut output = io::stdout();
    let written = output.write_all(told.as_bytes());
    written.and_then(|()| output.flush()).expect("an output");
    let ended = tokio::task::spawn_blocking(|| io::stdin().read_to_end(&mut Vec::new()));
    ended.await.expect("it reads").expect("its input ends");
}
