//! A report as it is stored: checked as a whole when it is read, and written in one step.

use std::{
    collections::HashSet,
    fs,
    io::{self, Write as _},
    path::Path,
};

use atlas_export_types::InvalidId;
use serde::{Deserialize, Deserializer, de::Error as _};
use serde_json::{Map, Value};

use super::{ClusterReport, FleetReport, ProjectReport};

/// The version of the form in which a report is stored.
pub(super) const VERSION: u32 = 1;

/// A report before it is checked.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Stored {
    version: u32,
    projects: Vec<ProjectReport>,
    clusters: Vec<ClusterReport>,
    #[serde(flatten)]
    unknown: Map<String, Value>,
}

impl Stored {
    /// What is wrong with it, as an error.
    fn check(&self) -> Result<(), String> {
        let told = |error: InvalidId| error.to_string();
        let mut projects = HashSet::new();
        for project in &self.projects {
            let id = &project.project;
            id.well_formed().map_err(told)?;
            if let Some(bucket) = &project.bucket {
                bucket.well_formed().map_err(told)?;
            }
            if !projects.insert(id) {
                return Err(format!("project {id} is there twice"));
            }
        }
        let mut seen = HashSet::new();
        for cluster in &self.clusters {
            let name = &cluster.cluster;
            if !projects.contains(&cluster.project) {
                return Err(format!(
                    "the project of cluster {name} is not among its projects"
                ));
            }
            if !seen.insert((&cluster.project, name)) {
                return Err(format!("cluster {name} is there twice"));
            }
            let of_cluster = |error: InvalidId| format!("cluster {name}: {error}");
            if let Some(snapshot) = &cluster.snapshot {
                snapshot.well_formed().map_err(of_cluster)?;
            }
            if let Some(job) = &cluster.job {
                job.well_formed().map_err(of_cluster)?;
            }
        }
        Ok(())
    }
}

impl<'de> Deserialize<'de> for FleetReport {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let stored = Stored::deserialize(deserializer)?;
        if stored.version == 0 || stored.version > VERSION {
            return Err(D::Error::custom(format!(
                "the report has version {}, and this library reads version {VERSION}: read it \
                 with the release that wrote it, or a newer one",
                stored.version
            )));
        }
        stored.check().map_err(|fault| {
            D::Error::custom(format!(
                "the report is damaged: {fault}; take an older copy of it, or plan anew"
            ))
        })?;
        Ok(Self {
            version: stored.version,
            projects: stored.projects,
            clusters: stored.clusters,
            unknown: stored.unknown,
        })
    }
}

impl FleetReport {
    /// Reads a report from a file.
    ///
    /// This blocks the thread for as long as a small file takes.
    ///
    /// # Errors
    /// Where the file cannot be read; `InvalidData` where it holds no report, one of a higher
    /// version, or a damaged one.
    pub fn read(path: impl AsRef<Path>) -> io::Result<Self> {
        let text = fs::read(path)?;
        serde_json::from_slice(&text)
            .map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))
    }

    /// Writes the report to a file, in whose place there is, whatever happens, either the old
    /// report or the new one: it is written beside the file, as `NAME.new`, and moved.
    ///
    /// This blocks the thread until the disk has it. One process writes a file at a time. It
    /// writes all clusters, so of a fleet of thousands do so now and then, not after each: what an
    /// older report does not know is found again, and not exported twice.
    ///
    /// ```
    /// # fn example(run: &atlas_export::fleet::FleetRun) -> std::io::Result<()> {
    /// use atlas_export::fleet::FleetReport;
    ///
    /// run.report().write("report.json")?;
    /// let stored = FleetReport::read("report.json")?; // for resume()
    /// # let _ = stored;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// Where the file cannot be written; the old one is then as it was.
    pub fn write(&self, path: impl AsRef<Path>) -> io::Result<()> {
        let path = path.as_ref();
        let mut beside = path.as_os_str().to_owned();
        beside.push(".new");
        let mut file = fs::File::create(&beside)?;
        file.write_all(&serde_json::to_vec_pretty(self)?)?;
        file.sync_all()?;
        fs::rename(&beside, path)
    }
}
