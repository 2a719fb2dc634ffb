//! The models that are a body, each with its schema; all others are part of one of these.

use atlas_export_api::types;
use schemars::SchemaGenerator;
use serde_json::Value;

use crate::contract;

macro_rules! models {
    ($($model:ident)*) => {
        /// The schemas of all models, by name; an id has none of its own, but stands where it is.
        pub(crate) fn definitions() -> Value {
            let mut generator = SchemaGenerator::default();
            $(generator.subschema_for::<types::$model>();)*
            generator.take_definitions(true).into()
        }
    };
}

models! {
    AccessRole AccessRoleAuthorization AccessRoleList BackupSchedule BackupScheduleUpdate
    ClusterDescription ClusterDescriptionPage ErrorBody ExportBucket ExportBucketPage
    ExportBucketUpdate ExportJob ExportJobPage NewAccessRole NewExportBucket NewExportJob
    NewPrivateEndpoint NewSnapshot PrivateEndpoint PrivateEndpointPage ProjectClustersPage
    ProjectDescription ProjectDescriptionPage ShardedSnapshot ShardedSnapshotPage
    Snapshot SnapshotMember SnapshotPage SnapshotRetention SystemStatus
}

/// What is not a model, or stands where it is used: what a path or a query has, and ids.
fn stands_elsewhere(name: &str, schema: &Value) -> bool {
    schema["pattern"] == "^[a-f0-9]{24}$" || name == "PageSize"
}

#[test]
fn every_schema_of_the_contract_has_a_model_s() {
    let (contract, models) = (contract(), definitions());
    let of_contract = contract["$defs"].as_object().unwrap();
    let missing: Vec<_> = of_contract
        .iter()
        .filter(|(name, schema)| !stands_elsewhere(name, schema))
        .filter(|(name, _)| models.get(name).is_none())
        .map(|(name, _)| name)
        .collect();
    assert_eq!(missing, [""; 0]);
    let of_models = models.as_object().unwrap();
    let unknown: Vec<_> = of_models
        .keys()
        .filter(|name| !of_contract.contains_key(*name))
        .collect();
    assert_eq!(unknown, [""; 0]);
}
