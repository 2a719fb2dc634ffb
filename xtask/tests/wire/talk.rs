//! Calls of generated crates over a socket: against a server that knows nothing of them, and
//! against their own mocks.

use std::{
    io::{Read as _, Write as _},
    net::TcpListener,
    thread::JoinHandle,
};

use httpmock::MockServer;
use serde_json::json;

const UPLOAD: &[u8] = b"\x00\xffnot text";

/// Answers one request with this status line and body, and gives the request.
fn answer(status: &'static str, body: &'static str) -> (String, JoinHandle<Vec<u8>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let server = std::thread::spawn(move || {
        let (mut socket, _) = listener.accept().unwrap();
        let mut request = Vec::new();
        let mut buffer = [0; 4096];
        while !is_whole(&request) {
            let read = socket.read(&mut buffer).unwrap();
            assert!(read > 0, "the request ends too early");
            request.extend_from_slice(&buffer[..read]);
        }
        let length = body.len();
        write!(
            socket,
            "HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\
             connection: close\r\n\r\n{body}"
        )
        .unwrap();
        request
    });
    (url, server)
}

fn is_whole(request: &[u8]) -> bool {
    let text = String::from_utf8_lossy(request);
    let Some((head, _)) = text.split_once("\r\n\r\n") else {
        return false;
    };
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse::<usize>().unwrap())
    });
    request.len() >= head.len() + 4 + length.unwrap_or(0)
}

fn ledger(url: &str) -> ledger_api::Client {
    let http = reqwest::Client::new();
    ledger_api::Client::new_with_client(url, http.clone(), ledger_api::Seam::plain(http))
}

fn attic(url: &str) -> attic_api::Client {
    let http = reqwest::Client::new();
    attic_api::Client::new_with_client(url, http.clone(), attic_api::Seam::plain(http))
}

fn page() -> ledger_api::calls::ListAccounts {
    ledger_api::calls::ListAccounts {
        limit: Some(2.try_into().unwrap()),
        cursor: Some("a b".to_owned()),
        kind: None,
        since: None,
    }
}

fn upload() -> attic_api::calls::PutFile {
    attic_api::calls::PutFile {
        name: "a/b".to_owned(),
        body: UPLOAD.into(),
    }
}

#[tokio::test]
async fn a_page_survives_an_item_and_a_value_that_nobody_knows() {
    use ledger_api::{Call as _, types};

    let (url, server) = answer(
        "200 OK",
        r#"{"items": [{"id": "1", "state": "frozen", "balance": "much", "x": 1}, {"id": 2},
            {"id": "3", "state": "on-hold", "tier": "2nd class"}], "next": "c", "more": true}"#,
    );
    let page = page().send(&ledger(&url)).await.unwrap().into_inner();
    let items: Vec<_> = page.items.items().collect();
    assert_eq!(page.items.undecodable().next().unwrap().raw(), r#"{"id": 2}"#);
    assert_eq!(items[0].state.as_ref().unwrap().as_str(), "frozen");
    assert_eq!(items[0].undecodable_fields().collect::<Vec<_>>(), ["balance"]);
    assert_eq!(items[0].extra["x"], 1);
    assert_eq!(items[1].state.as_ref().unwrap().as_str(), "on-hold");
    assert_eq!(items[1].tier, Some(types::AccountTier::X2ndClass));
    assert_eq!((page.next.as_deref(), &page.extra["more"]), (Some("c"), &json!(true)));
    let request = String::from_utf8(server.join().unwrap()).unwrap();
    assert!(
        request.starts_with("GET /accounts?cursor=a+b&limit=2 HTTP/1.1\r\n"),
        "{request}"
    );
    assert!(request.contains("accept: application/json\r\n"), "{request}");
}

#[tokio::test]
async fn a_failure_keeps_its_body() {
    use ledger_api::{Call as _, Error, types};

    let (url, server) = answer("409 Conflict", r#"{"message": "closed"}"#);
    let Err(Error::UnexpectedResponse(response)) = page().send(&ledger(&url)).await else {
        panic!("an error");
    };
    assert_eq!(response.status().as_u16(), 409);
    let problem: types::Problem = ledger_api::from_slice(&response.bytes().await.unwrap()).unwrap();
    assert_eq!(problem.message.as_deref(), Some("closed"));
    server.join().unwrap();
}

#[tokio::test]
async fn bytes_are_sent_as_they_are_and_an_answer_may_be_empty() {
    use attic_api::Call as _;

    let (url, server) = answer("201 Created", r#"{"bytes": 10}"#);
    let stored = upload().send(&attic(&url)).await.unwrap().into_inner();
    assert_eq!(stored.unwrap().bytes, 10);
    let request = server.join().unwrap();
    assert!(request.starts_with(b"PUT /files/a%2Fb HTTP/1.1\r\n"));
    assert!(request.ends_with(UPLOAD));
    let head = String::from_utf8_lossy(&request).to_lowercase();
    assert!(head.contains("content-type: application/octet-stream\r\n"), "{head}");

    let (url, server) = answer("204 No Content", "");
    assert!(upload().send(&attic(&url)).await.unwrap().into_inner().is_none());
    server.join().unwrap();
}

#[tokio::test]
async fn bytes_of_a_media_type_are_sent_by_its_name_and_read_whatever_they_are() {
    use attic_api::{Call as _, calls::AddPicture};

    let (url, server) = answer("201 Created", "a cat");
    let picture = AddPicture { body: UPLOAD.into() };
    assert!(picture.send(&attic(&url)).await.is_ok());
    let request = server.join().unwrap();
    let head = String::from_utf8_lossy(&request).to_lowercase();
    assert!(head.contains("content-type: image/png\r\n"), "{head}");
    assert!(request.ends_with(UPLOAD));
}

#[tokio::test]
async fn the_mocks_take_what_the_client_sends() {
    use attic_api::{Call as _, mocks::MockServerExt as _};
    use ledger_api::{Call as _, mocks::MockServerExt as _};

    let server = MockServer::start_async().await;
    let list = server.list_accounts(|when, then| {
        when.limit(std::num::NonZeroU32::new(2)).cursor("a b").kind(None);
        then.ok(&json!({"items": [{"id": "1"}]}));
    });
    // Below the path of the server as well as at the root.
    for base in [server.base_url(), server.url("/v2")] {
        let read = page().send(&ledger(&base)).await.unwrap();
        assert_eq!(read.items.len(), 1);
    }
    assert!(page().send(&ledger(&server.url("/v3"))).await.is_err());
    assert_eq!(list.calls(), 2);

    let put = server.put_file(|when, then| {
        when.name("a%2Fb").body(UPLOAD);
        then.created(&json!({"bytes": 3}));
    });
    let stored = upload().send(&attic(&server.base_url())).await.unwrap().into_inner();
    assert_eq!((stored.unwrap().bytes, put.calls()), (3, 1));
    let mut other = upload();
    other.body = "other".into();
    assert!(other.send(&attic(&server.base_url())).await.is_err());
}

#[test]
#[should_panic(expected = "does not fit AccountPage of the contract: missing field")]
fn a_mock_refuses_what_the_contract_does_not_have() {
    use ledger_api::mocks::MockServerExt as _;

    let server = MockServer::start();
    server.list_accounts(|_, then| drop(then.ok(&json!({"accounts": []}))));
}
