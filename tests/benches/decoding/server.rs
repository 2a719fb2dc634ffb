//! The server: pages of jobs, made once and sent as they are, with a digest challenge before
//! them for those who ask below `/digest`.

use std::{
    io::{self, Write as _},
    sync::Arc,
};

use atlas_export_tests::{BUCKET, SNAPSHOT};
use serde_json::json;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
};

use crate::{Failure, JOBS, PAGE};

/// Serves until it is ended, after it has told its address.
pub(crate) fn serve() -> Result<(), Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        println!("http://{}", listener.local_addr()?);
        io::stdout().flush()?;
        let pages: Arc<Vec<String>> = Arc::new((0..JOBS / PAGE).map(page).collect());
        loop {
            let (stream, _) = listener.accept().await?;
            let pages = pages.clone();
            tokio::spawn(async move { answer(stream, &pages).await });
        }
    })
}

/// A page whose fields the contract has, all of them, in the order of Atlas's own pages.
fn page(number: usize) -> String {
    let first = number * PAGE;
    let jobs: Vec<String> = (first..first + PAGE).map(job).collect();
    let mut links = vec![json!({"href": "https://cloud.mongodb.com/api/atlas", "rel": "self"})];
    if first + PAGE < JOBS {
        links.push(json!({"href": "https://cloud.mongodb.com/api/atlas", "rel": "next"}));
    }
    let links = serde_json::Value::from(links);
    let jobs = jobs.join(",");
    format!(r#"{{"links":{links},"results":[{jobs}],"totalCount":{JOBS}}}"#)
}

fn job(number: usize) -> String {
    format!(
        concat!(
            r#"{{"createdAt":"2021-03-25T16:49:23Z","customData":[{{"key":"ticket","value":"OPS-{}"}}],"#,
            r#""exportBucketId":"{}","exportStatus":{{"exportedCollections":12,"totalCollections":12}},"#,
            r#""finishedAt":"2021-03-25T17:04:03Z","id":"{:024x}","#,
            r#""prefix":"exported_snapshots/organization/project/Cluster0/2021-03-25T1649/1616694179","#,
            r#""snapshotId":"{}","state":"Successful"}}"#
        ),
        number, BUCKET, number, SNAPSHOT
    )
}

async fn answer(mut stream: TcpStream, pages: &[String]) -> Option<()> {
    let mut head = Vec::new();
    loop {
        head.clear();
        while !head.ends_with(b"\r\n\r\n") {
            if stream.read_buf(&mut head).await.ok()? == 0 {
                return None;
            }
        }
        let head = String::from_utf8_lossy(&head).to_lowercase();
        let answer = if head.starts_with("get /digest") && !head.contains("authorization: digest") {
            "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Digest realm=\"MMS Public API\", \
             domain=\"\", nonce=\"abc\", algorithm=MD5, qop=\"auth\", stale=false\r\n\
             Content-Length: 0\r\n\r\n"
                .to_owned()
        } else {
            let number = head
                .split_once("pagenum=")
                .and_then(|(_, rest)| rest.split(['&', ' ']).next())
                .and_then(|number| number.parse().ok())
                .unwrap_or(1_usize);
            let body = pages.get(number - 1)?;
            format!(
                "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
                body.len()
            )
        };
        stream.write_all(answer.as_bytes()).await.ok()?;
    }
}
