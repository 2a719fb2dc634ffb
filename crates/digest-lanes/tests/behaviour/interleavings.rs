//! Many calls at once, in every order: no nonce ever has two requests in flight, no count comes
//! twice or late, and a nonce that failed is not seen again.

use crate::toy_server::{Head, Request, TARGET, ToyServer, lanes, lanes_with};
use digest_lanes::{BodyKind, Exchange, LaneLimits, Lanes, Verdict};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// What happens next; the index picks one of the calls that are under way.
#[derive(Clone, Debug)]
enum Event {
    Begin(BodyKind),
    Send(prop::sample::Index),
    Respond(prop::sample::Index, Reply),
    Cancel(prop::sample::Index),
    Pass(Duration),
}

#[derive(Clone, Copy, Debug)]
enum Reply {
    Fine,
    NextNonce,
    Refused { stale: bool },
    RefusedWithoutChallenge,
    Unavailable,
}

fn event() -> impl Strategy<Value = Event> {
    let index = any::<prop::sample::Index>;
    let reply = prop_oneof![
        4 => Just(Reply::Fine),
        1 => Just(Reply::NextNonce),
        3 => any::<bool>().prop_map(|stale| Reply::Refused { stale }),
        1 => Just(Reply::RefusedWithoutChallenge),
        1 => Just(Reply::Unavailable),
    ];
    prop_oneof![
        2 => prop_oneof![Just(BodyKind::Empty), Just(BodyKind::Present)].prop_map(Event::Begin),
        5 => index().prop_map(Event::Send),
        5 => (index(), reply).prop_map(|(index, reply)| Event::Respond(index, reply)),
        1 => index().prop_map(Event::Cancel),
        1 => (0u64..40).prop_map(|seconds| Event::Pass(Duration::from_secs(seconds))),
    ]
}

struct Call {
    exchange: Exchange,
    in_flight: Option<Request>,
    requests: usize,
}

/// What a watcher of the wire knows.
#[derive(Default)]
struct Watcher {
    in_flight: BTreeSet<String>,
    gone: BTreeSet<String>,
    counts: BTreeMap<String, u32>,
}

impl Watcher {
    fn sent(&mut self, request: &Request) {
        if let Request::Signed(_) = request {
            let nonce = request.nonce().to_owned();
            assert!(!self.gone.contains(&nonce), "{nonce} is gone");
            let count = self.counts.entry(nonce.clone()).or_default();
            *count += 1;
            assert_eq!(request.count(), *count, "{nonce}");
            assert!(self.in_flight.insert(nonce), "{request:?} is not alone");
        }
    }

    fn came_back(&mut self, request: &Request, good: bool) {
        if let Request::Signed(_) = request {
            self.in_flight.remove(request.nonce());
            if !good {
                self.gone.insert(request.nonce().to_owned());
            }
        }
    }
}

fn pick(calls: &mut [Call], index: prop::sample::Index, sent: bool) -> Option<&mut Call> {
    let mut fitting: Vec<_> = calls
        .iter_mut()
        .filter(|call| call.in_flight.is_some() == sent)
        .collect();
    (!fitting.is_empty()).then(|| fitting.swap_remove(index.index(fitting.len())))
}

fn reply(server: &mut ToyServer, reply: Reply) -> Head {
    match reply {
        Reply::Fine => Head::status(200),
        Reply::NextNonce => Head {
            info: Some(format!("nextnonce=\"{}\"", server.issue())),
            ..Head::status(200)
        },
        Reply::Refused { stale } => server.refuse(stale),
        Reply::RefusedWithoutChallenge => Head::status(401),
        Reply::Unavailable => Head::status(503),
    }
}

fn play(lanes: &Arc<Lanes>, max_idle: usize, events: Vec<Event>) {
    let mut now = Instant::now();
    let mut server = ToyServer::default();
    let mut watcher = Watcher::default();
    let mut calls: Vec<Call> = Vec::new();
    for event in events {
        match event {
            Event::Begin(body) => calls.push(Call {
                exchange: lanes.begin(now, body),
                in_flight: None,
                requests: 0,
            }),
            Event::Send(index) => {
                if let Some(call) = pick(&mut calls, index, false) {
                    let step = call.exchange.next("GET", TARGET, [3; 16]);
                    let request = Request::from_step(&step);
                    watcher.sent(&request);
                    call.in_flight = Some(request);
                    call.requests += 1;
                    assert!(call.requests <= 3);
                }
            }
            Event::Respond(index, kind) => {
                if let Some(call) = pick(&mut calls, index, true) {
                    let head = reply(&mut server, kind);
                    let request = call.in_flight.take().unwrap();
                    watcher.came_back(&request, head.status != 401);
                    if head.feed(&mut call.exchange, now) != Verdict::Again {
                        // Ended: anything that it sent from here on would exceed the bound.
                        call.requests = 3;
                    }
                }
                calls.retain(|call| call.in_flight.is_some() || call.requests < 3);
            }
            Event::Cancel(index) => {
                if !calls.is_empty() {
                    let call = calls.swap_remove(index.index(calls.len()));
                    if let Some(request) = &call.in_flight {
                        watcher.came_back(request, false);
                    }
                }
            }
            Event::Pass(time) => now += time,
        }
        assert!(lanes.idle() <= max_idle);
    }
}

proptest! {
    #[test]
    fn rule_01_at_most_one_request_is_in_flight_per_nonce(
        max_idle in 0usize..6,
        events in proptest::collection::vec(event(), 0..200),
    ) {
        let limits = LaneLimits { max_idle, ..LaneLimits::default() };
        play(&lanes_with(limits, crate::toy_server::PASSWORD), max_idle, events);
    }
}

#[test]
fn a_strict_server_costs_one_401_per_lane_at_32_in_flight() {
    let (mut server, lanes, now) = (ToyServer::default(), lanes(), Instant::now());
    let mut refused = 0;
    for wave in 0..20 {
        let mut calls: Vec<_> = (0..32).map(|_| lanes.begin(now, BodyKind::Empty)).collect();
        while !calls.is_empty() {
            let steps: Vec<_> = calls
                .iter_mut()
                .map(|call| Request::from_step(&call.next("GET", TARGET, [3; 16])))
                .collect();
            // The server sees them the other way round.
            let mut heads: Vec<_> = steps
                .iter()
                .rev()
                .map(|request| server.answer("GET", request))
                .collect();
            calls.retain_mut(|call| {
                let verdict = heads.pop().unwrap().feed(call, now);
                assert_ne!(verdict, Verdict::Rejected, "wave {wave}");
                refused += usize::from(verdict == Verdict::Again);
                verdict == Verdict::Again
            });
        }
    }
    assert_eq!((refused, lanes.idle()), (32, 32));
}
