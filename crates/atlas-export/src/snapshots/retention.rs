//! For how long a snapshot is kept.

use std::num::NonZeroU32;

use atlas_export_api::{operations::UPDATE_SNAPSHOT, types::SnapshotRetention};
use atlas_export_types::RetentionUnit;

use crate::Error;

/// For how long a snapshot is kept: at least 1, and at most what an int32 holds.
///
/// ```no_run
/// # async fn example(snapshots: atlas_export::Snapshots, id: atlas_export::SnapshotId)
/// #     -> Result<(), atlas_export::Error> {
/// use atlas_export::snapshots::Retention;
///
/// let snapshot = snapshots.set_retention(&id, Retention::weeks(6)).await?;
/// println!("kept until {:?}", snapshot.expires_at);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Retention {
    unit: RetentionUnit,
    value: u32,
}

impl Retention {
    /// So many days.
    pub const fn days(value: u32) -> Self {
        Self::new(RetentionUnit::Days, value)
    }

    /// So many weeks.
    pub const fn weeks(value: u32) -> Self {
        Self::new(RetentionUnit::Weeks, value)
    }

    /// So many months.
    pub const fn months(value: u32) -> Self {
        Self::new(RetentionUnit::Months, value)
    }

    /// So many years.
    pub const fn years(value: u32) -> Self {
        Self::new(RetentionUnit::Years, value)
    }

    const fn new(unit: RetentionUnit, value: u32) -> Self {
        Self { unit, value }
    }

    pub(super) fn body(self) -> Result<SnapshotRetention, Error> {
        let value = i32::try_from(self.value)
            .ok()
            .and(NonZeroU32::new(self.value));
        let value = value.ok_or_else(|| {
            Error::config(format!(
                "the retention is {} {}, and Atlas takes 1 to {} (int32): give a number in between",
                self.value,
                self.unit.as_str().to_ascii_lowercase(),
                i32::MAX
            ))
            .with_operation(UPDATE_SNAPSHOT.id)
        })?;
        Ok(SnapshotRetention::new(self.unit, value))
    }
}
