//! A report for people: as Markdown, and as a table for a spreadsheet.

use std::fmt::Write as _;

use atlas_export_types::{ExportJobState, OneLine};
use chrono::{DateTime, Utc};

use super::{ClusterReport, FleetReport, FleetStatus, plan::Gigabytes};

/// The columns of the table for a spreadsheet.
const COLUMNS: [&str; 17] = [
    "project",
    "cluster",
    "status",
    "reason",
    "replicaSets",
    "snapshot",
    "snapshotAt",
    "bytes",
    "job",
    "state",
    "createdAt",
    "finishedAt",
    "durationSeconds",
    "bucket",
    "prefix",
    "location",
    "message",
];

impl FleetReport {
    /// The report as Markdown: the sums, a row for each cluster, what could not be looked at, and
    /// the leftovers of exports that failed.
    ///
    /// ```
    /// # fn example(report: &atlas_export::fleet::FleetReport) -> std::io::Result<()> {
    /// std::fs::write("report.md", report.to_markdown())
    /// # }
    /// ```
    pub fn to_markdown(&self) -> String {
        let mut text = String::from("# Export report\n\n");
        // Writing to a String does not fail.
        let _ = self.write_markdown(&mut text);
        text
    }

    fn write_markdown(&self, text: &mut String) -> std::fmt::Result {
        let exported = self.count(FleetStatus::Successful);
        let skipped = self.count(FleetStatus::Skipped);
        let all = self.clusters.len();
        let left = all - exported - skipped;
        let of_successful = |cluster: &&ClusterReport| cluster.status == FleetStatus::Successful;
        let exported_clusters = self.clusters.iter().filter(of_successful);
        let bytes = exported_clusters.filter_map(|cluster| cluster.bytes);
        let bytes = Gigabytes(bytes.fold(0, u64::saturating_add));
        writeln!(
            text,
            "{exported} of {all} clusters are exported ({bytes}), {skipped} have nothing to \
             export, {left} are left.\n"
        )?;
        writeln!(text, "| Project | Bucket | Name |\n|---|---|---|")?;
        for project in &self.projects {
            let bucket = project.bucket.as_ref().map(ToString::to_string);
            let name = project.bucket_name.as_deref();
            row(
                text,
                [
                    project.project.as_str(),
                    &shown(bucket),
                    name.unwrap_or("–"),
                ],
            )?;
        }
        writeln!(
            text,
            "\n| Project | Cluster | Status | Snapshot | Taken | Size | Export | State | Began | \
             Ended | Took | Location | Why |\n|---|---|---|---|---|---|---|---|---|---|---|---|---|"
        )?;
        for cluster in &self.clusters {
            row(
                text,
                [
                    cluster.project.as_str(),
                    cluster.cluster.as_str(),
                    &format!("{:?}", cluster.status),
                    &shown(cluster.snapshot.as_ref().map(ToString::to_string)),
                    &shown(cluster.snapshot_at.map(minute)),
                    &shown(cluster.bytes.map(|bytes| Gigabytes(bytes).to_string())),
                    &shown(cluster.job.as_ref().map(ToString::to_string)),
                    &shown(cluster.state.as_ref().map(ExportJobState::to_string)),
                    &shown(cluster.created_at.map(minute)),
                    &shown(cluster.finished_at.map(minute)),
                    &shown(cluster.duration_seconds.map(took)),
                    &shown(cluster.location.clone().or_else(|| cluster.prefix.clone())),
                    &why(cluster),
                ],
            )?;
        }
        if !self.projects.iter().all(super::ProjectReport::is_whole) {
            writeln!(text, "\n## Not looked at\n")?;
        }
        for project in &self.projects {
            if let Some(why) = &project.message {
                writeln!(text, "- Project {}: {}", project.project, cell(why))?;
            }
            for cluster in &project.undecodable {
                let project = &project.project;
                writeln!(text, "- A cluster of project {project}: {}", cell(cluster))?;
            }
        }
        if self.leftovers().next().is_some() {
            writeln!(
                text,
                "\n## Leftovers\n\nThese exports did not succeed. What they wrote is not complete, \
                 and nobody deletes it:\n"
            )?;
        }
        for cluster in self.leftovers() {
            let place = cluster.location.as_ref().or(cluster.prefix.as_ref());
            let place =
                place.map_or_else(|| "at a place that is not known".to_owned(), |it| cell(it));
            writeln!(
                text,
                "- {} ({}), export {}: {place}",
                cluster.cluster,
                cluster.project,
                shown(cluster.job.as_ref().map(ToString::to_string)),
            )?;
        }
        Ok(())
    }

    /// The report as comma-separated values (RFC 4180): a line of names, and one for each cluster.
    ///
    /// A text that a spreadsheet would take for a formula has an apostrophe before it.
    ///
    /// ```
    /// # fn example(report: &atlas_export::fleet::FleetReport) -> std::io::Result<()> {
    /// std::fs::write("report.csv", report.to_csv())
    /// # }
    /// ```
    pub fn to_csv(&self) -> String {
        let mut text = COLUMNS.join(",");
        text.push_str("\r\n");
        for cluster in &self.clusters {
            let project = self
                .projects
                .iter()
                .find(|it| it.project == cluster.project);
            let bucket = project.and_then(|project| project.bucket.as_ref());
            let time = |time: Option<DateTime<Utc>>| {
                let time = time.map(|time| time.to_rfc3339_opts(chrono::SecondsFormat::Secs, true));
                time.unwrap_or_default()
            };
            let number = |number: Option<u64>| number.map(|n| n.to_string()).unwrap_or_default();
            let status = serde_json::to_value(cluster.status).unwrap_or_default();
            let values: [String; COLUMNS.len()] = [
                cluster.project.to_string(),
                cluster.cluster.to_string(),
                status.as_str().unwrap_or_default().to_owned(),
                cluster
                    .reason
                    .as_ref()
                    .map(ToString::to_string)
                    .unwrap_or_default(),
                cluster.replica_sets.to_string(),
                cluster
                    .snapshot
                    .as_ref()
                    .map(ToString::to_string)
                    .unwrap_or_default(),
                time(cluster.snapshot_at),
                number(cluster.bytes),
                cluster
                    .job
                    .as_ref()
                    .map(ToString::to_string)
                    .unwrap_or_default(),
                cluster
                    .state
                    .as_ref()
                    .map(ToString::to_string)
                    .unwrap_or_default(),
                time(cluster.created_at),
                time(cluster.finished_at),
                number(cluster.duration_seconds),
                bucket.map(ToString::to_string).unwrap_or_default(),
                cluster.prefix.clone().unwrap_or_default(),
                cluster.location.clone().unwrap_or_default(),
                cluster.message.clone().unwrap_or_default(),
            ];
            let values: Vec<String> = values.iter().map(|value| csv_value(value)).collect();
            text.push_str(&values.join(","));
            text.push_str("\r\n");
        }
        text
    }
}

/// Why a cluster is not exported, its code first.
fn why(cluster: &ClusterReport) -> String {
    match (&cluster.reason, &cluster.message) {
        (Some(reason), Some(message)) => format!("{reason}: {message}"),
        (Some(reason), None) => reason.to_string(),
        (None, message) => message.clone().unwrap_or_default(),
    }
}

/// A value, or a dash.
fn shown(value: Option<String>) -> String {
    value.unwrap_or_else(|| "–".to_owned())
}

fn minute(time: DateTime<Utc>) -> String {
    time.format("%Y-%m-%d %H:%M UTC").to_string()
}

/// Hours, minutes and seconds.
fn took(seconds: u64) -> String {
    let (hours, rest) = (seconds / 3600, seconds % 3600);
    match (hours, rest / 60, rest % 60) {
        (0, 0, seconds) => format!("{seconds} s"),
        (0, minutes, seconds) => format!("{minutes} min {seconds} s"),
        (hours, minutes, _) => format!("{hours} h {minutes} min"),
    }
}

fn row<const N: usize>(text: &mut String, cells: [&str; N]) -> std::fmt::Result {
    let cells: Vec<String> = cells.iter().map(|value| cell(value)).collect();
    writeln!(text, "| {} |", cells.join(" | "))
}

/// A text on one line, of which Markdown takes nothing for a mark of its own.
fn cell(text: &str) -> String {
    let mut escaped = String::new();
    for letter in OneLine(text).to_string().chars() {
        if matches!(
            letter,
            '|' | '<' | '>' | '*' | '_' | '`' | '[' | ']' | '#' | '\\'
        ) {
            escaped.push('\\');
        }
        escaped.push(letter);
    }
    escaped
}

/// A value that keeps to its place in the line, and that no spreadsheet calculates.
fn csv_value(text: &str) -> String {
    let is_formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let apostrophe = if is_formula { "'" } else { "" };
    if is_formula || text.contains([',', '"', '\r', '\n']) {
        format!("\"{apostrophe}{}\"", text.replace('"', "\"\""))
    } else {
        text.to_owned()
    }
}
