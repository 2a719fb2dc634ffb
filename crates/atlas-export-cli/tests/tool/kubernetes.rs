//! The manifest in the documentation: YAML, and a command that the tool knows.

use atlas_export_fake::{Bucket, Snapshot};
use serde_json::Value;

use crate::harness::{PROJECT, ROLE, Tool, service};

const PAGE: &str = include_str!("../../../../docs/kubernetes.md");

/// The documents of the page's manifest.
fn manifest() -> Vec<Value> {
    let (_, rest) = PAGE.split_once("```yaml\n").unwrap();
    let (yaml, _) = rest.split_once("```").unwrap();
    let documents = yaml.split("---\n");
    documents
        .map(|document| serde_saphyr::from_str(document).unwrap())
        .collect()
}

#[test]
fn the_manifest_is_yaml_that_fits_together() {
    let [secret, claim, job] = manifest().try_into().unwrap();
    let pod = &job["spec"]["template"]["spec"];
    let worker = &pod["containers"][0];
    assert_eq!(job["spec"]["completionMode"], "Indexed");
    let reference = &worker["envFrom"][0]["secretRef"]["name"];
    assert_eq!(reference, &secret["metadata"]["name"]);
    let volume = &pod["volumes"][0];
    assert_eq!(
        volume["persistentVolumeClaim"]["claimName"],
        claim["metadata"]["name"]
    );
    assert_eq!(worker["volumeMounts"][0]["name"], volume["name"]);
    let rule = &job["spec"]["podFailurePolicy"]["rules"][0]["onExitCodes"];
    assert_eq!(rule["containerName"], worker["name"]);
    let shards = format!("/{}\"", job["spec"]["completions"]);
    assert!(worker["args"][0].as_str().unwrap().contains(&shards));
}

#[cfg(unix)]
#[tokio::test]
async fn its_command_exports_what_is_the_workers() {
    let fake = service()
        .bucket(PROJECT, Bucket::aws("nightly", ROLE))
        .snapshot(
            PROJECT,
            "Billing",
            Snapshot::completed("5fb6a0e0e5a4d31b5b8ef0d1"),
        )
        .start()
        .await
        .unwrap();
    let tool = Tool::of(&fake);
    let [_, _, job] = manifest().try_into().unwrap();
    let command = job["spec"]["template"]["spec"]["containers"][0]["args"][0]
        .as_str()
        .unwrap();
    let mut exported = 0;
    for worker in 0..10 {
        let folder = tool.path(".").to_str().unwrap().to_owned();
        let command = command
            .replace("$JOB_COMPLETION_INDEX", &worker.to_string())
            .replace("$JOB_NAME", "tonight")
            .replace("/reports", &folder);
        let words = command.replace('"', "");
        let words: Vec<&str> = words.split_whitespace().skip(2).collect();
        let ended = tool
            .run(&[&words[..], &["--poll-interval", "0.01"]].concat())
            .await;
        exported += ended.success().matches(": Successful\n").count();
    }
    assert_eq!(exported, 3);
}
