//! The backup schedule of a cluster as a whole.

use atlas_export_api::{
    calls::{DeleteBackupSchedule, GetBackupSchedule},
    types::BackupSchedule,
};

use crate::{Cluster, Request};

/// The backup schedule of a cluster: when snapshots are taken, kept, copied and exported. What it
/// exports is changed by [`AutoExport`](crate::AutoExport). Made by [`Cluster::backup_schedule`].
///
/// ```no_run
/// # async fn example(cluster: atlas_export::Cluster) -> Result<(), atlas_export::Error> {
/// let schedule = cluster.backup_schedule().get().await?;
/// println!("at {:?} o'clock UTC", schedule.reference_hour_of_day);
/// for policy in schedule.policies.items() {
///     println!("{}", policy["policyItems"]); // as Atlas sends it
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Schedule {
    cluster: Cluster,
}

impl Schedule {
    pub(crate) fn new(cluster: Cluster) -> Self {
        Self { cluster }
    }

    /// The cluster whose schedule it is.
    pub fn cluster(&self) -> &Cluster {
        &self.cluster
    }

    /// The schedule, with all that Atlas documents of it; policies, copies and extra retentions as
    /// they came.
    ///
    #[doc = atlas_export_api::operation_facts!(GetBackupSchedule)]
    ///
    /// # Errors
    /// `Api` where there is no such cluster, or it has no backup schedule (Flex, shared).
    pub fn get(&self) -> Request<BackupSchedule> {
        let get = |project_id, cluster_name| GetBackupSchedule {
            project_id,
            cluster_name,
        };
        self.cluster.request(get)
    }

    /// Deletes the schedule: Atlas takes no more snapshots of the cluster by itself, and exports
    /// none by itself. Snapshots that are there stay until they expire. Answers with the emptied
    /// schedule.
    ///
    #[doc = atlas_export_api::operation_facts!(DeleteBackupSchedule)]
    ///
    /// ```no_run
    /// # async fn example(cluster: atlas_export::Cluster) -> Result<(), atlas_export::Error> {
    /// let emptied = cluster.backup_schedule().delete().await?;
    /// assert!(emptied.policies.is_empty());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// `Api` where Atlas refuses, for instance under a backup compliance policy; `Config` in version
    /// 1.0.
    pub fn delete(&self) -> Request<BackupSchedule> {
        let delete = |project_id, cluster_name| DeleteBackupSchedule {
            project_id,
            cluster_name,
        };
        self.cluster.request(delete)
    }
}
