//! Many streams and a GOAWAY: what it leaves out was never acted on.

use std::collections::HashSet;
use std::error::Error;
use std::sync::Arc;

use atlas_export_fake::{FakeAtlas, Fault, Match, Moment, Turnstile};
use serde_json::json;
use tokio::task::JoinSet;

use crate::http2::Connection;
use crate::raw::CREATION;
use crate::{Outcome, PROJECT, ROLE};

async fn fake() -> std::io::Result<FakeAtlas> {
    let fake = FakeAtlas::builder().project(PROJECT).http2_only();
    fake.start().await
}

/// The body of a creation.
fn named(name: &str) -> String {
    json!({ "cloudProvider": "AWS", "bucketName": name, "iamRoleId": ROLE }).to_string()
}

fn created(fake: &FakeAtlas) -> HashSet<String> {
    let buckets = fake.buckets(PROJECT);
    let names = buckets.iter().filter_map(|at| at["bucketName"].as_str());
    names.map(str::to_owned).collect()
}

#[tokio::test]
async fn a_goaway_covers_a_later_stream_that_was_acted_on() -> Outcome {
    for moment in [Moment::Read, Moment::Acted] {
        let fake = fake().await?;
        let (earlier, later) = (Turnstile::new(), Turnstile::new());
        let leaving = Fault::go_away().at(moment).held_by(&earlier);
        fake.inject_for(Match::operation(CREATION), leaving);
        let unanswered = Fault::delay(&later).at(Moment::Acted);
        fake.inject_for(Match::operation(CREATION), unanswered);

        let mut connection = Connection::open(&fake).await?;
        let _first = connection.create_as(&fake, named("first")).await?;
        earlier.arrived(1).await;
        let second = connection.create_as(&fake, named("second")).await?;
        later.arrived(1).await;
        earlier.open();

        // A stream beyond the last one of the frame would say that it was left out.
        let lost = second.await.err().ok_or("answered")?;
        assert!(lost.is_io(), "{moment:?}: {lost:?}");
        assert!(created(&fake).contains("second"));
    }
    Ok(())
}

/// Creates many buckets on one connection at once; the names of those that were left out.
async fn crowd(fake: &FakeAtlas, number: usize) -> Result<Vec<String>, Box<dyn Error>> {
    let mut connection = Connection::open(fake).await?;
    let mut answers = Vec::new();
    for stream in 0..CROWD {
        let name = format!("bucket-{number}-{stream}");
        // Once the connection goes away, nothing more can be sent.
        let Ok(answer) = connection.create_as(fake, named(&name)).await else {
            break;
        };
        answers.push((name, answer));
    }
    let mut left_out = Vec::new();
    for (name, answer) in answers {
        if answer
            .await
            .is_err_and(|error| error.is_go_away() && error.is_remote())
        {
            left_out.push(name);
        }
    }
    Ok(left_out)
}

const CROWDS: usize = 50;
const CROWD: usize = 27;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn nothing_that_a_goaway_leaves_out_takes_effect() -> Outcome {
    let fake = Arc::new(fake().await?);
    fake.faults_by(|head| {
        let creation = head.operation == Some(CREATION);
        match head.number % 27 {
            9 if creation => Some(Fault::go_away()),
            18 if creation => Some(Fault::go_away().at(Moment::Acted)),
            _ => None,
        }
    });
    let mut crowds = JoinSet::new();
    for number in 0..CROWDS {
        let fake = Arc::clone(&fake);
        crowds.spawn(async move { crowd(&fake, number).await.map_err(|e| e.to_string()) });
    }
    let mut left_out = Vec::new();
    while let Some(crowd) = crowds.join_next().await {
        left_out.extend(crowd??);
    }
    let created = created(&fake);
    assert!(!created.is_empty());
    left_out.retain(|name| created.contains(name));
    assert_eq!(left_out, [""; 0], "told that they were not acted on");
    Ok(())
}
