//! Every operation of the contract, called by its public method.

use atlas_export::{Client, Error, models::CloudProvider, snapshots::Retention};
use atlas_export_api::{Operation, operations::ids};
use atlas_export_fake::{AccessRole, FakeAtlasBuilder};
use serde_json::json;

use crate::{BUCKET, CLUSTER, PROJECT, ROLE, SNAPSHOT, exportable, new_bucket, parsed};

/// A job that is there from the start.
pub const JOB: &str = "605ccba3c1c7613f423e1585";

/// A fake that has what the operations are about.
pub fn furnished() -> FakeAtlasBuilder {
    let job = json!({"id": JOB, "exportBucketId": BUCKET, "state": "Successful"});
    exportable()
        .sharded_cluster(PROJECT, CLUSTER, &["shard-0", "config-0"])
        .job(PROJECT, CLUSTER, job)
        .access_role(PROJECT, AccessRole::unauthorized_aws(ROLE))
        .private_endpoint(PROJECT, ENDPOINT, "US_EAST_1", "ACTIVE")
}

/// What kind of operation it is, as far as faults are concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A read, or a change that sets what it sets: what may be repeated and adds nothing.
    Read,
    /// A deletion.
    Delete,
    /// What adds something each time.
    Create,
}

/// A private endpoint that is there from the start.
pub const ENDPOINT: &str = "66f9f1c3e2b4d6a7c8e9f0a1";

/// What a role of AWS is called there.
pub const ARN: &str = "arn:aws:iam::123456789012:role/atlas-export";

/// The kind of an operation, by its method.
pub fn kind(operation: &Operation) -> Option<Kind> {
    match operation.method {
        "GET" | "PATCH" | "PUT" => Some(Kind::Read),
        // One that answers with what it has emptied is a change like any other.
        "DELETE" if operation.success == 200 => Some(Kind::Read),
        "DELETE" => Some(Kind::Delete),
        "POST" => Some(Kind::Create),
        _ => None,
    }
}

/// One call of an operation, by its public method; `None` where it has none.
pub async fn call(client: &Client, operation: &str) -> Option<Result<(), Error>> {
    let project = client.project(PROJECT);
    let cluster = project.cluster(CLUSTER);
    let (buckets, jobs) = (project.export_buckets(), cluster.export_jobs());
    let (roles, endpoints) = (project.access_roles(), project.private_endpoints());
    Some(match operation {
        ids::LIST_EXPORT_BUCKETS => buckets.list().await.map(drop),
        ids::GET_EXPORT_BUCKET => buckets.get(&parsed(BUCKET)).await.map(drop),
        ids::DELETE_EXPORT_BUCKET => buckets.delete(&parsed(BUCKET)).await,
        ids::CREATE_EXPORT_BUCKET => {
            let new = new_bucket("example-bucket");
            buckets.create(new).await.map(drop)
        }
        ids::LIST_EXPORT_JOBS => jobs.list().await.map(drop),
        ids::GET_EXPORT_JOB => jobs.get(&parsed(JOB)).await.map(drop),
        ids::CREATE_EXPORT_JOB => {
            let (snapshot, bucket) = (parsed(SNAPSHOT), parsed(BUCKET));
            jobs.create(&snapshot, &bucket).await.map(drop)
        }
        ids::LIST_SNAPSHOTS => cluster.snapshots().list().await.map(drop),
        ids::GET_SNAPSHOT => cluster.snapshots().get(&parsed(SNAPSHOT)).await.map(drop),
        ids::LIST_SHARDED_SNAPSHOTS => cluster.snapshots().list_sharded().await.map(drop),
        ids::GET_SHARDED_SNAPSHOT => {
            let id = parsed(SNAPSHOT);
            cluster.snapshots().get_sharded(&id).await.map(drop)
        }
        ids::TAKE_SNAPSHOT => cluster.snapshots().take().await.map(drop),
        ids::GET_BACKUP_SCHEDULE => cluster.auto_export().get().await.map(drop),
        ids::UPDATE_BACKUP_SCHEDULE => cluster.auto_export().disable().await.map(drop),
        ids::LIST_PRIVATE_ENDPOINTS => endpoints.list().await.map(drop),
        ids::CREATE_PRIVATE_ENDPOINT => endpoints.create("EU_WEST_1").await.map(drop),
        ids::GET_PRIVATE_ENDPOINT => endpoints.get(&parsed(ENDPOINT)).await.map(drop),
        ids::DELETE_PRIVATE_ENDPOINT => endpoints.delete(&parsed(ENDPOINT)).await,
        ids::LIST_PROJECTS => client.projects().list().await.map(drop),
        ids::GET_PROJECT => project.get().await.map(drop),
        ids::LIST_ALL_CLUSTERS => client.projects().clusters().await.map(drop),
        ids::GET_CLUSTER => cluster.get().await.map(drop),
        ids::UPDATE_SNAPSHOT => {
            let (id, kept) = (parsed(SNAPSHOT), Retention::weeks(6));
            cluster.snapshots().set_retention(&id, kept).await.map(drop)
        }
        ids::DELETE_SNAPSHOT => {
            let id = parsed(SNAPSHOT);
            cluster.snapshots().delete_unchecked(&id).await
        }
        ids::DELETE_SHARDED_SNAPSHOT => {
            let id = parsed(SNAPSHOT);
            cluster.snapshots().delete_sharded_unchecked(&id).await
        }
        ids::DELETE_BACKUP_SCHEDULE => cluster.backup_schedule().delete().await.map(drop),
        ids::GET_SYSTEM_STATUS => client.system_status().await.map(drop),
        ids::LIST_CLUSTERS => project.clusters().list().await.map(drop),
        ids::LIST_ACCESS_ROLES => roles.list().await.map(drop),
        ids::CREATE_ACCESS_ROLE => roles.create_aws().await.map(drop),
        ids::GET_ACCESS_ROLE => roles.get(&parsed(ROLE)).await.map(drop),
        ids::AUTHORIZE_ACCESS_ROLE => roles.authorize(&parsed(ROLE), ARN).await.map(drop),
        ids::DEAUTHORIZE_ACCESS_ROLE => {
            let id = parsed(ROLE);
            roles.deauthorize(CloudProvider::Aws, &id).await
        }
        ids::UPDATE_EXPORT_BUCKET => {
            let id = parsed(BUCKET);
            let update = buckets.update(&id).require_private_networking(true);
            update.await.map(drop)
        }
        _ => return None,
    })
}
