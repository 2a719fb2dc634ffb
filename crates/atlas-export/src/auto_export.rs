//! What a cluster exports by itself, as part of its backup schedule.

use atlas_export_api::{
    calls::{GetBackupSchedule, UpdateBackupSchedule},
    operations,
    types::{BackupSchedule, BackupScheduleUpdate, NewScheduleExport},
};
use atlas_export_types::{ExportBucketId, Frequency};

use crate::{Cluster, Error, needed};

/// The automatic export of a cluster.
///
/// A change names only what it changes: policies, copies and times of the schedule stay as
/// they are, whoever changes them meanwhile.
///
/// ```no_run
/// # async fn example(cluster: atlas_export::Cluster, bucket: atlas_export::ExportBucketId)
/// #     -> Result<(), atlas_export::Error> {
/// use atlas_export::Frequency;
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

    /// The cluster whose snapshots they are.
    pub fn cluster(&self) -> &Cluster {
        &self.cluster
    }

    /// The settings as they are.
    ///
    #[doc = atlas_export_api::operation_facts!(GetBackupSchedule)]
    ///
    /// # Errors
    /// `Api` where there is no such cluster, or it is none with a schedule (Flex, shared).
    pub async fn get(&self) -> Result<AutoExportSettings, Error> {
        let cluster = &self.cluster;
        let call = GetBackupSchedule {
            project_id: cluster.project().id().clone(),
            cluster_name: cluster.name().clone(),
        };
        let schedule = cluster.project().client().call(&call).await?;
        AutoExportSettings::of(schedule, operations::GET_BACKUP_SCHEDULE.id)
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
    pub async fn enable(
        &self,
        bucket: &ExportBucketId,
        frequency: Frequency,
    ) -> Result<AutoExportSettings, Error> {
        let export = NewScheduleExport::new(bucket.well_formed()?.clone(), frequency);
        let update = BackupScheduleUpdate::new().auto_export_enabled(true);
        self.update(update.export(export)).await
    }

    /// Exports nothing by itself any more. Look at [`AutoExportSettings::bucket`] before
    /// deleting the bucket: whether Atlas drops it from the schedule is unconfirmed, and the
    /// bucket cannot be deleted while it is there.
    ///
    /// # Errors
    /// `Api` where Atlas refuses.
    pub async fn disable(&self) -> Result<AutoExportSettings, Error> {
        let update = BackupScheduleUpdate::new().auto_export_enabled(false);
        self.update(update).await
    }

    /// Sets whether the prefix in the bucket has the names of organization and project, in
    /// place of their ids. It concerns every export of the cluster from now on.
    ///
    /// # Errors
    /// `Api` where Atlas refuses.
    pub async fn names_in_prefix(&self, names: bool) -> Result<AutoExportSettings, Error> {
        let update = BackupScheduleUpdate::new().use_org_and_group_names_in_export_prefix(names);
        self.update(update).await
    }

    async fn update(&self, body: BackupScheduleUpdate) -> Result<AutoExportSettings, Error> {
        let cluster = &self.cluster;
        let call = UpdateBackupSchedule {
            project_id: cluster.project().id().clone(),
            cluster_name: cluster.name().clone(),
            body,
        };
        let schedule = cluster.project().client().call(&call).await?;
        AutoExportSettings::of(schedule, operations::UPDATE_BACKUP_SCHEDULE.id)
    }
}
