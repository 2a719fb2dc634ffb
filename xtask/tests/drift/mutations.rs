//! Faults of our contract that nothing but the published facts can tell, each caught.

use xtask::drift::{
    Format,
    Kind::{self, Changed, OursAdds, OursLacks},
};

use super::{CONTRACT, against_the_lock, has, text};

/// What is wrong, from which line on, what is written, what in its place, and the row.
type Mutation = (
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    (Kind, &'static str, &'static str),
);

#[rustfmt::skip]
const MUTATIONS: &[Mutation] = &[
    (
        "a day of sunset",
        "operationId: listExportBuckets", "x-sunset: \"2027-07-01\"", "x-sunset: \"2027-07-11\"",
        (Changed, "GET /groups/{groupId}/backup/exportBuckets 2023-01-01", "sunset"),
    ),
    (
        "a sunset dropped",
        "operationId: createExportBucket", "              x-sunset: \"2027-07-01\"\n", "",
        (OursLacks, "POST /groups/{groupId}/backup/exportBuckets 2023-01-01", "sunset"),
    ),
    (
        "the date of a version",
        "operationId: deleteExportBucket", "atlas.2023-01-01+json", "atlas.2023-01-10+json",
        (OursAdds, "DELETE /groups/{groupId}/backup/exportBuckets/{exportBucketId} 2023-01-10", "version"),
    ),
    (
        "a version dropped",
        "operationId: getExportBucket",
        "            application/vnd.atlas.2024-05-30+json:\n              schema:\n                $ref: \"#/components/schemas/ExportBucket\"\n              examples:\n                aws:\n                  $ref: \"#/components/examples/ExportBucket\"\n                azure:\n                  $ref: \"#/components/examples/AzureExportBucket\"\n                gcp:\n                  $ref: \"#/components/examples/GcpExportBucket\"\n", "",
        (OursLacks, "GET /groups/{groupId}/backup/exportBuckets/{exportBucketId} 2024-05-30", "version"),
    ),
    (
        "a status of success",
        "operationId: createPrivateEndpoint", "\"201\":", "\"200\":",
        (OursLacks, "POST /groups/{groupId}/backup/{cloudProvider}/privateEndpoints 2024-11-13", "success"),
    ),
    (
        "a role",
        "operationId: createExportJob", "[Project Backup Export Operator]", "[Project Read Only]",
        (Changed, "POST /groups/{groupId}/clusters/{clusterName}/backup/exports", "roles"),
    ),
    (
        "the page that an operation points at",
        "operationId: getExportJob", "operation-getgroupclusterbackupexport", "operation-getgroupclusterbackupexports",
        (Changed, "GET /groups/{groupId}/clusters/{clusterName}/backup/exports/{exportId}", "name"),
    ),
    (
        "a path",
        "paths:", "/backup/exportBuckets:", "/backup/exportBucket:",
        (OursLacks, "POST /groups/{groupId}/backup/exportBuckets", "operation"),
    ),
    (
        "a parameter dropped",
        "operationId: listExportJobs", "        - $ref: \"#/components/parameters/includeCount\"\n", "",
        (OursLacks, "GET /groups/{groupId}/clusters/{clusterName}/backup/exports query includeCount", "parameter"),
    ),
    (
        "a parameter that nobody published",
        "operationId: getExportJob", "        - $ref: \"#/components/parameters/envelope\"\n",
        "        - $ref: \"#/components/parameters/envelope\"\n        - $ref: \"#/components/parameters/pretty\"\n",
        (OursAdds, "GET /groups/{groupId}/clusters/{clusterName}/backup/exports/{exportId} query pretty", "parameter"),
    ),
    (
        "a bound of a parameter",
        "    PageSize:", "maximum: 500", "maximum: 1000",
        (Changed, "GET /groups/{groupId}/clusters query itemsPerPage", "maximum"),
    ),
    (
        "a default",
        "    PageSize:", "default: 100", "default: 500",
        (Changed, "GET /groups query itemsPerPage", "default"),
    ),
    (
        "a default dropped",
        "      name: includeCount", "        default: true\n", "",
        (OursLacks, "GET /clusters query includeCount", "default"),
    ),
    (
        "a bound of a body",
        "    BucketName:", "maxLength: 63", "maxLength: 64",
        (Changed, "NewExportBucket.Aws.bucketName", "maxLength"),
    ),
    (
        "a field renamed",
        "    ExportJob:", "        finishedAt:\n", "        endedAt:\n",
        (OursLacks, "ExportJob.finishedAt", "field"),
    ),
    (
        "a type",
        "    ExportStatus:", "type: integer", "type: string",
        (Changed, "ExportStatus.exportedCollections", "type"),
    ),
    (
        "a required field that need not be there",
        "    ExportJob:", "required: [id]", "required: [id, state]",
        (OursAdds, "ExportJob.state", "required"),
    ),
    (
        "a field of a request no longer required",
        "    NewExportJob:", "required: [snapshotId, exportBucketId]", "required: [snapshotId]",
        (OursLacks, "NewExportJob.exportBucketId", "required"),
    ),
    (
        "a value lost",
        "    ExportJobState:", "Failed, Cancelled]", "Failed]",
        (OursLacks, "ExportJob.state", "enum Cancelled"),
    ),
    (
        "a value misspelt",
        "    PrivateEndpointStatus:", "[INITIATING,", "[INITIALIZING,",
        (OursAdds, "PrivateEndpoint.status", "enum INITIALIZING"),
    ),
    (
        "a variant lost",
        "    NewAccessRole:", "enum: [GCP]", "enum: [GOOGLE]",
        (OursLacks, "NewAccessRole", "variant GCP"),
    ),
    (
        "a field of a request that is told to be read only",
        "    NewExportJob:", "          $ref: \"#/components/schemas/SnapshotId\"", "          type: string\n          readOnly: true",
        (OursLacks, "NewExportJob.snapshotId", "field"),
    ),
    (
        "a field of an answer that is told to be write only",
        "    ExportStateReason:", "          type: string\n", "          type: string\n          writeOnly: true\n",
        (OursLacks, "ExportStateReason.errorCode", "field"),
    ),
    (
        "a field that is read only as published, and sent",
        "    NewExportJob:", "        customData:\n", "        exportStatus:\n          $ref: \"#/components/schemas/ExportStatus\"\n        customData:\n",
        (OursAdds, "NewExportJob.exportStatus", "field"),
    ),
    (
        "a field of another endpoint",
        "    Snapshot:", "        links:\n", "        restoreScheduled:\n          type: boolean\n        links:\n",
        (OursAdds, "Snapshot.restoreScheduled", "field"),
    ),
    (
        "the body of another operation",
        "operationId: listShardedSnapshots", "schemas/ShardedSnapshotPage", "schemas/ExportJobPage",
        (OursAdds, "ExportJob.exportBucketId", "field"),
    ),
];

/// The good contract, with one thing replaced at its first place after a line.
fn mutated(contract: &str, (name, after, old, new, _): &Mutation) -> String {
    let line = contract.find(&format!("{after}\n"));
    let start = line.unwrap_or_else(|| panic!("{name}: `{after}` stands nowhere"));
    let (before, rest) = contract.split_at(start);
    assert!(rest.contains(old), "{name}: `{old}` stands nowhere");
    // In every media type of the operation, where it stands in several.
    let end = rest
        .find("\"400\":")
        .filter(|_| after.starts_with("operationId"));
    let (here, rest) = rest.split_at(end.unwrap_or(rest.len()));
    let times = if new.contains("ExportJobPage") { 2 } else { 1 };
    format!("{before}{}{rest}", here.replacen(old, new, times))
}

#[test]
fn each_fault_of_the_contract_is_a_row() {
    let contract = text(CONTRACT);
    for mutation in MUTATIONS {
        let (name, .., (kind, at, what)) = mutation;
        let report = against_the_lock(&mutated(&contract, mutation));
        assert!(!report.is_clean(), "{name}");
        let table = report.render(Format::Table);
        assert!(
            has(&report, *kind, at, what),
            "{name}: {at} {what}\n{table}"
        );
    }
}

#[test]
fn what_a_family_covers_cannot_grow_unseen() {
    // What a pattern says of one fact explains no other.
    let contract = text(CONTRACT);
    let more = contract.replacen(
        "        errMsg:\n          type: string\n",
        "        stateDetail:\n          type: string\n          nullable: true\n        errMsg:\n          type: string\n",
        1,
    );
    let report = against_the_lock(&more);
    let row = (Kind::OursAdds, "ExportJob.stateDetail", "field");
    assert!(has(&report, row.0, row.1, row.2));
    // A field that may no longer be null: one row fewer than the pattern says.
    let state_reason = "          description: A code out of an open set.\n";
    let lost = contract.replacen(
        &format!("{state_reason}          nullable: true\n"),
        state_reason,
        1,
    );
    let stale = against_the_lock(&lost).stale().join("\n");
    assert!(
        stale.contains("`*` (nullable) says that it covers"),
        "{stale}"
    );
}
