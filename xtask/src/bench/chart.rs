//! The times as a picture: for each scenario a bar for each contender, as long as its median
//! beside that of the first.

use std::fmt::Write as _;

use super::{Outcome, plan::Shows, table::ratio};

const WIDTH: u64 = 900;
const NAMES: u64 = 150;
/// How long a bar is that takes as long as the first contender's.
const UNIT: u64 = 180;
const LINE: u64 = 20;
const HEAD: u64 = 34;

/// The picture. Colours are those of a viewer's light or dark scheme.
pub(super) fn svg(outcomes: &[Outcome]) -> String {
    let mut bars = String::new();
    let mut y = 10;
    for outcome in outcomes
        .iter()
        .filter(|of| of.scenario.shows == Shows::Time)
    {
        let nanoseconds = |round: &super::Measured| round.nanoseconds;
        let first = outcome.shown.iter().find(|shown| !shown.rounds.is_empty());
        let Some(first) = first.map(|shown| shown.median(nanoseconds)) else {
            continue;
        };
        y += HEAD;
        let title = outcome.scenario.title;
        let _ = writeln!(
            bars,
            r#"<text class="head" x="10" y="{}">{title}</text>"#,
            y - 12
        );
        for shown in outcome
            .shown
            .iter()
            .filter(|shown| !shown.rounds.is_empty())
        {
            let median = shown.median(nanoseconds);
            let length = median.saturating_mul(UNIT) / first.max(1);
            let length = length.clamp(1, WIDTH - NAMES - 70);
            let class = if shown.contender.starts_with("ours") {
                "ours"
            } else {
                "other"
            };
            let _ = writeln!(
                bars,
                concat!(
                    r#"<text x="10" y="{text}">{name}</text>"#,
                    r#"<rect class="{class}" x="{x}" y="{y}" width="{length}" height="14"/>"#,
                    r#"<text x="{end}" y="{text}">{ratio}</text>"#
                ),
                text = y + 11,
                name = shown.contender,
                class = class,
                x = NAMES,
                y = y,
                length = length,
                end = NAMES + length + 6,
                ratio = ratio(median, first),
            );
            y += LINE;
        }
    }
    format!(
        concat!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" ",
            "font-family=\"sans-serif\" font-size=\"12\">\n",
            "<title>Medians, beside that of the first contender</title>\n",
            "<style>text{{fill:#222}}.head{{font-weight:bold}}.ours{{fill:#0a7d4b}}",
            ".other{{fill:#9aa5ad}}svg{{background:#fff}}",
            "@media(prefers-color-scheme:dark){{text{{fill:#ddd}}svg{{background:#111}}}}</style>\n",
            "{bars}</svg>\n"
        ),
        width = WIDTH,
        height = y + 10,
        bars = bars,
    )
}
