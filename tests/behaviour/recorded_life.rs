//! The life of a job as it was recorded: Queued, `InProgress`, Successful over 14 min 40 s, 0 of 0
//! collections throughout, with three things going wrong on the way. And many jobs at once.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use atlas_export::{
    models::ExportJob,
    wait::{WaitError, wait_all},
};
use atlas_export_fake::{FakeAtlas, FakeAtlasBuilder, Fault, JobProgress, RateLimit};
use atlas_export_tests::{Scene, exportable, exportable_clusters, seconds, slow_down};
use http::StatusCode;

fn lasting(queued: u64, in_progress: u64) -> FakeAtlasBuilder {
    exportable().job_progress(JobProgress::ByClock {
        queued: seconds(queued),
        in_progress: seconds(in_progress),
    })
}

/// All GETs of a job, retries included.
fn polls(fake: &FakeAtlas) -> usize {
    let requests = fake.requests();
    let gets = requests
        .iter()
        .filter(|r| r.path.contains("/exports/") && !r.answered(401));
    gets.count()
}

#[tokio::test]
async fn the_recorded_life_of_a_job_is_followed_to_its_end_in_at_most_40_polls() {
    let scene = Scene::start(lasting(70, 810)).await;
    let job = scene.begin_export().await;
    let states = Arc::new(Mutex::new(Vec::new()));
    let writer = states.clone();
    let went_wrong = Arc::new(Mutex::new(0));
    let troubles = went_wrong.clone();
    let trouble_clock = scene.clock.clone();
    // One each: early on, in the middle, and late.
    scene.fake.faults_by(move |head| {
        let mut done = troubles.lock().unwrap();
        let now = trouble_clock.elapsed();
        if !head.path.contains("/exports/") {
            return None;
        }
        let fault = match *done {
            0 if now > seconds(20) => Fault::status(StatusCode::SERVICE_UNAVAILABLE),
            1 if now > seconds(300) => Fault::reset(),
            2 if now > seconds(600) => slow_down(7),
            _ => return None,
        };
        *done += 1;
        Some(fault)
    });
    let done = scene
        .jobs
        .wait_until_finished(&job)
        .on_progress(move |progress| {
            assert_eq!(progress.collections, None, "0 of 0 is no progress");
            assert_eq!(progress.remaining, None);
            let state = progress.item.state.clone().unwrap().to_string();
            let mut states = writer.lock().unwrap();
            if states.last() != Some(&state) {
                states.push(state);
            }
        })
        .await
        .unwrap();
    assert_eq!(
        *states.lock().unwrap(),
        ["Queued", "InProgress", "Successful"]
    );
    assert_eq!(
        done.finished_at.unwrap() - done.created_at.unwrap(),
        chrono::TimeDelta::seconds(880)
    );
    assert_eq!(*went_wrong.lock().unwrap(), 3);
    let polls = polls(&scene.fake);
    println!("14 min 40 s with a 503, a reset and a 429: {polls} polls");
    assert!(polls <= 40, "{polls} polls");
    assert!(
        scene.clock.elapsed() < seconds(880 + 62),
        "{:?}",
        scene.clock.elapsed()
    );
}

#[tokio::test]
async fn an_hour_costs_at_most_90_polls_and_a_short_job_is_noticed_soon() {
    let scene = Scene::start(lasting(100, 3_500)).await;
    let job = scene.begin_export().await;
    scene.jobs.wait_until_finished(&job).await.unwrap();
    let count = polls(&scene.fake);
    println!("an hour: {count} polls");
    assert!(count <= 90, "{count} polls");
    assert!(scene.clock.elapsed() < seconds(3_600 + 61));

    let scene = Scene::start(lasting(2, 3)).await;
    let job = scene.begin_export().await;
    scene.jobs.wait_until_finished(&job).await.unwrap();
    assert!(
        scene.clock.elapsed() < seconds(7),
        "{:?}",
        scene.clock.elapsed()
    );
}

#[tokio::test]
async fn a_wait_that_begins_late_goes_by_the_age_of_the_job() {
    let scene = Scene::start(lasting(100, 3_500)).await;
    let job = scene.begin_export().await;
    scene.clock.advance(seconds(3_000));
    scene.jobs.wait_until_finished(&job).await.unwrap();
    // Ten minutes are left, at one poll a minute.
    assert!(polls(&scene.fake) <= 12, "{} polls", polls(&scene.fake));
}

#[tokio::test]
async fn an_estimate_is_told_once_collections_move_and_is_about_right() {
    let scene = Scene::start(lasting(10, 600).collections(60)).await;
    let job = scene.begin_export().await;
    let estimates = Arc::new(Mutex::new(Vec::new()));
    let writer = estimates.clone();
    scene
        .jobs
        .wait_until_finished(&job)
        .on_progress(move |progress| {
            writer
                .lock()
                .unwrap()
                .push((progress.elapsed, progress.remaining));
        })
        .await
        .unwrap();
    let estimates = estimates.lock().unwrap();
    assert_eq!(estimates[0].1, None);
    let told: Vec<_> = estimates
        .iter()
        .filter_map(|(at, left)| Some((*at, (*left)?)))
        .collect();
    assert!(told.len() > 5, "{estimates:?}");
    for (at, left) in told.iter().filter(|(at, _)| *at > seconds(120)) {
        let end = (*at + *left).as_secs();
        assert!((520..=700).contains(&end), "at {at:?} {left:?} were left");
    }
}

#[tokio::test]
async fn many_jobs_are_waited_for_at_once_and_told_in_the_order_given() {
    let by_polls = JobProgress::ByPolls {
        queued: 1,
        in_progress: 3,
    };
    let scene = Scene::start(exportable_clusters(40).job_progress(by_polls)).await;
    let begun = scene.begin_exports(40).await;
    let waits = begun.iter().map(|(jobs, id)| jobs.wait_until_finished(id));
    let all = wait_all(waits).await;
    assert_eq!(all.len(), 40);
    for (waited, (_, id)) in all.iter().zip(&begun) {
        assert_eq!(waited.id, *id);
        assert_eq!(waited.outcome.as_ref().unwrap().id, *id);
    }
    assert!(wait_all::<ExportJob>([]).await.is_empty());
}

#[tokio::test]
async fn what_happens_to_one_of_many_ends_no_other_wait() {
    let by_polls = JobProgress::ByPolls {
        queued: 1,
        in_progress: 3,
    };
    let scene = Scene::start(exportable_clusters(8).job_progress(by_polls)).await;
    let begun = scene.begin_exports(8).await;
    let gone = begun[3].1.to_string();
    let told = gone.clone();
    scene.fake.faults_by(move |head| {
        head.path
            .ends_with(&gone)
            .then(|| Fault::status(StatusCode::NOT_FOUND))
    });
    let waits = begun.iter().map(|(jobs, id)| {
        let wait = jobs.wait_until_finished(id);
        if *id == begun[5].1 {
            wait.max_wait(Duration::ZERO)
        } else {
            wait
        }
    });
    let mut ended = wait_all(waits);
    let (mut fine, mut lost, mut late) = (0, 0, 0);
    while let Some(waited) = ended.next().await {
        match waited.outcome {
            Ok(_) => fine += 1,
            Err(WaitError::Poll(error)) => {
                assert!(error.is_not_found() && waited.id.as_str() == told);
                lost += 1;
            }
            Err(WaitError::MaxWaitExceeded { .. }) => late += 1,
            Err(other) => panic!("{other}"),
        }
    }
    assert_eq!((fine, lost, late), (6, 1, 1));
}

#[tokio::test]
async fn many_waits_share_the_rate_limit() {
    let by_polls = JobProgress::ByPolls {
        queued: 1,
        in_progress: 1,
    };
    let limit = RateLimit {
        capacity: 60,
        refill: 60,
        period: seconds(60),
    };
    let limited = exportable_clusters(50).job_progress(by_polls);
    let scene = Scene::start(limited.rate_limit(limit)).await;
    let begun = scene.begin_exports(50).await;
    let waits = begun.iter().map(|(jobs, id)| jobs.wait_until_finished(id));
    let all = wait_all(waits).await;
    assert!(all.iter().all(|waited| waited.outcome.is_ok()));
    let refused = scene.answered(429);
    // The crowd that runs into the limit learns from it; nobody runs into it again and again.
    println!("50 waits under a limit: {refused} refusals");
    assert!(refused <= 50, "{refused}");
}
