//! Stored reports: merged, and printed.

use std::path::{Path, PathBuf};

use atlas_export::fleet::FleetReport;
use clap::ValueEnum;

use crate::{
    exit::Stop,
    output::{json, text_block},
};

/// As what a report is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ReportFormat {
    Markdown,
    Csv,
    Json,
}

/// Reads a report. One that is none is a mistake in the arguments.
pub(super) fn read(path: &Path) -> Result<FleetReport, Stop> {
    FleetReport::read(path)
        .map_err(|error| Stop::usage(format!("the report {}: {error}", path.display())))
}

pub(super) fn merge(reports: &[PathBuf], to: Option<&Path>) -> Result<(), Stop> {
    let reports = reports.iter().map(|path| read(path));
    let whole = FleetReport::merge(reports.collect::<Result<Vec<_>, _>>()?)?;
    match to {
        Some(path) => whole
            .write(path)
            .map_err(|error| Stop::of_file(path, error)),
        None => json(&whole),
    }
}

pub(super) fn print(path: &Path, format: ReportFormat) -> Result<(), Stop> {
    let report = read(path)?;
    match format {
        ReportFormat::Markdown => text_block(&report.to_markdown()),
        ReportFormat::Csv => text_block(&report.to_csv()),
        ReportFormat::Json => json(&report)?,
    }
    Ok(())
}
