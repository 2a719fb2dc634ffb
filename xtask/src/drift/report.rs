//! What came of a comparison, for people, for machines and for a page.

use std::fmt::Write;

use serde::Serialize;
use serde_json::json;

use super::{
    compare::{Kind, Row},
    explanations::{Explanation, Verdict},
};

/// How a report is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// What is not explained, in columns.
    #[default]
    Table,
    /// Every row with its explanation, as one JSON document.
    Json,
    /// Every row with its explanation, as tables of Markdown.
    Markdown,
}

/// The rows of a comparison, explained or not.
#[derive(Debug)]
pub struct Report {
    rows: Vec<(Row, Option<usize>)>,
    stale: Vec<String>,
    explanations: Vec<Explanation>,
}

#[derive(Serialize)]
struct Told<'a> {
    #[serde(flatten)]
    row: &'a Row,
    reason: Option<&'a str>,
    see: Option<&'a str>,
}

impl Report {
    pub(super) fn new(verdict: Verdict, explanations: Vec<Explanation>) -> Self {
        Self {
            rows: verdict.rows,
            stale: verdict.stale,
            explanations,
        }
    }

    /// The rows that nothing explains.
    pub fn unexplained(&self) -> impl Iterator<Item = &Row> {
        let rows = self.rows.iter();
        rows.filter(|(_, by)| by.is_none()).map(|(row, _)| row)
    }

    /// What is wrong with the explanations themselves, a line each.
    pub fn stale(&self) -> &[String] {
        &self.stale
    }

    /// Whether every row is explained, and every explanation holds.
    pub fn is_clean(&self) -> bool {
        self.stale.is_empty() && self.unexplained().next().is_none()
    }

    /// How many rows there are, and what came of them, in one line.
    pub fn summary(&self) -> String {
        let unexplained = self.unexplained().count();
        format!(
            "{} rows, {} explained, {unexplained} unexplained; {} explanations, {} stale",
            self.rows.len(),
            self.rows.len() - unexplained,
            self.explanations.len(),
            self.stale.len()
        )
    }

    /// The report as text.
    pub fn render(&self, format: Format) -> String {
        match format {
            Format::Table => self.table(),
            Format::Json => self.json(),
            Format::Markdown => self.markdown(),
        }
    }

    fn told(&self) -> impl Iterator<Item = Told<'_>> {
        self.rows.iter().map(|(row, by)| {
            let by = by.and_then(|by| self.explanations.get(by));
            Told {
                row,
                reason: by.map(|by| by.reason.as_str()),
                see: by.map(|by| by.see.as_str()),
            }
        })
    }

    fn table(&self) -> String {
        let mut text = columns(self.unexplained(), kind);
        for stale in &self.stale {
            line(&mut text, stale);
        }
        line(&mut text, &self.summary());
        text
    }

    fn json(&self) -> String {
        let unexplained = self.unexplained().count();
        let document = json!({
            "unexplained": unexplained,
            "explained": self.rows.len() - unexplained,
            "stale": self.stale,
            "rows": self.told().collect::<Vec<_>>(),
        });
        format!("{document:#}\n")
    }

    fn markdown(&self) -> String {
        let mut text = format!("# Drift\n\n{}\n", self.summary());
        for stale in &self.stale {
            line(&mut text, &format!("\n- {stale}"));
        }
        line(
            &mut text,
            "\n| | At | What | Ours | Published | In | Why |\n|---|---|---|---|---|---|---|",
        );
        for told in self.told() {
            let row = told.row;
            let why = match (told.reason, told.see) {
                (Some(reason), Some(see)) => format!("{} ([decision]({see}))", cell(reason)),
                _ => "**unexplained**".to_owned(),
            };
            let against: Vec<&str> = row.against.iter().map(String::as_str).collect();
            let cells = [
                kind(row).to_owned(),
                cell(&row.at),
                cell(&row.what),
                cell(row.ours.as_deref().unwrap_or_default()),
                cell(row.published.as_deref().unwrap_or_default()),
                cell(&against.join(", ")),
                why,
            ];
            line(&mut text, &format!("| {} |", cells.join(" | ")));
        }
        text
    }
}

/// The facts that changed from one lock to the next.
pub(super) fn since(rows: &[Row]) -> String {
    let mut text = columns(rows.iter(), |row| match row.kind {
        Kind::OursLacks => "new",
        Kind::OursAdds => "gone",
        Kind::Changed => "changed",
    });
    line(&mut text, &format!("{} facts changed since", rows.len()));
    text
}

fn kind(row: &Row) -> &'static str {
    match row.kind {
        Kind::OursLacks => "ours lacks",
        Kind::OursAdds => "ours adds",
        Kind::Changed => "changed",
    }
}

/// Rows in columns, each as wide as it needs to be.
fn columns<'a>(rows: impl Iterator<Item = &'a Row>, kind: impl Fn(&Row) -> &'static str) -> String {
    let lines: Vec<[String; 4]> = rows
        .map(|row| {
            let said = |side: &Option<String>| side.clone().unwrap_or_else(|| "-".to_owned());
            let ours_and_published = match row.kind {
                Kind::Changed => format!("{} -> {}", said(&row.ours), said(&row.published)),
                Kind::OursLacks => said(&row.published),
                Kind::OursAdds => said(&row.ours),
            };
            let against: Vec<&str> = row.against.iter().map(String::as_str).collect();
            let last = if against.is_empty() {
                ours_and_published
            } else {
                format!("{ours_and_published} (in {})", against.join(", "))
            };
            let first = kind(row).to_owned();
            [first, row.at.clone(), row.what.clone(), last]
        })
        .collect();
    let width = |column: usize| {
        let cells = lines.iter().filter_map(|line| line.get(column));
        cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
    };
    let (first, second, third) = (width(0), width(1), width(2));
    let mut text = String::new();
    for [kind, at, what, said] in &lines {
        line(
            &mut text,
            &format!("{kind:first$}  {at:second$}  {what:third$}  {said}"),
        );
    }
    text
}

fn line(text: &mut String, line: &str) {
    // Writing into a text cannot fail.
    let _ = writeln!(text, "{line}");
}

fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ")
}
