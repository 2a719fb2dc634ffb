//! Which credentials, which project.

use std::fs;

use atlas_export_fake::FakeAtlas;

use crate::harness::{PROJECT, Tool, run_on, service};

const LIST: [&str; 2] = ["buckets", "list"];

/// Writes the profiles of the Atlas CLI into the folder where this tool looks for them.
fn with_profile(tool: &Tool, name: &str, fake: &FakeAtlas, more: &str) {
    let folder = tool.path("atlascli");
    fs::create_dir_all(&folder).unwrap();
    let (public, private) = fake.credentials();
    let text = format!(
        "[{name}]\npublic_api_key = \"{public}\"\nprivate_api_key = \"{private}\"\n\
         base_url = \"{}\"\n{more}\n",
        fake.url()
    );
    fs::write(folder.join("config.toml"), text).unwrap();
}

#[tokio::test]
async fn a_profile_gives_credentials_address_and_project() {
    let fake = service().start().await.unwrap();
    let tool = Tool::bare();
    with_profile(
        &tool,
        "backup",
        &fake,
        &format!("project_id = \"{PROJECT}\""),
    );
    for flag in ["-P", "--profile"] {
        let ended = tool.run(&[flag, "backup", "buckets", "list"]).await;
        assert!(ended.success().contains("exports"), "{ended:?}");
    }
    let ended = tool.run(&["buckets", "list", "-P", "other"]).await;
    assert!(ended.refusal(2).contains("choose one of backup"));
}

#[tokio::test]
async fn the_project_comes_from_the_argument_the_environment_or_the_profile() {
    let other = "5f1b6a2c4d5e6f7081920a00";
    let fake = service().buckets(other, 1).start().await.unwrap();
    let tool = Tool::bare();
    with_profile(
        &tool,
        "default",
        &fake,
        &format!("project_id = \"{PROJECT}\""),
    );
    assert!(tool.run(&LIST).await.success().contains("exports"));
    let tool = tool.set("MONGODB_ATLAS_PROJECT_ID", other);
    assert!(tool.run(&LIST).await.success().contains("bucket-0001"));
    for flag in ["--project", "--projectId"] {
        let ended = tool.run(&[flag, PROJECT, "buckets", "list"]).await;
        assert!(ended.success().contains("exports"), "{ended:?}");
    }
}

#[tokio::test]
async fn what_is_missing_is_named() {
    let ended = Tool::bare().run(&LIST).await;
    assert!(ended.refusal(2).contains("there are no credentials"));

    let fake = service().start().await.unwrap();
    let tool = Tool::of(&fake).set("MONGODB_ATLAS_PROJECT_ID", "");
    assert!(
        tool.run(&LIST)
            .await
            .refusal(2)
            .contains("--project is missing")
    );

    let half = Tool::bare().set("MONGODB_ATLAS_PUBLIC_API_KEY", "abcdefgh");
    let ended = half.run(&LIST).await;
    assert!(
        ended
            .refusal(2)
            .contains("MONGODB_ATLAS_PRIVATE_API_KEY is not")
    );

    let ended = run_on(&fake, &["--project", "my-project", "buckets", "list"]).await;
    assert_eq!(ended.code, Some(2), "{ended:?}");
    assert!(ended.stderr.contains("24 hexadecimal digits"), "{ended:?}");
}

#[tokio::test]
async fn credentials_that_are_refused_have_their_exit_code() {
    let fake = service().start().await.unwrap();
    let tool = Tool::of(&fake).set("MONGODB_ATLAS_PRIVATE_API_KEY", "wrong");
    let ended = tool.run(&LIST).await;
    assert!(
        ended.refusal(5).contains("refuses the API key"),
        "{ended:?}"
    );
    assert!(!ended.stderr.contains("wrong"), "{ended:?}");
}

#[tokio::test]
async fn a_service_account_gives_its_token_back() {
    let fake = service().start().await.unwrap();
    let (id, secret) = fake.service_account();
    let tool = Tool::bare()
        .set("MONGODB_ATLAS_CLIENT_ID", id)
        .set("MONGODB_ATLAS_CLIENT_SECRET", secret)
        .set("MONGODB_ATLAS_BASE_URL", &fake.url())
        .set("MONGODB_ATLAS_PROJECT_ID", PROJECT);
    tool.run(&LIST).await.success();
    assert_eq!(fake.live_tokens(), 0);
}

#[tokio::test]
async fn the_proxy_of_the_environment_is_used() {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    let proxy = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", proxy.local_addr().unwrap());
    let asked = tokio::spawn(async move {
        let (mut stream, _) = proxy.accept().await.unwrap();
        let mut head = vec![0; 1024];
        let count = stream.read(&mut head).await.unwrap();
        let refusal = b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n";
        stream.write_all(refusal).await.unwrap();
        // Whoever comes again finds nobody.
        drop(proxy);
        String::from_utf8_lossy(head.get(..count).unwrap()).into_owned()
    });
    let tool = Tool::bare()
        .set("MONGODB_ATLAS_PUBLIC_API_KEY", "abcdefgh")
        .set("MONGODB_ATLAS_PRIVATE_API_KEY", "x")
        .set("MONGODB_ATLAS_BASE_URL", "https://atlas.invalid")
        .set("MONGODB_ATLAS_PROJECT_ID", PROJECT)
        .set("HTTPS_PROXY", &url)
        .set("NO_PROXY", "")
        .set("no_proxy", "");
    let ended = tool.run(&LIST).await;
    assert!(ended.refusal(6).contains("no connection"), "{ended:?}");
    let head = asked.await.unwrap();
    assert!(head.starts_with("CONNECT atlas.invalid:443 "), "{head}");
}
