//! The handler of each operation. An operation without one is not served.

use crate::api::call::Call;
use crate::api::response::Reply;
use crate::api::{
    access_roles, buckets, clusters, jobs, private_endpoints, projects, schedules,
    sharded_snapshots, snapshots, system_status,
};
use crate::rules::error::AtlasError;

/// What the fake does for an operation.
pub(crate) type OperationHandler = fn(&Call<'_>) -> Result<Reply, AtlasError>;

/// By the name of the operation in the description of the API.
pub(crate) fn handler(operation: &str) -> Option<OperationHandler> {
    Some(match operation {
        "listExportBuckets" => buckets::list,
        "createExportBucket" => buckets::create,
        "getExportBucket" => buckets::get,
        "updateExportBucket" => buckets::update,
        "deleteExportBucket" => buckets::delete,
        "listExportJobs" => jobs::list,
        "createExportJob" => jobs::create,
        "getExportJob" => jobs::get,
        "listSnapshots" => snapshots::list,
        "getSnapshot" => snapshots::get,
        "listShardedSnapshots" => sharded_snapshots::list,
        "getShardedSnapshot" => sharded_snapshots::get,
        "takeSnapshot" => snapshots::take,
        "getBackupSchedule" => schedules::get,
        "updateBackupSchedule" => schedules::update,
        "getSystemStatus" => system_status::get,
        "listPrivateEndpoints" => private_endpoints::list,
        "createPrivateEndpoint" => private_endpoints::create,
        "getPrivateEndpoint" => private_endpoints::get,
        "deletePrivateEndpoint" => private_endpoints::delete,
        "listProjects" => projects::list,
        "getProject" => projects::get,
        "listAllClusters" => projects::clusters,
        "listClusters" => clusters::list,
        "getCluster" => clusters::get,
        "updateSnapshot" => snapshots::update,
        "deleteSnapshot" => snapshots::delete,
        "deleteShardedSnapshot" => sharded_snapshots::delete,
        "deleteBackupSchedule" => schedules::delete,
        "listAccessRoles" => access_roles::list,
        "createAccessRole" => access_roles::create,
        "getAccessRole" => access_roles::get,
        "authorizeAccessRole" => access_roles::authorize,
        "deauthorizeAccessRole" => access_roles::deauthorize,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::operations::OPERATIONS;

    #[test]
    fn every_operation_of_the_description_is_served() {
        for operation in OPERATIONS.iter() {
            assert!(
                handler(operation.id).is_some(),
                "{} has no handler: give it one in api/handlers.rs",
                operation.id
            );
        }
    }
}
