//! What a cluster exports by itself, as part of its backup schedule.

use atlas_export_api::{
    calls::{GetBackupSchedule, UpdateBackupSchedule},
    operations,
    types::{BackupSchedule, BackupScheduleUpdate, NewScheduleExport},
};
use atlas_export_types::{ExportBucketId, Frequency};

use crate::{Client, Cluster, Error, Request, needed};

/// The automatic export of a cluster.
///
/// A change names only what it changes: policies, copies and times of the schedule stay as
/// they are, whoever changes them meanwhile.
///
/// ```no_run
/// # async fn example(cluster: atlas_export::Cluster, bucket: atlas_export::ExportBucketId)
/// #     -> Result<(), atlas_export::Error> {
/// use atlas_export::models::Frequency;
///
/// let settings = cluster.auto_export().enable(&bucket, Frequency::Monthly).await?;
/// assert!(settings.enabled);
/// cluster.auto_export().disable().await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct AutoExport {
    cluster: Cluster,
}

/// The part of a backup schedule that is about exports.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct AutoExportSettings {
    /// Whether snapshots are exported by themselves.
    pub enabled: bool,
    /// Where to. While a schedule names a bucket, Atlas does not let it be deleted.
    pub bucket: Option<ExportBucketId>,
    /// How often.
    pub frequency: Option<Frequency>,
    /// Whether the prefix in the bucket has the names of organization and project, in place
    /// of their ids.
    pub names_in_prefix: bool,
    /// The schedule that they come from. What has no field of its own is in `extra`.
    pub schedule: BackupSchedule,
}

impl AutoExportSettings {
    /// Refuses a schedule that does not tell one of them, though it says something.
    fn of(schedule: BackupSchedule, operation: &'static str) -> Result<Self, Error> {
        let schedule = needed::of_answer(
            schedule,
            &[
                "autoExportEnabled",
                "export",
                "useOrgAndGroupNamesInExportPrefix",
            ],
            operation,
        )?;
        let export = schedule.export.as_ref();
        let of_export = ["exportBucketId", "frequencyType"];
        if let Some(field) = export.and_then(|export| needed::misfit(export, &of_export)) {
            return Err(needed::misfit_in_answer(&schedule, field, operation));
        }
        Ok(Self {
            enabled: schedule.auto_export_enabled.unwrap_or_default(),
            bucket: export.and_then(|export| export.export_bucket_id.clone()),
            frequency: export.and_then(|export| export.frequency_type.clone()),
            names_in_prefix: schedule
                .use_org_and_group_names_in_export_prefix
                .unwrap_or_default(),
            schedule,
        })
    }
}

impl AutoExport {
    pub(crate) fn new(cluster: Cluster) -> Self {
        Self { cluster }
    }

    /// The same handle, with the client that becomes of its own.
    pub(crate) fn map_client(&self, change: impl FnOnce(&Client) -> Client) -> Self {
        Self::new(self.cluster.map_client(change))
    }

    /// The cluster whose snapshots they are.
    pub fn cluster(&self) -> &Cluster {
        &self.cluster
    }

    /// The settings as they are.
    ///
    #[doc = atlas_export_api::operation_facts!(GetBackupSchedule)]
    ///
    /// # Errors
    /// `Api` where there is no such cluster, or it has no backup schedule (Flex, shared).
    pub fn get(&self) -> Request<AutoExportSettings> {
        let get = |project_id, cluster_name| GetBackupSchedule {
            project_id,
            cluster_name,
        };
        settings(
            self.cluster.request(get),
            operations::GET_BACKUP_SCHEDULE.id,
        )
    }

    /// Exports every snapshot of a frequency to a bucket from now on.
    ///
    /// Atlas documents [`Frequency::Monthly`] and [`Frequency::Yearly`]. Whether it takes another
    /// one, such as daily or weekly, depends on the organization.
    ///
    #[doc = atlas_export_api::operation_facts!(UpdateBackupSchedule)]
    ///
    /// # Errors
    /// `Api` where Atlas refuses, for instance a bucket that the project does not have, or a
    /// frequency that the organization does not have.
    pub fn enable(
        &self,
        bucket: &ExportBucketId,
        frequency: Frequency,
    ) -> Request<AutoExportSettings> {
        let (this, bucket) = (self.clone(), bucket.clone());
        Request::new(self.cluster.client(), |client| async move {
            let this = this.map_client(|_| client);
            bucket.well_formed()?;
            let update = BackupScheduleUpdate::new().auto_export_enabled(true);
            let export = NewScheduleExport::new(bucket, frequency);
            this.update(update.export(export)).await
        })
    }

    /// Exports nothing by itself any more. Look at [`AutoExportSettings::bucket`] before
    /// deleting the bucket: whether Atlas drops it from the schedule is unconfirmed, and the
    /// bucket cannot be deleted while it is there.
    ///
    /// # Errors
    /// `Api` where Atlas refuses.
    pub fn disable(&self) -> Request<AutoExportSettings> {
        self.update(BackupScheduleUpdate::new().auto_export_enabled(false))
    }

    /// Sets whether the prefix in the bucket has the names of organization and project, in
    /// place of their ids. It concerns every export of the cluster from now on.
    ///
    /// # Errors
    /// `Api` where Atlas refuses.
    pub fn names_in_prefix(&self, names: bool) -> Request<AutoExportSettings> {
        let update = BackupScheduleUpdate::new();
        self.update(update.use_org_and_group_names_in_export_prefix(names))
    }

    fn update(&self, body: BackupScheduleUpdate) -> Request<AutoExportSettings> {
        let update = |project_id, cluster_name| UpdateBackupSchedule {
            project_id,
            cluster_name,
            body,
        };
        let update = self.cluster.request(update);
        settings(update, operations::UPDATE_BACKUP_SCHEDULE.id)
    }
}

/// The settings in the schedule that an operation answers with.
fn settings(
    schedule: Request<BackupSchedule>,
    operation: &'static str,
) -> Request<AutoExportSettings> {
    schedule.and_then(move |schedule| AutoExportSettings::of(schedule, operation))
}
