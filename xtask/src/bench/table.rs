//! The figures as text: a table for each scenario, the contender that the others are compared
//! with first.

use std::fmt::Write as _;

use super::{
    Outcome, Shown,
    contenders::Measured,
    plan::{Scenario, Shows, Wire},
};

/// All tables, in Markdown.
pub(super) fn markdown(outcomes: &[Outcome]) -> String {
    let mut text = String::new();
    for outcome in outcomes {
        let Scenario {
            title,
            rounds,
            shows,
            wire,
            ..
        } = outcome.scenario;
        let rounds = if rounds == 1 { "round" } else { "rounds" };
        let _ = writeln!(
            text,
            "\n### {title}\n\n{} {rounds}{}\n",
            outcome.scenario.rounds,
            match wire {
                Wire::Plain => "",
                Wire::Tls => ", TLS and HTTP/2",
            }
        );
        let heads: &[&str] = match shows {
            Shows::Time => &[
                "median ms",
                "×",
                "minimum ms",
                "×",
                "spread",
                "requests",
                "connections",
                "bytes up ×",
                "without agent ×",
            ],
            Shows::Cost => &[
                "CPU µs each",
                "more than the first",
                "allocations each",
                "more",
            ],
            Shows::Memory => &["growth MB", "×", "peak resident MB", "more", "CPU ms"],
        };
        let _ = writeln!(text, "| | {} |", heads.join(" | "));
        let _ = writeln!(text, "|---|{}", "---:|".repeat(heads.len()));
        let first = outcome.shown.iter().find(|shown| !shown.rounds.is_empty());
        for shown in &outcome.shown {
            let cells = match (&shown.cannot, first) {
                (Some(why), _) => format!("{why} {}", "| ".repeat(heads.len() - 1)),
                (None, Some(first)) => match shows {
                    Shows::Time => time(shown, first),
                    Shows::Cost => cost(shown, first),
                    Shows::Memory => memory(shown, first),
                },
                (None, None) => String::new(),
            };
            let _ = writeln!(text, "| {} | {cells} |", shown.contender);
        }
    }
    text
}

fn time(shown: &Shown, first: &Shown) -> String {
    let nanoseconds = |round: &Measured| round.nanoseconds;
    let (median, min) = (shown.median(nanoseconds), shown.min(nanoseconds));
    let max = shown.max(nanoseconds);
    let traffic = shown.rounds.last().map(|round| round.traffic);
    let traffic = traffic.unwrap_or_default();
    format!(
        "{} | {} | {} | {} | {} % | {} | {} | {} | {}",
        milli(median),
        ratio(median, first.median(nanoseconds)),
        milli(min),
        ratio(min, first.min(nanoseconds)),
        (max - min).saturating_mul(100) / median.max(1),
        traffic.requests,
        traffic.connections,
        ratio(shown.bytes_up(Agent::In), first.bytes_up(Agent::In)),
        ratio(shown.bytes_up(Agent::Out), first.bytes_up(Agent::Out)),
    )
}

fn cost(shown: &Shown, first: &Shown) -> String {
    let cpu = |shown: &Shown| shown.each(|round| round.cpu_nanoseconds);
    let allocations = |shown: &Shown| shown.each(|round| round.allocations);
    format!(
        "{} | {} | {} | {}",
        milli(cpu(shown)),
        signed(cpu(shown), cpu(first), milli),
        allocations(shown),
        signed(allocations(shown), allocations(first), |more| more
            .to_string()),
    )
}

fn memory(shown: &Shown, first: &Shown) -> String {
    let growth = |round: &Measured| round.peak_growth;
    let resident = |round: &Measured| round.peak_resident;
    format!(
        "{} | {} | {} | {} | {}",
        mega(shown.min(growth)),
        ratio(shown.min(growth), first.min(growth)),
        mega(shown.min(resident)),
        signed(shown.min(resident), first.min(resident), mega),
        milli(shown.min(|round| round.cpu_nanoseconds)),
    )
}

/// Whether the `User-Agent` counts, which a client by hand does not send.
#[derive(Clone, Copy, Debug)]
pub(super) enum Agent {
    In,
    Out,
}

impl Shown {
    pub(super) fn min(&self, figure: impl Fn(&Measured) -> u64) -> u64 {
        self.rounds.iter().map(figure).min().unwrap_or_default()
    }

    pub(super) fn max(&self, figure: impl Fn(&Measured) -> u64) -> u64 {
        self.rounds.iter().map(figure).max().unwrap_or_default()
    }

    pub(super) fn median(&self, figure: impl Fn(&Measured) -> u64) -> u64 {
        let mut all: Vec<u64> = self.rounds.iter().map(figure).collect();
        all.sort_unstable();
        all.get(all.len() / 2).copied().unwrap_or_default()
    }

    /// The least of a figure for each thing that was done.
    pub(super) fn each(&self, figure: impl Fn(&Measured) -> u64) -> u64 {
        self.min(|round| figure(round) / round.count.max(1))
    }

    /// The bytes of a head for each request, in thousandths of a byte, so that ratios are exact
    /// enough. `Authorization` is left out.
    pub(super) fn bytes_up(&self, agent: Agent) -> u64 {
        self.min(|round| {
            let traffic = round.traffic;
            let bytes = match agent {
                Agent::In => traffic.head_bytes,
                Agent::Out => traffic.head_bytes.saturating_sub(traffic.agent_bytes),
            };
            bytes.saturating_mul(1000) / traffic.requests.max(1)
        })
    }
}

/// With three digits after the point.
fn thousandths(number: u64) -> String {
    format!("{}.{:03}", number / 1000, number % 1000)
}

/// Nanoseconds as milliseconds with one digit, or as microseconds.
fn milli(nanoseconds: u64) -> String {
    if nanoseconds < 1_000_000 {
        format!("{}.{} µs", nanoseconds / 1000, nanoseconds % 1000 / 100)
    } else {
        let tenths = nanoseconds / 100_000;
        format!("{}.{}", tenths / 10, tenths % 10)
    }
}

fn mega(bytes: u64) -> String {
    thousandths(bytes / 1000)
}

/// One number in another, with two digits.
pub(super) fn ratio(number: u64, of: u64) -> String {
    let hundredths = (number.saturating_mul(100) + of / 2) / of.max(1);
    format!("{}.{:02}", hundredths / 100, hundredths % 100)
}

fn signed(number: u64, first: u64, text: impl Fn(u64) -> String) -> String {
    if number >= first {
        format!("+{}", text(number - first))
    } else {
        format!("−{}", text(first - number))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_shown_rounded_and_with_their_sign() {
        assert_eq!(ratio(105, 100), "1.05");
        assert_eq!(ratio(2, 3), "0.67");
        assert_eq!(milli(40_150_000), "40.1");
        assert_eq!(milli(12_340), "12.3 µs");
        assert_eq!(mega(1_234_567), "1.234");
        assert_eq!(signed(3, 5, |more| more.to_string()), "−2");
        assert_eq!(signed(5, 3, |more| more.to_string()), "+2");
    }
}
