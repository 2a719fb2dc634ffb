//! `cargo xtask bench`: the SDK beside what a person would write by hand and beside its peers, on
//! the same work, in the same run.
//!
//! The contenders are a package of their own, `tests/contenders`, which is no member of the
//! workspace, so that what the peers bring slows no test. Each measurement is a process of its
//! own against an Atlas on loopback whose round trip takes as long as is wanted; the contenders
//! take turns, so that what the machine does beside hits them all alike.
//!
//! Times are shown and never judged. What is judged are counts: requests, connections, bytes and
//! allocations are the same in every run.

mod chart;
mod contenders;
mod counts;
mod plan;
mod table;

use std::{
    fs,
    path::{Path, PathBuf},
};

use serde::Serialize;

use self::{
    contenders::{Atlas, Contenders, Measured},
    plan::{Scenario, scenarios},
};

/// What is asked of a run.
#[derive(Clone, Debug)]
pub struct Options {
    /// Which scenarios, and how often.
    pub depth: Depth,
    /// Whether the peers take part.
    pub peers: Peers,
    /// The ids of the only scenarios to measure; all of them where there is none.
    pub scenarios: Vec<String>,
}

/// How much is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Depth {
    /// Everything, in several rounds.
    Full,
    /// Each count once.
    Quick,
}

/// Whether the peers take part, which bring crates of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Peers {
    /// They do.
    In,
    /// They do not.
    Out,
}

/// What a contender has shown in a scenario, round by round.
#[derive(Debug, Serialize)]
struct Shown {
    contender: String,
    /// Why it has no measurements, in its own words.
    cannot: Option<String>,
    rounds: Vec<Measured>,
}

/// A scenario with what each contender has shown.
#[derive(Debug, Serialize)]
struct Outcome {
    #[serde(flatten)]
    scenario: Scenario,
    shown: Vec<Shown>,
}

/// Measures, prints a table, and writes `bench.json`, `bench.md` and `bench.svg` to
/// `target/bench`.
///
/// # Errors
/// Where a contender does not build, fails, or does other work than the rest; where a count is
/// higher than it may be; where there is no such scenario.
pub fn run(workspace: &Path, options: &Options, tell: impl Fn(&str)) -> Result<(), String> {
    let chosen = scenarios(options)?;
    tell("building the contenders");
    let contenders = Contenders::build(workspace, options)?;
    let mut outcomes = Vec::new();
    for scenario in chosen {
        tell(&format!("{}, {} rounds", scenario.title, scenario.rounds));
        outcomes.push(measure(&contenders, scenario)?);
    }
    let text = table::markdown(&outcomes);
    let folder = workspace.join("target/bench");
    let write = |name: &str, text: &str| write(&folder.join(name), text);
    write("bench.json", &json(&outcomes)?)?;
    write("bench.md", &text)?;
    write("bench.svg", &chart::svg(&outcomes))?;
    tell(&text);
    tell("written to target/bench: bench.md, bench.json, bench.svg");
    let findings = counts::check(&outcomes);
    if findings.is_empty() {
        tell("every count is what it may be");
        Ok(())
    } else {
        Err(findings.join("\n"))
    }
}

/// Lets the contenders take turns.
fn measure(contenders: &Contenders, scenario: Scenario) -> Result<Outcome, String> {
    let atlas = Atlas::start(contenders, &scenario)?;
    let mut shown: Vec<Shown> = scenario
        .contenders
        .iter()
        .filter(|name| contenders.has(name))
        .map(|name| Shown {
            contender: (*name).to_owned(),
            cannot: None,
            rounds: Vec::new(),
        })
        .collect();
    for _ in 0..scenario.rounds {
        for shown in shown.iter_mut().filter(|shown| shown.cannot.is_none()) {
            match contenders.run(&shown.contender, &scenario, &atlas)? {
                Ok(measured) => shown.rounds.push(measured),
                Err(why) => shown.cannot = Some(why),
            }
        }
    }
    same_work(&scenario, &shown)?;
    Ok(Outcome { scenario, shown })
}

/// Every contender has to have seen the same.
fn same_work(scenario: &Scenario, shown: &[Shown]) -> Result<(), String> {
    let mut seen = shown
        .iter()
        .flat_map(|shown| shown.rounds.iter().map(move |round| (shown, round)));
    let Some((_, first)) = seen.next() else {
        return Ok(());
    };
    match seen.find(|(_, round)| (round.count, round.checksum) != (first.count, first.checksum)) {
        None => Ok(()),
        Some((shown, round)) => Err(format!(
            "{}: {} has seen {} things with checksum {}, and others {} with {}: the work has to \
             be the same",
            scenario.title,
            shown.contender,
            round.count,
            round.checksum,
            first.count,
            first.checksum
        )),
    }
}

fn json(outcomes: &[Outcome]) -> Result<String, String> {
    let text = serde_json::to_string_pretty(outcomes).map_err(|error| error.to_string())?;
    Ok(text + "\n")
}

fn write(path: &PathBuf, text: &str) -> Result<(), String> {
    let told = |error| format!("{}: {error}", path.display());
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(told)?;
    }
    fs::write(path, text).map_err(told)
}
