//! One report of those of many workers.

use std::collections::HashMap;

use super::{ClusterReport, FleetReport, FleetStatus, ProjectReport};
use crate::Error;

impl FleetReport {
    /// One report of many: of the workers of a fleet that was divided by
    /// [`shard`](super::ExportFleet::shard). Where several know a cluster, the one that got
    /// furthest counts. The clusters are in the order of projects and names.
    ///
    /// ```
    /// use atlas_export::fleet::FleetReport;
    ///
    /// # fn example() -> Result<(), Box<dyn std::error::Error>> {
    /// let reports = ["report-0.json", "report-1.json"].map(FleetReport::read);
    /// let whole = FleetReport::merge(reports.into_iter().collect::<Result<Vec<_>, _>>()?)?;
    /// println!("{}", whole.to_markdown());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// `Config` where there is no report, or one is about another bucket of a project.
    pub fn merge(reports: impl IntoIterator<Item = Self>) -> Result<Self, Error> {
        let mut reports = reports.into_iter();
        let mut whole = reports.next().ok_or_else(|| {
            Error::config("there is no report to merge: give those of the workers")
        })?;
        let mut projects: HashMap<_, usize> = places(&whole.projects, |it| it.project.clone());
        let key = |cluster: &ClusterReport| (cluster.project.clone(), cluster.cluster.clone());
        let mut clusters: HashMap<_, usize> = places(&whole.clusters, key);
        for report in reports {
            for project in report.projects {
                let place = projects.get(&project.project);
                if let Some(known) = place.and_then(|place| whole.projects.get_mut(*place)) {
                    known.join(project)?;
                } else {
                    projects.insert(project.project.clone(), whole.projects.len());
                    whole.projects.push(project);
                }
            }
            for cluster in report.clusters {
                let place = clusters.get(&key(&cluster));
                match place.and_then(|place| whole.clusters.get_mut(*place)) {
                    Some(known) if rank(cluster.status) > rank(known.status) => *known = cluster,
                    Some(_) => {}
                    None => {
                        clusters.insert(key(&cluster), whole.clusters.len());
                        whole.clusters.push(cluster);
                    }
                }
            }
        }
        whole.clusters.sort_by_cached_key(|cluster| {
            let place = projects.get(&cluster.project).copied();
            (place, cluster.cluster.clone())
        });
        Ok(whole)
    }
}

fn places<T, K: Eq + std::hash::Hash>(items: &[T], key: impl Fn(&T) -> K) -> HashMap<K, usize> {
    let places = items.iter().enumerate();
    places.map(|(place, item)| (key(item), place)).collect()
}

impl ProjectReport {
    /// Adds what another worker knows of the project.
    fn join(&mut self, other: Self) -> Result<(), Error> {
        if let (Some(one), Some(other)) = (&self.bucket, &other.bucket)
            && one != other
        {
            return Err(Error::config(format!(
                "the reports of project {} are about bucket {one} and bucket {other}: merge those \
                 of one fleet",
                self.project
            )));
        }
        self.bucket = self.bucket.take().or(other.bucket);
        self.bucket_name = self.bucket_name.take().or(other.bucket_name);
        // Where one could not look, its part of the clusters is missing.
        self.message = self.message.take().or(other.message);
        for cluster in other.undecodable {
            // Each worker reads the whole list.
            if !self.undecodable.contains(&cluster) {
                self.undecodable.push(cluster);
            }
        }
        Ok(())
    }
}

/// How far a cluster got.
fn rank(status: FleetStatus) -> u8 {
    match status {
        FleetStatus::Planned => 0,
        FleetStatus::Error => 1,
        FleetStatus::Started => 2,
        FleetStatus::Skipped => 3,
        FleetStatus::Cancelled | FleetStatus::Failed => 4,
        FleetStatus::Successful => 5,
    }
}
