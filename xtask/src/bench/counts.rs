//! What may not grow: requests, connections, bytes and allocations. Times are not looked at.

use super::{Outcome, Shown, table::Agent};

/// A count, and how high it may be.
struct Bound {
    scenario: &'static str,
    contender: &'static str,
    what: &'static str,
    count: fn(&Shown) -> u64,
    /// In the terms of the contender that is compared with.
    most: fn(floor: &Shown) -> u64,
}

fn requests(shown: &Shown) -> u64 {
    shown.max(|round| round.traffic.requests)
}

fn connections(shown: &Shown) -> u64 {
    shown.max(|round| round.traffic.connections)
}

fn allocations(shown: &Shown) -> u64 {
    shown.each(|round| round.allocations)
}

/// The `User-Agent` is needed: it tells Atlas, and whoever asks its support, who is calling.
fn bytes_up(shown: &Shown) -> u64 {
    shown.bytes_up(Agent::Out)
}

fn growth(shown: &Shown) -> u64 {
    shown.max(|round| round.peak_growth)
}

/// How many allocations a warm call may have more than one that is written by hand.
const MORE_ALLOCATIONS: u64 = 40;
/// By how many bytes a list may take more memory than by hand.
const MORE_MEMORY: u64 = 512 * 1024;
/// 10,000 jobs, 500 to a page.
const PAGES: u64 = 20;

const BOUNDS: &[Bound] = &[
    // One challenge, then each page once.
    bound("list-40", "ours", "requests", requests, |_| PAGES + 1),
    // Each of those that are asked for at once may meet a challenge.
    bound("list-40", "ours-8", "requests", requests, |_| PAGES + 8),
    bound("list-40", "ours-8-long", "requests", requests, |_| {
        PAGES + 8
    }),
    bound("list-40", "ours-8-long", "connections", connections, |_| 8),
    bound("get-0", "ours", "requests", requests, |_| 201),
    bound("get-0", "ours", "connections", connections, |_| 1),
    bound("create-40", "ours", "requests", requests, |_| 232),
    bound("create-40", "ours", "connections", connections, |_| 32),
    bound("tls-list", "ours-8-long", "connections", connections, |_| 1),
    bound("tls-create", "ours", "connections", connections, |_| 1),
    bound("list-40", "ours", "bytes up", bytes_up, |floor| {
        within_five_percent(floor)
    }),
    bound("create-40", "ours", "bytes up", bytes_up, |floor| {
        within_five_percent(floor)
    }),
    bound("get-0", "ours", "bytes up", bytes_up, |floor| {
        within_five_percent(floor)
    }),
    bound("warm", "ours", "allocations", allocations, |floor| {
        allocations(floor) + MORE_ALLOCATIONS
    }),
    bound("memory-list", "ours", "memory", growth, |floor| {
        growth(floor) + MORE_MEMORY
    }),
];

const fn bound(
    scenario: &'static str,
    contender: &'static str,
    what: &'static str,
    count: fn(&Shown) -> u64,
    most: fn(&Shown) -> u64,
) -> Bound {
    Bound {
        scenario,
        contender,
        what,
        count,
        most,
    }
}

fn within_five_percent(floor: &Shown) -> u64 {
    bytes_up(floor).saturating_mul(105) / 100
}

/// What is higher than it may be.
pub(super) fn check(outcomes: &[Outcome]) -> Vec<String> {
    let mut findings = Vec::new();
    for bound in BOUNDS {
        let outcome = outcomes.iter().find(|of| of.scenario.id == bound.scenario);
        let shown = outcome.map(|of| of.shown.as_slice()).unwrap_or_default();
        let named = |name: &str| shown.iter().find(|shown| shown.contender == name);
        let (Some(floor), Some(ours)) = (named("floor"), named(bound.contender)) else {
            continue;
        };
        let (count, most) = ((bound.count)(ours), (bound.most)(floor));
        if count > most {
            findings.push(format!(
                "{}: {} of {} are {count}, and may be {most} at the most; take away what has \
                 come, or raise the bound in xtask/src/bench/counts.rs and say why",
                bound.scenario, bound.what, bound.contender
            ));
        }
    }
    findings
}
