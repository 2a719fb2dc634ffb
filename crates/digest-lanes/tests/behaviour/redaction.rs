//! No secret is printed, and nothing stands in the way of holding these types across an `await`.

use crate::toy_server::{Head, PASSWORD, Request, TARGET, ToyServer, USER, lanes, md5};
use digest_lanes::{AuthorizationValue, BodyKind, Challenge, Credentials, Exchange, Lanes, Step};
use std::fmt::{Debug, Write as _};
use std::time::Instant;

/// Collects what `Debug` has to say, plain and pretty.
#[derive(Default)]
struct Printed(String);

impl Printed {
    fn add(&mut self, value: &impl Debug) {
        write!(self.0, "{value:?}{value:#?}").unwrap();
    }
}

#[test]
fn debug_shows_neither_password_nor_key_nor_response() {
    let (mut server, lanes, now) = (ToyServer::default(), lanes(), Instant::now());
    let mut printed = Printed::default();
    let mut exchange = lanes.begin(now, BodyKind::Empty);
    printed.add(&exchange);
    printed.add(&exchange.next("GET", TARGET, [0xab; 16]));
    let verdict = server.refuse(false).feed(&mut exchange, now);
    printed.add(&verdict);
    printed.add(&exchange);

    let step = exchange.next("GET", TARGET, [0xab; 16]);
    let request = Request::from_step(&step);
    printed.add(&step);
    if let Step::Send { authorization } = &step {
        printed.add(authorization);
    }
    printed.add(&exchange);
    let _ = Head::status(200).feed(&mut exchange, now);
    assert_eq!(lanes.idle(), 1);
    printed.add(&exchange);
    printed.add(&lanes);
    printed.add(&Credentials::new(USER, PASSWORD));

    let ha1 = md5(&format!("{USER}:toy:{PASSWORD}"));
    for secret in [PASSWORD, &ha1, request.field("response")] {
        assert!(!printed.0.contains(secret), "{secret} in {}", printed.0);
    }
    assert!(printed.0.contains("nonce1"), "the rest is there to help");
}

#[test]
fn everything_can_be_held_across_an_await() {
    fn assert_portable<T: Send + Sync + 'static>() {}
    assert_portable::<AuthorizationValue>();
    assert_portable::<Challenge>();
    assert_portable::<Credentials>();
    assert_portable::<Exchange>();
    assert_portable::<Lanes>();
    assert_portable::<Step>();
}
