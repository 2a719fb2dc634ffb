//! `request`: any operation.

use std::fs;

use crate::harness::{BUCKET, PROJECT, ROLE, Tool, run_on, service};

const BUCKETS: &str = "/groups/{groupId}/backup/exportBuckets";
const VERSION: [&str; 2] = ["--version", "2024-05-30"];

#[tokio::test]
async fn a_get_prints_the_answer_as_it_came() {
    let fake = service().start().await.unwrap();
    let path = format!("{BUCKETS}/{{id}}");
    let id = format!("id={BUCKET}");
    let arguments = [&["request", "GET", &path, "--path", &id], &VERSION[..]].concat();
    let ended = run_on(&fake, &arguments).await;
    assert_eq!(ended.json()["bucketName"], "exports");
    // In the order in which Atlas has its members, on one line.
    assert_eq!(ended.stdout.lines().count(), 1, "{ended:?}");
    let requests = fake.requests();
    assert!(requests.iter().all(|it| it.method == "GET"), "{requests:?}");
}

#[tokio::test]
async fn a_list_is_read_whole_and_printed_as_one_array() {
    let fake = service().buckets(PROJECT, 1100).start().await.unwrap();
    let arguments = [&["request", "GET", BUCKETS, "--all"], &VERSION[..]].concat();
    let items = run_on(&fake, &arguments).await.json();
    assert_eq!(items.as_array().unwrap().len(), 1101);

    let one = [
        &["request", "GET", BUCKETS, "--query", "itemsPerPage=7"],
        &VERSION[..],
    ]
    .concat();
    let page = run_on(&fake, &one).await.json();
    assert_eq!(page["results"].as_array().unwrap().len(), 7);
}

#[tokio::test]
async fn what_changes_something_wants_a_yes_and_takes_its_body_from_anywhere() {
    let fake = service().start().await.unwrap();
    let tool = Tool::of(&fake);
    let body = |name: &str| {
        format!(r#"{{"cloudProvider": "AWS", "bucketName": "{name}", "iamRoleId": "{ROLE}"}}"#)
    };
    fs::write(tool.path("body.json"), body("of-a-file")).unwrap();
    let given = body("of-an-argument");
    let post = |body| [&["request", "POST", BUCKETS, "--body", body], &VERSION[..]].concat();

    let ended = tool.run(&post(&given)).await;
    assert!(ended.refusal(3).contains("--yes"), "{ended:?}");
    assert!(ended.stdout.contains("would send POST"), "{ended:?}");
    assert!(fake.requests().is_empty());

    for (body, input, name) in [
        (given.as_str(), "", "of-an-argument"),
        ("@body.json", "", "of-a-file"),
        ("-", &body("of-standard-input"), "of-standard-input"),
    ] {
        let arguments = [&post(body)[..], &["--yes"]].concat();
        let ended = tool.run_with(&arguments, input).await;
        assert_eq!(ended.json()["bucketName"], name);
    }
    assert_eq!(fake.buckets(PROJECT).len(), 4);
}

#[tokio::test]
async fn an_answer_without_a_body_prints_nothing() {
    let fake = service().start().await.unwrap();
    let path = format!("{BUCKETS}/{BUCKET}");
    let arguments = [&["request", "DELETE", &path, "--yes"], &VERSION[..]].concat();
    assert_eq!(run_on(&fake, &arguments).await.success(), "");
    assert!(fake.buckets(PROJECT).is_empty());
}

#[tokio::test]
async fn what_is_no_request_is_refused_in_one_line() {
    let fake = service().start().await.unwrap();
    for (arguments, reason) in [
        (&["GET", "groups"][..], "does not begin with a slash"),
        (&["GET", "/groups?pageNum=1"], "--query KEY=VALUE"),
        (&["GET", "/groups/{other}"], "{other}"),
        (
            &["POST", "/groups", "--body", "{", "--yes"],
            "--body is not JSON",
        ),
        (&["POST", "/groups", "--all", "--yes"], "--all is for lists"),
        (&["GET", "/groups/a/../b"], ".."),
    ] {
        let arguments = [&["request"], arguments, &VERSION[..]].concat();
        let ended = run_on(&fake, &arguments).await;
        assert!(ended.refusal(2).contains(reason), "{ended:?}");
    }
    let missing = ["request", "POST", "/groups", "--body", "@nothing.json"];
    let ended = run_on(&fake, &missing).await;
    assert!(ended.refusal(1).contains("nothing.json"), "{ended:?}");
    assert!(fake.requests().is_empty());

    let nowhere = [
        &["request", "GET", "/groups/{groupId}/nothing"],
        &VERSION[..],
    ]
    .concat();
    assert!(run_on(&fake, &nowhere).await.refusal(6).contains("404"));
}
