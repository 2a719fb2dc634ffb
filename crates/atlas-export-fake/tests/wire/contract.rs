//! Whatever the fake holds, and whatever it is asked, its answer is what the contract says: the
//! body, by its schema, and the media type.
//!
//! The contract comes as data (`tests/contract.json`), and a library that is not ours judges.

#![expect(
    clippy::indexing_slicing,
    reason = "what a JSON value lacks is null, and the test says so"
)]

use std::collections::BTreeMap;
use std::error::Error;
use std::sync::{Mutex, PoisonError};

use atlas_export_fake::FakeAtlas;
use jsonschema::{Draft, Validator};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value, json};

use crate::Outcome;
use crate::peer::{Answer, challenge, nonce_of, send, sign};
use crate::random_world::{RandomWorld, random_world};

const CONTRACT: &str = include_str!("../../../../tests/contract.json");
const OPERATIONS: &str = include_str!("../../src/operations.json");

/// How many worlds are tried. Each is asked everything, which is some hundred requests.
const WORLDS: u32 = 24;

/// One operation in one version.
struct Call {
    id: String,
    method: String,
    path: String,
    media_type: String,
    /// What is sent; one empty text where nothing is.
    bodies: Vec<String>,
    /// What a success is held against; none where it has no body.
    answer: Option<Validator>,
}

/// Everything that the contract says of what is asked and answered.
struct Contract {
    calls: Vec<Call>,
    error: Validator,
}

impl Contract {
    fn read() -> Result<Self, Box<dyn Error>> {
        let contract: Value = serde_json::from_str(CONTRACT)?;
        let operations: Vec<Value> = serde_json::from_str(OPERATIONS)?;
        let mut calls = Vec::new();
        for operation in &operations {
            let versions = operation["versions"].as_array().into_iter().flatten();
            let versions = versions.filter_map(Value::as_str);
            let dated = versions.map(|date| format!("application/vnd.atlas.{date}+json"));
            let v1 = operation["v1"] == true;
            let plain = v1.then(|| "application/json".to_owned());
            for media_type in plain.into_iter().chain(dated) {
                calls.push(Call::of(&contract, operation, media_type)?);
            }
        }
        Ok(Self {
            calls,
            error: validator(&contract, &json!({ "$ref": "#/$defs/ErrorBody" }))?,
        })
    }
}

impl Call {
    fn of(contract: &Value, operation: &Value, media_type: String) -> Result<Self, Box<dyn Error>> {
        let text = |key: &str| operation[key].as_str().unwrap_or_default().to_owned();
        let rows = contract["bodies"].as_array().into_iter().flatten();
        let (requests, answers): (Vec<&Value>, Vec<&Value>) = rows
            .filter(|row| row["operation"] == operation["id"])
            .filter(|row| row["mediaType"] == media_type.as_str())
            .partition(|row| row["status"].is_null());
        let names = requests.iter().filter_map(|row| row["examples"].as_array());
        let mut bodies: Vec<String> = names
            .flatten()
            .filter_map(Value::as_str)
            .map(|name| contract["examples"][name].to_string())
            .collect();
        if bodies.is_empty() {
            bodies.push(String::new());
        }
        let answer = answers
            .first()
            .map(|row| validator(contract, &row["schema"]));
        Ok(Self {
            id: text("id"),
            method: text("method"),
            path: text("path"),
            media_type,
            bodies,
            answer: answer.transpose()?,
        })
    }

    /// Its targets in a world, one for each combination of what its parameters may be.
    fn targets(&self, values: impl Fn(&str) -> Vec<String>, query: &str) -> Vec<String> {
        let base = match self.media_type.as_str() {
            "application/json" => "/api/atlas/v1.0",
            _ => "/api/atlas/v2",
        };
        // The path `/` is the base itself.
        let mut targets = vec![base.to_owned()];
        for segment in self.path.split('/').filter(|segment| !segment.is_empty()) {
            let parameter = segment
                .strip_prefix('{')
                .and_then(|it| it.strip_suffix('}'));
            let values = parameter.map_or_else(|| vec![segment.to_owned()], &values);
            targets = targets
                .iter()
                .flat_map(|target| values.iter().map(move |value| format!("{target}/{value}")))
                .collect();
        }
        if self.method == "GET" {
            for target in &mut targets {
                target.push_str(query);
            }
        }
        targets
    }

    /// What is wrong with an answer.
    fn misfit(&self, answer: &Answer, error: &Validator) -> Option<String> {
        let success = (200..300).contains(&answer.status);
        let expected = match (success, &self.answer) {
            (false, _) => error,
            (true, Some(schema)) => schema,
            (true, None) if answer.body.is_empty() => return None,
            (true, None) => return Some(format!("a body: {}", answer.body)),
        };
        let media_type = answer.header("content-type").unwrap_or_default();
        let wanted = if success {
            &*self.media_type
        } else {
            "application/json"
        };
        if media_type.split(';').next() != Some(wanted) {
            return Some(format!("of {media_type}, not {wanted}"));
        }
        let body = answer.json();
        let errors = expected.iter_errors(&body).map(|error| error.to_string());
        let errors: Vec<String> = errors.collect();
        (!errors.is_empty()).then(|| format!("{errors:?} in {body}"))
    }
}

fn validator(contract: &Value, schema: &Value) -> Result<Validator, Box<dyn Error>> {
    let mut whole = schema.clone();
    whole["$defs"] = contract["$defs"].clone();
    let options = jsonschema::options().with_draft(Draft::Draft202012);
    Ok(options.should_validate_formats(true).build(&whole)?)
}

/// How many successes each call had, by its id and media type.
type Successes = BTreeMap<(String, String), usize>;

/// Asks a world everything. What is created is asked for as well.
async fn ask(
    contract: &Contract,
    world: &RandomWorld,
    successes: &Mutex<Successes>,
) -> Result<(), Box<dyn Error>> {
    let fake = world.builder().start().await?;
    let challenge = challenge(&fake).await?;
    let mut jobs = Vec::new();
    let mut uses = 0;
    let of = |method: &'static str| {
        let calls = contract
            .calls
            .iter()
            .filter(move |call| call.method == method);
        let mut calls: Vec<&Call> = calls.collect();
        if world.backwards {
            calls.reverse();
        }
        calls
    };
    // What reads comes before what changes and after it, and what deletes comes last.
    let order = ["GET", "POST", "PATCH", "GET", "DELETE"];
    for call in order.into_iter().flat_map(of) {
        let values = |parameter: &str| match parameter {
            "exportId" => jobs.clone(),
            _ => world.values_of(parameter),
        };
        for target in call.targets(values, world.query) {
            for body in &call.bodies {
                uses += 1;
                let answer = signed(&fake, call, &target, body, (&challenge, uses)).await?;
                if let Some(misfit) = call.misfit(&answer, &contract.error) {
                    let asked = format!("{} {target} {}", call.method, call.media_type);
                    return Err(format!("{asked}: {} with {misfit}", answer.status).into());
                }
                if answer.status < 300 {
                    let key = (call.id.clone(), call.media_type.clone());
                    let mut successes = successes.lock().unwrap_or_else(PoisonError::into_inner);
                    *successes.entry(key).or_default() += 1;
                    if call.id == "createExportJob" {
                        jobs.extend(answer.json()["id"].as_str().map(str::to_owned));
                    }
                }
            }
        }
    }
    Ok(())
}

async fn signed(
    fake: &FakeAtlas,
    call: &Call,
    target: &str,
    body: &str,
    (challenge, uses): (&str, u32),
) -> Result<Answer, Box<dyn Error>> {
    let nonce = nonce_of(challenge);
    let answer = sign(fake.credentials(), &call.method, target, nonce, uses);
    let media_type = call.media_type.as_str();
    let mut headers = vec![("Accept", media_type), ("Authorization", &answer)];
    if !body.is_empty() {
        headers.push(("Content-Type", media_type));
    }
    send(fake, &call.method, target, &headers, body).await
}

#[test]
fn whatever_it_holds_its_answers_are_what_the_contract_says() -> Outcome {
    let contract = Contract::read()?;
    let successes = Mutex::new(Successes::new());
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let mut runner = TestRunner::new(Config {
        cases: WORLDS,
        failure_persistence: None,
        ..Config::default()
    });
    for backwards in [false, true] {
        let world = RandomWorld::furnished(backwards);
        runtime.block_on(ask(&contract, &world, &successes))?;
    }
    let never: Vec<_> = {
        let successes = successes.lock().unwrap_or_else(PoisonError::into_inner);
        let calls = contract.calls.iter();
        calls
            .map(|call| (call.id.clone(), call.media_type.clone()))
            .filter(|call| !successes.contains_key(call))
            .collect()
    };
    assert!(never.is_empty(), "never answered with a success: {never:?}");
    runner.run(&random_world(), |world| {
        let asked = runtime.block_on(ask(&contract, &world, &successes));
        asked.map_err(|misfit| TestCaseError::fail(misfit.to_string()))
    })?;

    let successes = successes.into_inner()?;
    let answers: usize = successes.values().sum();
    println!(
        "{answers} successes of {} calls in {WORLDS} worlds",
        contract.calls.len()
    );
    Ok(())
}

#[test]
fn an_answer_that_is_not_what_the_contract_says_is_told() -> Outcome {
    let contract = Contract::read()?;
    let call = |id: &str| contract.calls.iter().find(|call| call.id == id);
    let (get, delete) = (
        call("getProject").ok_or("no such call")?,
        call("deleteSnapshot").ok_or("no such call")?,
    );
    let good = json!({ "id": crate::PROJECT, "name": "Shop" });
    let vendor = get.media_type.as_str();
    for (call, status, media_type, body, told) in [
        (get, 200, vendor, good.clone(), None),
        (
            get,
            200,
            "application/json",
            good.clone(),
            Some("of application/json"),
        ),
        (
            get,
            200,
            vendor,
            json!({ "name": "Shop" }),
            Some("required property"),
        ),
        (
            get,
            200,
            vendor,
            json!({ "id": crate::PROJECT, "name": 7 }),
            Some("7 is not of type"),
        ),
        (get, 404, "application/json", json!({ "error": 404 }), None),
        (
            get,
            404,
            "application/json",
            json!({ "error": "404" }),
            Some("is not of type"),
        ),
        (delete, 204, vendor, good, Some("a body")),
    ] {
        let answer = Answer::made(status, media_type, &body.to_string());
        let misfit = call.misfit(&answer, &contract.error);
        match told {
            None => assert_eq!(misfit, None),
            Some(told) => assert!(
                misfit.clone().is_some_and(|it| it.contains(told)),
                "{misfit:?}"
            ),
        }
    }
    Ok(())
}
