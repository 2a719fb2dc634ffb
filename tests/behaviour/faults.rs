//! Every fault meets every operation once: what the caller is told, how many requests the
//! server saw, and what became of its state. A creation happens once at the most.

use std::{fmt::Write as _, time::Duration};

use atlas_export::{ErrorKind, ErrorKind::Ambiguous};
use atlas_export_api::OPERATIONS;
use atlas_export_fake::{Fault, Moment, Turnstile};
use atlas_export_tests::{CLUSTER, CredentialKind, PROJECT, Scene, slow_down};
use futures_util::future::join_all;
use http::{HeaderValue, StatusCode};

use atlas_export_tests::every_operation::{Kind, call, furnished, kind};

/// What a caller is told: success, or a kind of error.
type Told = Option<ErrorKind>;

/// What one kind of operation gets for a fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Outcome {
    told: Told,
    /// The requests that the server saw.
    requests: usize,
}

const fn ok(requests: usize) -> Outcome {
    Outcome {
        told: None,
        requests,
    }
}

const fn err(kind: ErrorKind, requests: usize) -> Outcome {
    Outcome {
        told: Some(kind),
        requests,
    }
}

/// Where tokens come from.
const TOKEN: &str = "/api/oauth/token";

/// A row of the table.
struct Row {
    name: &'static str,
    fault: Fault,
    read: Outcome,
    delete: Outcome,
    create: Outcome,
    /// Whether a creation or deletion that meets the fault takes effect in the end.
    effect: [bool; 2],
}

#[expect(
    clippy::too_many_lines,
    reason = "a table has as many rows as there are faults"
)]
/// The table. Where a lane is lost with its connection, a repeated read costs a challenge more.
fn rows() -> Vec<Row> {
    use ErrorKind::{Api, Authentication, Decode, Transport};
    let open = || {
        let turnstile = Turnstile::new();
        turnstile.open();
        turnstile
    };
    let row = |name, fault, read, [delete, create]: [Outcome; 2], effect| Row {
        name,
        fault,
        read,
        delete,
        create,
        effect,
    };
    let (no, yes) = ([true, false], [true, true]);
    let status = |status| Fault::status(StatusCode::from_u16(status).unwrap());
    let elsewhere = HeaderValue::from_static("https://elsewhere.example/");
    vec![
        // The connection.
        row(
            "reset at the head",
            Fault::reset().at(Moment::Head),
            ok(3),
            [ok(3), err(Ambiguous, 1)],
            no,
        ),
        row(
            "reset before it acts",
            Fault::reset(),
            ok(3),
            [ok(3), err(Ambiguous, 1)],
            no,
        ),
        row(
            "reset after it acted",
            Fault::reset().at(Moment::Acted),
            ok(3),
            [ok(3), err(Ambiguous, 1)],
            yes,
        ),
        row(
            "closed before it acts",
            Fault::close(),
            ok(3),
            [ok(3), err(Ambiguous, 1)],
            no,
        ),
        row(
            "closed after it acted",
            Fault::close().at(Moment::Acted),
            ok(3),
            [ok(3), err(Ambiguous, 1)],
            yes,
        ),
        row(
            "never answered",
            Fault::silence(),
            ok(3),
            [ok(3), err(Ambiguous, 1)],
            no,
        ),
        row(
            "last answer of the connection",
            Fault::last_answer(),
            ok(1),
            [ok(1), ok(1)],
            yes,
        ),
        row(
            "held back",
            Fault::delay(&open()),
            ok(1),
            [ok(1), ok(1)],
            yes,
        ),
        // The body.
        row(
            "reset in the body",
            Fault::reset_in_body(5),
            ok(2),
            [ok(1), err(Ambiguous, 1)],
            yes,
        ),
        row(
            "truncated",
            Fault::truncated(5),
            ok(2),
            [ok(1), err(Ambiguous, 1)],
            yes,
        ),
        row(
            "length too long",
            Fault::wrong_length(10),
            ok(2),
            [ok(1), err(Ambiguous, 1)],
            yes,
        ),
        row(
            "length too short",
            Fault::wrong_length(-2),
            err(Decode, 1),
            [ok(1), err(Ambiguous, 1)],
            yes,
        ),
        row("slow", Fault::slow(3, &open()), ok(1), [ok(1), ok(1)], yes),
        row(
            "gzip bomb",
            Fault::gzip_bomb(64),
            err(Transport, 1),
            [err(Transport, 1), err(Ambiguous, 1)],
            [false; 2],
        ),
        row(
            "garbage",
            Fault::garbage_json(),
            err(Decode, 1),
            [ok(2), err(Ambiguous, 1)],
            [true, false],
        ),
        row(
            "a page with 200",
            Fault::html(StatusCode::OK),
            ok(2),
            [ok(2), err(Ambiguous, 1)],
            [true, false],
        ),
        // The status.
        row(
            "a page with 502",
            Fault::html(StatusCode::BAD_GATEWAY),
            ok(2),
            [ok(2), err(Ambiguous, 1)],
            no,
        ),
        row(
            "502 though it acted",
            Fault::html(StatusCode::BAD_GATEWAY).at(Moment::Acted),
            ok(2),
            [ok(2), err(Ambiguous, 1)],
            yes,
        ),
        row("500", status(500), ok(2), [ok(2), err(Ambiguous, 1)], no),
        row("503", status(503), ok(2), [ok(2), err(Ambiguous, 1)], no),
        row("408", status(408), ok(2), [ok(2), err(Ambiguous, 1)], no),
        row("429", slow_down(1), ok(2), [ok(2), ok(2)], yes),
        row(
            "400",
            status(400),
            err(Api, 1),
            [err(Api, 1), err(Api, 1)],
            [false; 2],
        ),
        row(
            "redirect",
            Fault::redirect(elsewhere),
            err(Transport, 1),
            [err(Transport, 1), err(Ambiguous, 1)],
            [false; 2],
        ),
        // Authentication.
        row(
            "stale nonce",
            Fault::stale_nonce(),
            ok(2),
            [ok(2), ok(2)],
            yes,
        ),
        row(
            "nonces forgotten",
            Fault::forget_nonces(),
            ok(2),
            [ok(2), ok(2)],
            yes,
        ),
        row(
            "Basic challenge",
            Fault::basic_challenge(),
            err(Authentication, 1),
            [err(Authentication, 1), err(Authentication, 1)],
            [false; 2],
        ),
        row(
            "401 without a challenge",
            Fault::no_challenge(),
            err(Authentication, 1),
            [err(Authentication, 1), err(Authentication, 1)],
            [false; 2],
        ),
    ]
}

impl Row {
    /// The same with a service account: there is no lane to be lost with its connection, nobody
    /// misses a nonce, and a 401, whatever it offers, costs another token and never the call.
    fn with_account(self) -> Self {
        match self.name {
            "Basic challenge" | "401 without a challenge" => Self {
                read: ok(2),
                delete: ok(2),
                create: ok(2),
                effect: [true; 2],
                ..self
            },
            "nonces forgotten" => Self {
                read: ok(1),
                delete: ok(1),
                create: ok(1),
                ..self
            },
            _ => {
                let warm = |outcome: Outcome| Outcome {
                    requests: outcome.requests.min(2),
                    ..outcome
                };
                Self {
                    read: warm(self.read),
                    delete: warm(self.delete),
                    create: warm(self.create),
                    ..self
                }
            }
        }
    }
}

/// Runs one operation into one fault. What was told, the requests, and the state's change: how
/// many resources there are more, or fewer.
async fn meet(operation: &str, fault: &Fault, kind: CredentialKind) -> (Outcome, isize) {
    let scene = Scene::start(furnished()).await.known_by(kind);
    let scene = scene.with(|client| {
        client
            // Waited out by the fault that never answers, and by no other.
            .attempt_timeout(Duration::from_secs(5))
            .max_response_bytes(4 * 1024 * 1024)
    });
    scene.clock.real_guards();
    scene.buckets.list().await.unwrap();
    scene.fake.clear_requests();
    let count = || {
        let (buckets, jobs) = (
            scene.fake.buckets(PROJECT),
            scene.fake.jobs(PROJECT, CLUSTER),
        );
        let snapshots = scene.fake.snapshots(PROJECT, CLUSTER);
        let roles = scene.fake.access_roles(PROJECT);
        let endpoints = scene.fake.private_endpoints(PROJECT).len();
        let lists = [
            buckets.len(),
            jobs.len(),
            snapshots.len(),
            roles.len(),
            endpoints,
        ];
        isize::try_from(lists.iter().sum::<usize>()).unwrap()
    };
    let before = count();
    scene.inject(operation, fault.clone());
    let told = call(&scene.client, operation).await.unwrap().err();
    assert_eq!(scene.fake.faults_left(), 0, "{operation} met no fault");
    let requests = scene.fake.requests();
    let outcome = Outcome {
        told: told.map(|error| error.kind()),
        // Those about tokens are nobody's own.
        requests: requests.iter().filter(|r| r.path != TOKEN).count(),
    };
    (outcome, count() - before)
}

fn shown(outcome: Outcome) -> String {
    match outcome.told {
        None => format!("ok, {}", outcome.requests),
        Some(kind) => format!("{kind:?}, {}", outcome.requests),
    }
}

#[tokio::test]
async fn every_fault_meets_every_operation() {
    for kind in CredentialKind::BOTH {
        let rows = rows().into_iter();
        let rows = match kind {
            CredentialKind::ApiKey => rows.collect(),
            CredentialKind::ServiceAccount => rows.map(Row::with_account).collect(),
        };
        let (table, wrong) = every_fault_of(rows, kind).await;
        println!(
            "{kind:?}\n{:30} {:14} {:14} {:14}\n{table}",
            "fault", "read", "delete", "create"
        );
        assert!(wrong.is_empty(), "{kind:?}\n{wrong}");
    }
}

/// The table as it is to be shown, and what came otherwise.
async fn every_fault_of(rows: Vec<Row>, credentials: CredentialKind) -> (String, String) {
    let mut table = String::new();
    let mut wrong = String::new();
    for row in rows {
        let [deletes, creates] = row.effect;
        // At once, for one of the faults is waited out.
        let met = OPERATIONS
            .iter()
            .map(|operation| meet(operation.id, &row.fault, credentials));
        for (operation, (outcome, change)) in OPERATIONS.iter().zip(join_all(met).await) {
            let (expected, effect) = match kind(operation).unwrap() {
                Kind::Read => (row.read, 0),
                Kind::Delete => (row.delete, -isize::from(deletes)),
                Kind::Create => (row.create, isize::from(creates)),
            };
            let id = operation.id;
            if (outcome, change) != (expected, effect) {
                writeln!(
                    wrong,
                    "{} × {id}: {}, effect {change}; expected {}, effect {effect}",
                    row.name,
                    shown(outcome),
                    shown(expected)
                )
                .unwrap();
            }
        }
        writeln!(
            table,
            "{:30} {:14} {:14} {:14}",
            row.name,
            shown(row.read),
            shown(row.delete),
            shown(row.create)
        )
        .unwrap();
    }
    (table, wrong)
}
