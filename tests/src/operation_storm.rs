//! A storm over the table of the contract: every operation in turn, a third of whose requests meet
//! a fault.
//!
//! What tells two creations apart differs from operation to operation, so they are counted: as many
//! things were made as creations are said to have succeeded, and at most those besides of which
//! nobody is told the end.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use atlas_export::{Error, ErrorKind};
use atlas_export_api::{OPERATIONS, Operation};
use atlas_export_fake::FakeAtlas;
use futures_util::{StreamExt as _, stream};

use crate::{
    Scene, TestClock,
    every_operation::{Kind, call, furnished, kind},
    storm::fault,
};

/// The calls in flight at once.
const IN_FLIGHT: usize = 32;

/// How long a call that is never answered waits.
const PATIENCE: Duration = Duration::from_secs(2);

/// How much time passes from one call to the next, as in the other storms.
const BETWEEN_CALLS: Duration = Duration::from_millis(10);

/// What became of the calls of one operation.
#[derive(Clone, Copy, Debug, Default)]
struct Tally {
    succeeded: usize,
    ambiguous: usize,
    failed: usize,
}

/// Makes so many calls, and returns a line for each operation, and what must not have happened.
///
/// # Panics
/// Where the fake cannot be started, or an operation has no method.
pub async fn storm_of_operations(seed: u64, calls: usize) -> (Vec<String>, Vec<String>) {
    let clock = TestClock::default();
    clock.real_guards();
    let scene = Scene::by(clock, furnished()).await;
    let Scene { fake, clock, .. } = &scene;
    fake.faults_by(move |head| fault(seed, head));
    let client = scene.another().attempt_timeout(PATIENCE);
    let client = client.clock(Arc::new(clock.clone())).build();
    let client = client.expect("the options are right");
    // What is deleted is missed by all others, so deletions come last.
    let deletes = |operation: &&Operation| operation.method == "DELETE";
    let (deletions, others): (Vec<&Operation>, Vec<&Operation>) =
        OPERATIONS.iter().partition(deletes);
    let last = calls / 10;
    let others = others.into_iter().cycle().take(calls - last);
    let operations = others.chain(deletions.into_iter().cycle().take(last));
    let outcomes: Vec<(&str, Result<(), Error>)> = stream::iter(operations)
        .map(|operation| {
            let (client, clock) = (client.clone(), clock.clone());
            async move {
                clock.advance(BETWEEN_CALLS);
                let outcome = call(&client, operation.id).await;
                (operation.id, outcome.expect("every operation has a method"))
            }
        })
        .buffer_unordered(IN_FLIGHT)
        .collect()
        .await;
    judge(&scene.fake, &outcomes)
}

fn judge(fake: &FakeAtlas, outcomes: &[(&str, Result<(), Error>)]) -> (Vec<String>, Vec<String>) {
    let (mut lines, mut violations) = (Vec::new(), Vec::new());
    let mut tallies: BTreeMap<&str, Tally> = BTreeMap::new();
    let reads = |id: &str| {
        let operation = OPERATIONS.iter().find(|operation| operation.id == id);
        operation.and_then(kind) != Some(Kind::Create)
    };
    for (operation, outcome) in outcomes {
        let tally = tallies.entry(operation).or_default();
        match outcome {
            Ok(()) => tally.succeeded += 1,
            Err(error) if error.kind() == ErrorKind::Ambiguous => {
                tally.ambiguous += 1;
                if reads(operation) {
                    violations.push(format!("{operation} may be repeated, and is ambiguous"));
                }
            }
            Err(error) => {
                tally.failed += 1;
                if error.may_have_taken_effect() && !reads(operation) {
                    violations.push(format!("{operation} may have acted, and failed: {error}"));
                }
            }
        }
    }
    let requests = fake.requests();
    for operation in OPERATIONS {
        let tally = tallies.get(operation.id).copied().unwrap_or_default();
        let acted = requests.iter().filter(|request| {
            let own = request.own_status.is_some_and(|status| status.is_success());
            own && request.method == operation.method && fits(operation.path, &request.path)
        });
        let acted = acted.count();
        lines.push(format!("{}: {tally:?}, {acted} acted", operation.id));
        let is_creation = kind(operation) == Some(Kind::Create);
        let most = tally.succeeded + tally.ambiguous;
        if is_creation && !(tally.succeeded..=most).contains(&acted) {
            violations.push(format!(
                "{}: {tally:?}, but {acted} were made",
                operation.id
            ));
        }
    }
    (lines, violations)
}

/// Whether a path on the wire is one of this template.
fn fits(template: &str, path: &str) -> bool {
    let path = path.strip_prefix("/api/atlas/v2").unwrap_or(path);
    let (template, path) = (template.split('/'), path.split('/'));
    template.clone().count() == path.clone().count()
        && template
            .zip(path)
            .all(|(t, p)| t.starts_with('{') || t == p)
}
