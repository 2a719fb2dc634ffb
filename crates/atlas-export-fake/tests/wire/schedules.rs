//! Backup schedules: the whole of what is documented is taken, kept and answered.

use atlas_export_fake::{Bucket, FakeAtlas, FakeAtlasBuilder};
use serde_json::{Value, json};

use crate::peer::{call, get};
use crate::{BUCKET, Outcome, PROJECT, ROLE};

const ZONE: &str = "6a79f0c2bbbbbbbbbbbbbbbb";

fn target() -> String {
    format!("/api/atlas/v2/groups/{PROJECT}/clusters/Cluster0/backup/schedule")
}

fn furnished() -> FakeAtlasBuilder {
    FakeAtlas::builder()
        .cluster(PROJECT, "Cluster0")
        .bucket(PROJECT, Bucket::aws("exports", ROLE).id(BUCKET))
}

/// What is answered as it was sent.
fn kept() -> Value {
    json!({
        "autoCopySettingsEnabled": true,
        "autoExportEnabled": true,
        "copyPolicyItemsEnabled": true,
        "copySettings": [{
            "cloudProvider": "AWS",
            "regionName": "US_WEST_2",
            "zoneId": ZONE,
            "shouldCopyOplogs": false,
            "copyPolicyItems": [{
                "id": "6a79f0c2cccccccccccccccc",
                "frequencyType": "daily",
                "retentionUnit": "days",
                "retentionValue": 3,
            }],
        }],
        "export": { "exportBucketId": BUCKET, "frequencyType": "monthly" },
        "extraRetentionSettings": [{ "frequencyType": "DAILY", "retentionDays": 2 }],
        "policies": [{
            "id": "6a79f0c2dddddddddddddddd",
            "policyItems": [{
                "id": "6a79f0c2eeeeeeeeeeeeeeee",
                "frequencyType": "hourly",
                "frequencyInterval": 6,
                "retentionUnit": "days",
                "retentionValue": 2,
            }],
        }],
        "referenceHourOfDay": 23,
        "referenceMinuteOfHour": 59,
        "restoreWindowDays": 2,
        "useOrgAndGroupNamesInExportPrefix": true,
    })
}

/// What is taken and never answered.
fn orders() -> Value {
    json!({
        "deleteCopiedBackups": [{ "cloudProvider": "AWS", "regionName": "US_WEST_1", "zoneId": ZONE }],
        "deleteCopySnapshots": true,
        "deleteSnapshots": true,
        "updateCopySnapshots": true,
        "updateSnapshots": true,
    })
}

fn members(body: &Value) -> impl Iterator<Item = (&String, &Value)> {
    body.as_object().into_iter().flatten()
}

#[tokio::test]
async fn the_whole_schedule_is_taken_and_kept() -> Outcome {
    let fake = furnished().start().await?;
    let (kept, orders) = (kept(), orders());
    let mut change = kept.clone();
    for (name, value) in members(&orders) {
        change[name] = value.clone();
    }
    let changed = call(&fake, "PATCH", &target(), Some(&change)).await?;
    assert_eq!(changed.status, 200, "{}", changed.body);
    for body in [changed.json(), get(&fake, &target()).await?.json()] {
        for (name, value) in members(&kept) {
            assert_eq!(body.get(name), Some(value), "{name}");
        }
        for (name, _) in members(&orders) {
            assert_eq!(body.get(name), None, "{name}");
        }
    }
    Ok(())
}

#[tokio::test]
async fn each_attribute_can_be_changed_alone() -> Outcome {
    let fake = furnished().start().await?;
    let (kept, orders) = (kept(), orders());
    for (name, value) in members(&kept).chain(members(&orders)) {
        // An export has to be there before it is switched on, and the switch before the items.
        if ["autoExportEnabled", "copySettings", "deleteCopySnapshots"].contains(&name.as_str()) {
            continue;
        }
        let before = get(&fake, &target()).await?.json();
        let change = json!({ name: value });
        let changed = call(&fake, "PATCH", &target(), Some(&change)).await?;
        assert_eq!(changed.status, 200, "{name}: {}", changed.body);
        let changed = changed.json();
        for (other, now) in members(&changed) {
            if other != name && other != "nextSnapshot" {
                assert_eq!(before.get(other), Some(now), "{other} by {name}");
            }
        }
    }
    Ok(())
}

#[tokio::test]
async fn what_was_got_can_be_sent_back() -> Outcome {
    let fake = furnished().start().await?;
    let got = get(&fake, &target()).await?.json();
    assert_eq!(got["copyPolicyItemsEnabled"], false);
    assert_eq!(got.get("updateSnapshots"), None);
    let changed = call(&fake, "PATCH", &target(), Some(&got)).await?;
    assert_eq!((changed.status, changed.json()), (200, got));
    Ok(())
}

#[tokio::test]
async fn policies_without_ids_get_some_and_keep_them() -> Outcome {
    let fake = furnished().start().await?;
    let item = json!({
        "frequencyType": "weekly", "frequencyInterval": 7, "retentionUnit": "weeks", "retentionValue": 4,
    });
    let change = json!({ "policies": [{ "policyItems": [item] }] });
    let changed = call(&fake, "PATCH", &target(), Some(&change)).await?.json();
    let policy = &changed["policies"][0];
    for id in [&policy["id"], &policy["policyItems"][0]["id"]] {
        assert_eq!(id.as_str().map(str::len), Some(24), "{policy}");
    }
    let got = get(&fake, &target()).await?.json();
    assert_eq!(got["policies"], changed["policies"]);
    Ok(())
}

#[tokio::test]
async fn copies_are_told_by_items_or_by_frequencies() -> Outcome {
    let fake = furnished().start().await?;
    let by_frequencies = json!([{ "zoneId": ZONE, "frequencies": ["DAILY"] }]);
    let change = json!({ "copySettings": by_frequencies });
    let changed = call(&fake, "PATCH", &target(), Some(&change)).await?;
    assert_eq!(changed.json()["copySettings"], by_frequencies);
    // What the other way has is left out.
    let change = json!({ "copyPolicyItemsEnabled": true });
    let changed = call(&fake, "PATCH", &target(), Some(&change)).await?;
    assert_eq!(changed.json()["copySettings"], json!([{ "zoneId": ZONE }]));
    let item = json!({ "frequencyType": "ondemand" });
    let change = json!({ "copySettings": [{ "zoneId": ZONE, "copyPolicyItems": [item] }] });
    let changed = call(&fake, "PATCH", &target(), Some(&change)).await?.json();
    let item = &changed["copySettings"][0]["copyPolicyItems"][0];
    assert_eq!(item["id"].as_str().map(str::len), Some(24), "{changed}");
    Ok(())
}

#[tokio::test]
async fn the_next_snapshot_is_at_the_reference_time() -> Outcome {
    let clock = std::sync::Arc::new(atlas_export_fake::ManualClock::new());
    let fake = furnished().clock(clock as _).start().await?;
    for (hour, minute, next) in [
        (23, 59, "2026-08-10T23:59:00Z"),
        (3, 28, "2026-08-11T03:28:00Z"),
    ] {
        let change = json!({ "referenceHourOfDay": hour, "referenceMinuteOfHour": minute });
        let changed = call(&fake, "PATCH", &target(), Some(&change)).await?;
        assert_eq!(changed.json()["nextSnapshot"], next);
    }
    Ok(())
}

#[tokio::test]
async fn what_the_description_rules_out_is_refused() -> Outcome {
    let policy = |item: Value| json!({ "policies": [{ "policyItems": [item] }] });
    let item = |frequency: &str, interval: u32| {
        policy(json!({
            "frequencyType": frequency, "frequencyInterval": interval,
            "retentionUnit": "days", "retentionValue": 1,
        }))
    };
    let copy = |setting: Value| json!({ "copySettings": [setting] });
    let items = json!([{ "frequencyType": "ondemand" }]);
    let fake = furnished().start().await?;
    for (change, field) in [
        (json!({ "colour": "blue" }), "colour"),
        (json!({ "referenceHourOfDay": 24 }), "referenceHourOfDay"),
        (
            json!({ "referenceMinuteOfHour": 60 }),
            "referenceMinuteOfHour",
        ),
        (json!({ "restoreWindowDays": 0 }), "restoreWindowDays"),
        (json!({ "policies": [{}] }), "policies.0.policyItems"),
        (
            json!({ "policies": [{ "policyItems": [] }, { "policyItems": [] }] }),
            "policies",
        ),
        (
            item("hourly", 5),
            "policies.0.policyItems.0.frequencyInterval",
        ),
        (
            item("weekly", 8),
            "policies.0.policyItems.0.frequencyInterval",
        ),
        (
            item("monthly", 29),
            "policies.0.policyItems.0.frequencyInterval",
        ),
        (
            item("yearly", 13),
            "policies.0.policyItems.0.frequencyInterval",
        ),
        (
            item("minutely", 1),
            "policies.0.policyItems.0.frequencyType",
        ),
        (
            copy(json!({ "frequencies": ["DAILY"] })),
            "copySettings.0.zoneId",
        ),
        (
            copy(json!({ "zoneId": ZONE })),
            "copySettings.0.frequencies",
        ),
        (
            copy(json!({ "zoneId": ZONE, "copyPolicyItems": items })),
            "copySettings.0.copyPolicyItems",
        ),
        (
            copy(json!({ "zoneId": ZONE, "frequencies": ["DAILY"], "lastNumberOfSnapshots": 2 })),
            "copySettings.0.lastNumberOfSnapshots",
        ),
        (
            copy(json!({ "zoneId": ZONE, "replicationSpecId": ZONE, "frequencies": [] })),
            "copySettings.0.replicationSpecId",
        ),
        (
            json!({ "deleteCopySnapshots": true }),
            "deleteCopySnapshots",
        ),
        (json!({ "autoExportEnabled": true }), "autoExportEnabled"),
        (
            json!({ "export": { "exportBucketId": BUCKET } }),
            "export.frequencyType",
        ),
        (
            json!({ "export": { "frequencyType": "monthly" } }),
            "export.exportBucketId",
        ),
    ] {
        let before = get(&fake, &target()).await?.json();
        let refused = call(&fake, "PATCH", &target(), Some(&change)).await?;
        let expected = (400, "VALIDATION_ERROR".into(), field.into());
        assert_eq!(refused.refusal(), expected, "{change}");
        assert_eq!(get(&fake, &target()).await?.json(), before, "{change}");
    }
    Ok(())
}

#[tokio::test]
async fn exports_are_monthly_and_yearly_unless_the_organization_has_more() -> Outcome {
    let plain = furnished().start().await?;
    let more = furnished().export_frequencies(["daily", "weekly"]);
    let more = more.start().await?;
    for (frequency, documented) in [
        ("monthly", true),
        ("yearly", true),
        ("daily", false),
        ("weekly", false),
    ] {
        let export = json!({ "exportBucketId": BUCKET, "frequencyType": frequency });
        let change = json!({ "autoExportEnabled": true, "export": export });
        let answer = call(&plain, "PATCH", &target(), Some(&change)).await?;
        let refused = (
            400,
            "VALIDATION_ERROR".into(),
            "export.frequencyType".into(),
        );
        assert_eq!(answer.status == 200, documented, "{frequency}");
        assert_eq!(answer.refusal() == refused, !documented, "{frequency}");
        let answer = call(&more, "PATCH", &target(), Some(&change)).await?;
        assert_eq!(answer.json()["export"], export);
    }
    let change = json!({ "export": { "exportBucketId": BUCKET, "frequencyType": "hourly" } });
    let answer = call(&more, "PATCH", &target(), Some(&change)).await?;
    assert_eq!(answer.status, 400);
    Ok(())
}

#[tokio::test]
async fn v1_names_zones_by_their_replication() -> Outcome {
    let fake = furnished().start().await?;
    let target = target().replace("/v2/", "/v1.0/");
    let settings = json!([{ "replicationSpecId": ZONE, "frequencies": ["DAILY"] }]);
    let change = json!({ "copySettings": settings });
    let changed = call(&fake, "PATCH", &target, Some(&change)).await?.json();
    assert_eq!(changed["copySettings"], settings);
    assert_eq!(changed.get("autoCopySettingsEnabled"), None);
    for (change, field) in [
        (
            json!({ "autoCopySettingsEnabled": true }),
            "autoCopySettingsEnabled",
        ),
        (
            json!({ "copySettings": [{ "zoneId": ZONE, "frequencies": [] }] }),
            "copySettings.0.zoneId",
        ),
    ] {
        let refused = call(&fake, "PATCH", &target, Some(&change)).await?;
        assert_eq!(refused.refusal().2, field);
    }
    Ok(())
}
