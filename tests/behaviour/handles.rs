//! Handles: a text that is no id or name gets into no path, and whatever makes a request is a
//! value of its own.

use std::fmt::Debug;

use atlas_export::{
    Cluster, Error, ErrorKind, NewExportBucket, Project, ProjectId,
    models::{CloudProvider, Frequency},
    snapshots::Retention,
    wait::WaitError,
};
use atlas_export_tests::{BUCKET, CLUSTER, PROJECT, ROLE, SNAPSHOT, Scene, parsed, with_bucket};
use futures_util::future::{BoxFuture, join_all};

const UUID: &str = "4f2deb0d-be22-4524-a403-df531868bac0";

/// What a call came to, as far as these tests go.
type Outcome = BoxFuture<'static, Result<(), Error>>;

/// Takes what can be kept, sent to another thread and awaited there.
fn outcome<C, T, E>(call: C) -> Outcome
where
    C: IntoFuture<Output = Result<T, E>, IntoFuture: Send + 'static> + Send + Debug + 'static,
    E: Into<Error>,
{
    let call = call.into_future();
    Box::pin(async move { call.await.map(drop).map_err(Into::into) })
}

/// A stream is read to its first item; the error of a wait may be of another kind.
fn first<T: Send + 'static>(mut items: atlas_export::list::Items<T>) -> Outcome {
    Box::pin(async move { items.next().await.expect("an item or an error").map(drop) })
}

fn of_project(project: &Project) -> Vec<Outcome> {
    let buckets = project.export_buckets();
    let (id, role, roles) = (&parsed(BUCKET), &parsed(ROLE), project.access_roles());
    let (endpoint, endpoints) = (&parsed(ROLE), project.private_endpoints());
    let new = || NewExportBucket::aws("exports", parsed(ROLE)).unwrap();
    vec![
        outcome(buckets.list()),
        outcome(buckets.list().all()),
        outcome(buckets.list().consistent().all()),
        first(buckets.list().by_item()),
        outcome(buckets.create(new())),
        outcome(buckets.ensure(new())),
        outcome(buckets.ensure(new()).existing()),
        outcome(buckets.get(id)),
        outcome(buckets.update(id).require_private_networking(true)),
        outcome(buckets.delete(id)),
        outcome(buckets.delete_safely(id)),
        outcome(buckets.users(id)),
        outcome(project.clusters().list()),
        outcome(project.preflight(id)),
        outcome(roles.list()),
        outcome(roles.find_aws("arn:aws:iam::123456789012:role/x")),
        outcome(roles.find_azure(UUID)),
        outcome(roles.find_gcp("x@y.iam.gserviceaccount.com")),
        outcome(roles.set_up_aws()),
        outcome(roles.set_up_aws().existing(role)),
        outcome(roles.create_aws()),
        outcome(roles.create_azure(UUID, UUID)),
        outcome(roles.create_gcp()),
        outcome(roles.get(role)),
        outcome(roles.authorize(role, "arn:aws:iam::123456789012:role/x")),
        outcome(roles.deauthorize(CloudProvider::Aws, role)),
        outcome(roles.wait_until_usable(role)),
        outcome(project.export_fleet(id).plan()),
        outcome(project.get()),
        outcome(endpoints.list()),
        outcome(endpoints.create("US_EAST_1")),
        outcome(endpoints.get(endpoint)),
        outcome(endpoints.delete(endpoint)),
        outcome(endpoints.wait_until_active(endpoint)),
        outcome(project.clusters().list_with_deleted()),
    ]
}

fn of_cluster(cluster: &Cluster) -> Vec<Outcome> {
    let (jobs, snapshots) = (cluster.export_jobs(), cluster.snapshots());
    let (bucket, snapshot, job) = (&parsed(BUCKET), &parsed(SNAPSHOT), &parsed(SNAPSHOT));
    let schedule = cluster.auto_export();
    vec![
        outcome(jobs.list()),
        outcome(jobs.list().all()),
        first(jobs.list().by_item()),
        outcome(jobs.get(job)),
        outcome(jobs.create(snapshot, bucket).custom_data("a", "b")),
        outcome(jobs.ensure(snapshot, bucket)),
        outcome(jobs.ensure(snapshot, bucket).existing()),
        outcome(jobs.wait_until_finished(job)),
        outcome(snapshots.list()),
        outcome(snapshots.get(snapshot)),
        outcome(snapshots.list_sharded()),
        outcome(snapshots.get_sharded(snapshot)),
        outcome(snapshots.newest_exportable()),
        outcome(snapshots.take()),
        outcome(snapshots.wait_until_completed(snapshot)),
        outcome(schedule.get()),
        outcome(schedule.enable(bucket, Frequency::Monthly)),
        outcome(schedule.disable()),
        outcome(schedule.names_in_prefix(true)),
        outcome(cluster.get()),
        outcome(cluster.backup_schedule().get()),
        outcome(cluster.backup_schedule().delete()),
        outcome(snapshots.set_retention(snapshot, Retention::days(7))),
        outcome(snapshots.delete(snapshot)),
        outcome(snapshots.delete_unchecked(snapshot)),
        outcome(snapshots.delete_sharded_unchecked(snapshot)),
    ]
}

#[tokio::test]
async fn text_that_is_no_id_or_name_is_told_by_every_call_and_nothing_is_sent() {
    let scene = Scene::start(with_bucket()).await;
    let received = ProjectId::received("{GROUP-ID}");
    let projects = [
        (scene.client.project("../32b6e34b3d91647abb20e7b"), "../32b"),
        (scene.client.project(String::new()), "an empty string"),
        (scene.client.project(&received), "{GROUP-ID}"),
    ];
    let mut calls = Vec::new();
    for (project, told) in projects {
        assert_eq!(project.id().unwrap_err().kind(), ErrorKind::Config);
        let all = of_project(&project).into_iter();
        let all = all.chain(of_cluster(&project.cluster(CLUSTER)));
        calls.extend(all.map(|call| (call, told)));
    }
    for name in ["..", "a/b", "a?b", "", "naïve"] {
        let cluster = scene.project.cluster(name);
        assert_eq!(cluster.name().unwrap_err().kind(), ErrorKind::Config);
        calls.extend(of_cluster(&cluster).into_iter().map(|call| (call, name)));
    }
    let number = calls.len();
    let (calls, told): (Vec<_>, Vec<_>) = calls.into_iter().unzip();
    for (outcome, told) in join_all(calls).await.into_iter().zip(told) {
        let error = outcome.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config, "{error}");
        assert!(error.to_string().contains(told), "{error}");
    }
    assert!(scene.fake.requests().is_empty());
    println!("{number} calls, 0 requests");
}

#[tokio::test]
async fn an_id_or_a_name_is_taken_in_whatever_form_it_is_at_hand() {
    let scene = Scene::start(with_bucket()).await;
    let (id, text) = (parsed::<ProjectId>(PROJECT), PROJECT.to_owned());
    let name = CLUSTER.to_owned();
    for project in [
        scene.client.project(PROJECT),
        scene.client.project(PROJECT.to_owned()),
        scene.client.project(&text),
        scene.client.project(&id),
        scene.client.project(id.clone()),
    ] {
        assert_eq!(project.id().unwrap(), &id);
        for cluster in [project.cluster(&name), project.cluster(name.as_str())] {
            let named = project.cluster(cluster.name().unwrap());
            assert_eq!(named.name().unwrap().as_str(), CLUSTER);
        }
        project.export_buckets().list().await.unwrap();
    }
}

#[tokio::test]
async fn a_call_outlives_its_handle_and_goes_to_other_threads() {
    let scene = Scene::start(with_bucket()).await;
    let client = scene.client.clone();
    let call = client.project(PROJECT).export_buckets().list().all();
    drop(client);
    let all = tokio::spawn(call.into_future()).await.unwrap().unwrap();
    assert_eq!((all.items.len(), all.undecodable.len()), (1, 0));
}

#[tokio::test]
async fn a_wait_and_a_list_share_one_question_mark() {
    async fn both(cluster: &Cluster) -> Result<(), WaitError<atlas_export::models::ExportJob>> {
        let jobs = cluster.export_jobs();
        jobs.wait_until_finished(&parsed(SNAPSHOT)).await?;
        jobs.list().all().await?;
        Ok(())
    }
    let scene = Scene::start(with_bucket()).await;
    let error = Error::from(both(&scene.cluster).await.unwrap_err());
    assert!(error.is_not_found(), "{error}");
}
