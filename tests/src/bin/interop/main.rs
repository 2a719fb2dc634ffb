//! The SDK's own transport against real servers: Apache httpd, lighttpd, Jetty and Tomcat.
//!
//! Each server is started on a free loopback port with files of its own, and stopped again
//! whatever happens. The calls go through [`atlas_export::Client`] and a relay that counts what
//! is on the wire. Started by `cargo xtask interop`; it does not install what it needs, but
//! names it.
//!
//! Exit codes: 0, every bar is held; 1, one is not, or a server did not start; 2, something is
//! not installed; 128 and the number of a signal, interrupted by it.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command line tool prints"
)]

mod bars;
mod calls;
mod group;
mod needs;
mod relay;
mod servers;
mod table;
mod wire;

use std::{
    io,
    process::ExitCode,
    time::{Duration, Instant},
};

use tokio::signal::unix::{SignalKind, signal};

use self::{
    calls::{Method, Mode},
    servers::{KINDS, Kind, Server},
};

/// The name of every user, and no secret.
const USER: &str = "abcdefgh";
/// The realm of every server.
const REALM: &str = "interop";
/// The key of that user, on servers that live for seconds.
const KEY: &str = "1n7e20b0-0000-4000-8000-5ec2e75ec2e7";

/// What a nonce is given beyond its lifetime, to be surely over it.
const MARGIN: Duration = Duration::from_millis(500);

fn main() -> ExitCode {
    match tokio::runtime::Runtime::new().and_then(|runtime| runtime.block_on(until_interrupted())) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("interop: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Runs everything. A signal drops the run where it stands, and with it whatever it started.
async fn until_interrupted() -> io::Result<ExitCode> {
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    let mut hangup = signal(SignalKind::hangup())?;
    let mut quit = signal(SignalKind::quit())?;
    let code = tokio::select! {
        biased;
        _ = interrupt.recv() => 130,
        _ = terminate.recv() => 143,
        _ = hangup.recv() => 129,
        _ = quit.recv() => 131,
        code = run() => return Ok(code),
    };
    eprintln!("interop: interrupted; what was started has been stopped");
    Ok(ExitCode::from(code))
}

async fn run() -> ExitCode {
    let missing = needs::missing();
    if !missing.is_empty() {
        eprintln!("{}", needs::message(&missing));
        return ExitCode::from(2);
    }
    let started = Instant::now();
    let mut problems = Vec::new();
    println!("{}", table::header());
    for kind in KINDS {
        if let Err(problem) = try_server(kind, &mut problems).await {
            problems.push(format!("{}: {problem}", kind.name));
        }
    }
    let seconds = started.elapsed().as_secs();
    if problems.is_empty() {
        println!("\nevery bar is held, in {seconds} s");
        return ExitCode::SUCCESS;
    }
    eprintln!("\n{} problems in {seconds} s:", problems.len());
    for problem in problems {
        eprintln!("- {problem}");
    }
    ExitCode::FAILURE
}

/// One server, from its start to its end, in every mode. An error ends only its own rows.
async fn try_server(kind: &Kind, problems: &mut Vec<String>) -> Result<(), String> {
    let mut server = Server::start(kind).await?;
    if !calls::wrong_key_is_refused(server.address()).await? {
        problems.push(format!("{}: a wrong key was let in", kind.name));
    }
    for mode in modes(kind) {
        let measured = calls::measure(server.address(), kind.algorithm, mode)
            .await
            .map_err(|problem| format!("{mode}: {problem}{}", server.last_words()))?;
        println!("{}", table::row(kind, mode, &measured));
        let broken = bars::broken(kind, mode, &measured);
        problems.extend(
            broken
                .into_iter()
                .map(|bar| format!("{}, {mode}: {bar}", kind.name)),
        );
        if server.has_ended() {
            return Err(format!(
                "{mode}: ended in the middle{}",
                server.last_words()
            ));
        }
    }
    Ok(())
}

/// Every combination; where nonces are short-lived, with pauses in which they expire too.
fn modes(kind: &Kind) -> Vec<Mode> {
    let methods = [Method::Get, Method::Post];
    let mut modes: Vec<_> = methods
        .into_iter()
        .flat_map(|method| [1, 8, 32].map(|in_flight| Mode::new(method, in_flight)))
        .collect();
    if let Some(lifetime) = kind.nonce_lifetime {
        modes.extend(methods.map(|method| Mode {
            pause: Some(lifetime + MARGIN),
            ..Mode::new(method, 1)
        }));
    }
    modes
}
