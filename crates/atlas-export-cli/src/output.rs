//! Results: JSON as Atlas sent it, or a table. Nothing else goes to where JSON goes.

use std::io::{self, IsTerminal as _, Write as _};

use atlas_export::{ErrorKind, list::List};
use atlas_export_types::OneLine;
use clap::ValueEnum;
use console::{Alignment, Term, measure_text_width, pad_str, truncate_str};
use serde::Serialize;
use serde_json::value::RawValue;

use crate::{
    channel::Channel,
    exit::{self, Stop},
};

/// How results are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    Json,
    Table,
}

/// What a table shows of a thing.
pub(crate) trait Row {
    /// The heads of the columns.
    const COLUMNS: &'static [&'static str];

    /// A cell for each of them.
    fn cells(&self) -> Vec<String>;
}

/// An item of a list, or what was received in its place.
#[derive(Serialize)]
#[serde(untagged)]
enum Entry<T> {
    Item(T),
    Undecodable(Box<RawValue>),
}

impl Format {
    /// Shows one thing.
    pub(crate) fn one<T: Row + Serialize>(self, item: &T) -> Result<(), Stop> {
        match self {
            Self::Json => json(item),
            Self::Table => {
                table(T::COLUMNS, &[item.cells()]);
                Ok(())
            }
        }
    }

    /// Shows some.
    pub(crate) fn some<T: Row + Serialize>(self, items: &[T]) -> Result<(), Stop> {
        match self {
            Self::Json => json(items),
            Self::Table => {
                table(
                    T::COLUMNS,
                    &items.iter().map(Row::cells).collect::<Vec<_>>(),
                );
                Ok(())
            }
        }
    }

    /// Shows a whole list. An item that does not decode is shown as it came, where that can be
    /// shown, and always told.
    pub(crate) async fn list<T: Row + Serialize>(self, list: List<T>) -> Result<(), Stop> {
        let mut items = list.by_item();
        let mut entries = Vec::new();
        while let Some(next) = items.next().await {
            match next {
                Ok(item) => entries.push(Entry::Item(item)),
                Err(error) if error.kind() == ErrorKind::Decode && error.raw().is_some() => {
                    Channel::Stderr.line(OneLine(&error.to_string()));
                    let raw = error.raw().unwrap_or_default().to_owned();
                    entries.extend(RawValue::from_string(raw).map(Entry::Undecodable));
                }
                Err(error) => return Err(error.into()),
            }
        }
        if self == Self::Json {
            return json(&entries);
        }
        let rows = entries.iter().filter_map(|entry| match entry {
            Entry::Item(item) => Some(item.cells()),
            Entry::Undecodable(_) => None,
        });
        table(T::COLUMNS, &rows.collect::<Vec<_>>());
        Ok(())
    }
}

/// Writes JSON. A reader that is gone has read enough.
pub(crate) fn json<T: Serialize + ?Sized>(value: &T) -> Result<(), Stop> {
    let text = serde_json::to_string_pretty(value)
        .map_err(|error| Stop::new(exit::FAILURE, format!("the result: {error}")))?;
    text_block(&text);
    Ok(())
}

/// Writes a text that may have many lines, and ends it.
pub(crate) fn text_block(text: &str) {
    let end = if text.ends_with('\n') { "" } else { "\n" };
    let _ = write!(io::stdout(), "{text}{end}");
}

/// Writes a table, as wide as it is; on a terminal as wide as that is.
fn table(heads: &[&str], rows: &[Vec<String>]) {
    let width = io::stdout()
        .is_terminal()
        .then(|| usize::from(Term::stdout().size().1));
    for line in lines(heads, rows, width) {
        Channel::Stdout.line(line);
    }
}

/// The lines of a table, cut to a width.
fn lines(heads: &[&str], rows: &[Vec<String>], width: Option<usize>) -> Vec<String> {
    let heads: Vec<String> = heads.iter().map(|head| (*head).to_owned()).collect();
    // What others wrote stays on its line.
    let rows = rows.iter().map(|row| {
        let cells = row.iter().map(|cell| OneLine(cell).to_string());
        cells.collect::<Vec<_>>()
    });
    let all: Vec<Vec<String>> = [heads].into_iter().chain(rows).collect();
    let width_of = |column: usize| {
        let cells = all.iter().filter_map(|row| row.get(column));
        cells.map(|cell| measure_text_width(cell)).max()
    };
    let widths: Vec<usize> = (0..).map_while(width_of).collect();
    let line = |row: &Vec<String>| {
        let cells = row.iter().zip(&widths);
        let cells = cells.map(|(cell, width)| pad_str(cell, *width, Alignment::Left, None));
        let line = cells.collect::<Vec<_>>().join("  ");
        let line = line.trim_end();
        match width {
            Some(width) => truncate_str(line, width, "…").into_owned(),
            None => line.to_owned(),
        }
    };
    all.iter().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows() -> Vec<Vec<String>> {
        let row = |cells: [&str; 2]| cells.map(str::to_owned).to_vec();
        vec![row(["a", "first\u{1b}[2J"]), row(["longer", "日本語"])]
    }

    #[test]
    fn columns_are_aligned_and_nothing_acts_on_a_terminal() {
        assert_eq!(
            lines(&["ID", "NAME"], &rows(), None),
            ["ID      NAME", "a       first\\u{1b}[2J", "longer  日本語"]
        );
    }

    #[test]
    fn a_table_is_cut_to_the_width_of_a_terminal() {
        let cut = lines(&["ID", "NAME"], &rows(), Some(12));
        assert_eq!(cut, ["ID      NAME", "a       fir…", "longer  日…"]);
    }
}
