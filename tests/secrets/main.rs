//! Secrets stay secret: in every `Debug`, and in every log line at the level that says most.
//!
//! In a process of its own, because the listener hears the whole process.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test may panic: that is how it fails"
)]

mod accounts;
mod everything;
mod heard;
mod pasted;
mod rotation;
mod shown;

use std::{collections::BTreeSet, fmt::Write as _};

use atlas_export_fake::FakeAtlas;
use atlas_export_tests::{PRIVATE_KEY, storm};
use md5::{Digest as _, Md5};
use tracing_subscriber::layer::SubscriberExt as _;

use self::{heard::Heard, shown::Shown};

const PUBLIC_KEY: &str = "abcdefgh";
const REALM: &str = "MMS Public API";

/// HA1: what the private key becomes, and as good as the key.
fn ha1() -> String {
    let hash = Md5::digest(format!("{PUBLIC_KEY}:{REALM}:{PRIVATE_KEY}"));
    hash.iter().fold(String::new(), |mut hex, byte| {
        write!(hex, "{byte:02x}").unwrap();
        hex
    })
}

/// The hash in a secret: what an answer says in `response`, or all of it.
fn hash(secret: &str) -> Option<&str> {
    let inside = secret
        .split_once("response=\"")
        .map_or(secret, |(_, rest)| rest);
    let word = inside.split('"').next()?;
    (word.len() == 32).then_some(word)
}

/// What must not be seen of the answers to challenges: the whole, and the part that is worth
/// stealing, however it is quoted.
fn answers(fake: &FakeAtlas) -> Vec<String> {
    let mut answers: Vec<String> = fake
        .requests()
        .iter()
        .filter_map(|request| request.headers.get(http::header::AUTHORIZATION))
        .map(|value| value.to_str().unwrap().to_owned())
        .collect();
    let responses: Vec<String> = answers
        .iter()
        .filter_map(|answer| answer.split_once("response=\"")?.1.split('"').next())
        .map(str::to_owned)
        .collect();
    assert!(answers.len() > 5 && answers.len() == responses.len());
    answers.extend(responses);
    answers
}

#[tokio::test]
async fn no_debug_and_no_log_line_holds_a_secret() {
    let heard = Heard::default();
    tracing_log::LogTracer::init().unwrap();
    tracing::subscriber::set_global_default(tracing_subscriber::registry().with(heard.clone()))
        .unwrap();

    let mut shown = Shown::default();
    everything::show_digest(&mut shown);
    let mut secrets = everything::run(&mut shown).await;
    // A few hundred calls under random faults, over TLS, so that everybody has much to say.
    let (report, fake) = storm(0x5eed, 300, |builder| {
        builder.tls().credentials(PUBLIC_KEY, PRIVATE_KEY)
    })
    .await;
    assert!(report.violations.is_empty(), "{:#?}", report.violations);
    secrets.extend(answers(&fake));
    secrets.extend([PRIVATE_KEY.to_owned(), ha1()]);
    let mut of_account = accounts::run(&mut shown).await;
    of_account.extend(rotation::run(&mut shown).await);

    for krate in ["atlas-export", "digest-lanes"] {
        for name in shown::declared(krate) {
            assert!(
                shown.0.contains_key(name.as_str()),
                "{krate} has a public type {name} that this test does not show"
            );
        }
    }
    for (name, text) in &shown.0 {
        for secret in secrets.iter().chain(&of_account) {
            assert!(
                !text.contains(secret),
                "Debug of {name} shows {secret}: {text}"
            );
        }
    }

    let heard = heard.0.lock().unwrap();
    let mut sources = vec!["atlas_export", "reqwest", "rustls"];
    // hyper speaks only in a build of its own: CONTRIBUTING.md has the command.
    if cfg!(hyper_unstable_tracing) {
        sources.push("hyper");
    }
    for source in sources {
        let lines = heard
            .iter()
            .filter(|(target, _)| target.split("::").next() == Some(source))
            .count();
        assert!(lines > 0, "{source} logged nothing, so nothing was checked");
        println!("{source}: {lines} lines");
    }
    // Every secret holds the key or a hash, so it is enough to look for those.
    let hashes: BTreeSet<&str> = secrets.iter().filter_map(|secret| hash(secret)).collect();
    assert!(hashes.len() > 100, "{} hashes", hashes.len());
    for (target, text) in heard.iter() {
        for secret in &of_account {
            assert!(!text.contains(secret), "{target} logs {secret}: {text}");
        }
        assert!(
            !text.contains(PRIVATE_KEY),
            "{target} logs the private key: {text}"
        );
        for word in text.split(|c: char| !c.is_ascii_hexdigit()) {
            assert!(!hashes.contains(word), "{target} logs {word}: {text}");
        }
    }
}
