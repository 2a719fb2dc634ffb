//! What it costs to list 10,000 export jobs in pages of 500, in instructions: with the SDK, and
//! with what a person would write without it. It is no test; run it with
//!
//! ```text
//! cargo bench -p atlas-export-tests --bench decoding
//! ```
//!
//! valgrind counts, which has to be installed, and the same binary gives the same numbers within
//! a thousandth. What is counted is the reading of the list alone, from the first request to the
//! last item, digest handshake included where there is one; building a client is not, and the
//! server is another process.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a program for people, who read what it prints"
)]

mod clients;
mod server;

use std::{
    env,
    error::Error,
    io::{BufRead as _, BufReader},
    path::Path,
    process::{Child, Command, ExitCode, Stdio},
};

/// How many jobs are listed.
const JOBS: usize = 10_000;
/// How many of them a page holds.
const PAGE: usize = 500;

/// The function inside which instructions are counted, as callgrind sees its name.
const MEASURED: &str = "*decoding*measured*";

type Failure = Box<dyn Error>;

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let done = match arguments.as_slice() {
        ["serve"] => server::serve(),
        ["client", name, url] => measured(name, url),
        _ => compare(),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

/// Reads the list with one of the clients.
fn measured(name: &str, url: &str) -> Result<(), Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let read = clients::read(name, url, &runtime)?;
    if read == JOBS {
        Ok(())
    } else {
        Err(format!("{name} has read {read} jobs, not {JOBS}").into())
    }
}

/// Starts the server and lets valgrind count the instructions of each client.
fn compare() -> Result<(), Failure> {
    if Command::new("valgrind").arg("--version").output().is_err() {
        println!("valgrind is not installed: without it nothing counts instructions");
        return Ok(());
    }
    let this = env::current_exe()?;
    let mut server = Server::start(&this)?;
    let url = server.address()?;
    println!("{JOBS} jobs in pages of {PAGE}:");
    let mut first = None;
    for (name, what) in clients::CLIENTS {
        let count = count(&this, name, &url)?;
        let first = *first.get_or_insert(count);
        // In thousandths, so that no number has to become one with a point.
        let ratio = count.saturating_mul(1000) / first.max(1);
        println!(
            "{:>12} instructions, {}.{:03}: {what}",
            grouped(count),
            ratio / 1000,
            ratio % 1000
        );
    }
    Ok(())
}

/// A number with a space after each three digits.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push(' ');
        }
        grouped.push(digit);
    }
    grouped
}

fn count(this: &Path, name: &str, url: &str) -> Result<u64, Failure> {
    // A profile of each client, for callgrind_annotate.
    let profile = this.with_file_name(format!("decoding.callgrind.{name}"));
    let output = Command::new("valgrind")
        .arg("--tool=callgrind")
        .arg(format!("--toggle-collect={MEASURED}"))
        .arg(format!("--callgrind-out-file={}", profile.display()))
        .arg(this)
        .args(["client", name, url])
        .output()?;
    let told = String::from_utf8_lossy(&output.stderr);
    if !output.status.success() {
        return Err(format!("the client {name} failed: {told}").into());
    }
    let counted = told
        .lines()
        .find_map(|line| line.split_once("Collected : "))
        .and_then(|(_, count)| count.trim().parse().ok());
    counted.ok_or_else(|| format!("valgrind tells no count: {told}").into())
}

/// The server, which ends with this value.
struct Server(Child);

impl Server {
    fn start(this: &Path) -> Result<Self, Failure> {
        let mut command = Command::new(this);
        command.arg("serve").stdout(Stdio::piped());
        Ok(Self(command.spawn()?))
    }

    fn address(&mut self) -> Result<String, Failure> {
        let output = self.0.stdout.take().ok_or("the server has no output")?;
        let mut line = String::new();
        BufReader::new(output).read_line(&mut line)?;
        Ok(line.trim().to_owned())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
