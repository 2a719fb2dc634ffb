//! What is measured.

use serde::Serialize;

use super::{Depth, Options};

/// The same work for several contenders, at the same distance.
#[derive(Clone, Copy, Debug, Serialize)]
pub(super) struct Scenario {
    pub(super) id: &'static str,
    pub(super) title: &'static str,
    /// What is done, and how often, as the contenders read it.
    pub(super) work: &'static str,
    pub(super) round_trip_ms: u32,
    pub(super) wire: Wire,
    pub(super) threads: Threads,
    pub(super) rounds: usize,
    /// Whom the others are compared with first.
    pub(super) contenders: &'static [&'static str],
    /// What the figures are shown as.
    pub(super) shows: Shows,
}

/// How requests travel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub(super) enum Wire {
    #[serde(rename = "HTTP/1.1")]
    Plain,
    #[serde(rename = "TLS, HTTP/2")]
    Tls,
}

/// On how many threads a contender runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Threads {
    /// One for each processor, as programs have it.
    All,
    /// One, so that counts are the same in every run.
    One,
}

/// What a scenario is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Shows {
    /// How long it takes.
    Time,
    /// How much processor time it takes, and how many allocations, for each thing.
    Cost,
    /// How much memory grows.
    Memory,
}

const EVERYBODY: &[&str] = &["floor", "ours", "diqwest", "diqwest-session", "atlas-cli"];
const LISTS: &[&str] = &[
    "floor",
    "floor-8",
    "ours",
    "ours-8",
    "ours-8-long",
    "diqwest",
    "diqwest-session",
    "atlas-cli",
];
const ROUND_TRIP: u32 = 40;

const fn at(
    id: &'static str,
    title: &'static str,
    work: &'static str,
    contenders: &'static [&'static str],
) -> Scenario {
    Scenario {
        id,
        title,
        work,
        round_trip_ms: 0,
        wire: Wire::Plain,
        threads: Threads::All,
        rounds: 7,
        contenders,
        shows: Shows::Time,
    }
}

const fn far(scenario: Scenario, rounds: usize) -> Scenario {
    Scenario {
        round_trip_ms: ROUND_TRIP,
        rounds,
        ..scenario
    }
}

const fn over_tls(scenario: Scenario) -> Scenario {
    Scenario {
        wire: Wire::Tls,
        ..far(scenario, 5)
    }
}

const fn alone(scenario: Scenario, shows: Shows, rounds: usize) -> Scenario {
    Scenario {
        threads: Threads::One,
        rounds,
        shows,
        ..scenario
    }
}

const HANDS: &[&str] = &["floor", "ours"];
const LISTS_BY_HAND: &[&str] = &["floor", "floor-8", "ours", "ours-8", "ours-8-long"];

/// All that is measured.
const SCENARIOS: &[Scenario] = &[
    far(
        at("list-40", "list 10,000 jobs, 40 ms", "list:10000", LISTS),
        5,
    ),
    far(at("get-40", "200 GETs, 40 ms", "get:200", EVERYBODY), 3),
    far(
        at(
            "create-40",
            "200 creations, 32 in flight, 40 ms",
            "create:200",
            EVERYBODY,
        ),
        5,
    ),
    at("list-0", "list 10,000 jobs, no delay", "list:10000", LISTS),
    at("get-0", "200 GETs, no delay", "get:200", EVERYBODY),
    at(
        "create-0",
        "200 creations, 32 in flight, no delay",
        "create:200",
        EVERYBODY,
    ),
    over_tls(at(
        "tls-first",
        "the first call, TLS and HTTP/2, 40 ms",
        "get:1",
        HANDS,
    )),
    over_tls(at(
        "tls-warm",
        "20 warm calls, TLS and HTTP/2, 40 ms",
        "warm:20",
        HANDS,
    )),
    over_tls(at(
        "tls-list",
        "list 10,000 jobs, TLS and HTTP/2, 40 ms",
        "list:10000",
        LISTS_BY_HAND,
    )),
    over_tls(at(
        "tls-create",
        "200 creations, 32 in flight, TLS and HTTP/2, 40 ms",
        "create:200",
        HANDS,
    )),
    // A nonce of the floor has 1,024 uses, as Jetty has it.
    alone(
        at("warm", "a warm call, one thread", "warm:900", EVERYBODY),
        Shows::Cost,
        5,
    ),
    alone(
        at("build", "building a client", "build:200", HANDS),
        Shows::Cost,
        3,
    ),
    alone(
        at("memory-list", "list 10,000 jobs", "list:10000", LISTS),
        Shows::Memory,
        3,
    ),
    alone(
        at(
            "memory-long",
            "list 200,000 jobs",
            "list:200000",
            LISTS_BY_HAND,
        ),
        Shows::Memory,
        1,
    ),
    alone(
        at(
            "consistent-100000",
            "100,000 jobs, consistent()",
            "consistent:100000",
            &["ours"],
        ),
        Shows::Memory,
        1,
    ),
    alone(
        at(
            "consistent-200000",
            "200,000 jobs, consistent()",
            "consistent:200000",
            &["ours"],
        ),
        Shows::Memory,
        1,
    ),
];

/// Those whose counts are looked at, which take seconds.
const COUNTED: &[&str] = &[
    "list-40",
    "create-40",
    "get-0",
    "tls-list",
    "tls-create",
    "warm",
    "memory-list",
];

pub(super) fn scenarios(options: &Options) -> Result<Vec<Scenario>, String> {
    let wanted = &options.scenarios;
    if let Some(unknown) = wanted
        .iter()
        .find(|id| SCENARIOS.iter().all(|scenario| scenario.id != **id))
    {
        let ids: Vec<&str> = SCENARIOS.iter().map(|scenario| scenario.id).collect();
        return Err(format!(
            "there is no scenario {unknown}: give one of {}",
            ids.join(", ")
        ));
    }
    let is_wanted = |scenario: &&Scenario| {
        if wanted.is_empty() {
            options.depth == Depth::Full || COUNTED.contains(&scenario.id)
        } else {
            wanted.iter().any(|id| id == scenario.id)
        }
    };
    let chosen = SCENARIOS.iter().filter(is_wanted).copied();
    Ok(match options.depth {
        Depth::Full => chosen.collect(),
        Depth::Quick => chosen
            .map(|scenario| Scenario {
                rounds: 1,
                ..scenario
            })
            .collect(),
    })
}
