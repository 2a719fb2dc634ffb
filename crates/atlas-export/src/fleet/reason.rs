//! Why a cluster is not exported.

use atlas_export_api::NotExportable;
use atlas_export_types::open_enum;

open_enum! {
    /// Why a cluster is not exported, as a code that a program can tell apart. `Display` and JSON
    /// have the code; [`explanation`](Self::explanation) is for a person.
    ///
    /// ```
    /// use atlas_export::fleet::SkipReason;
    ///
    /// assert_eq!(SkipReason::BackupOff.to_string(), "backup_off");
    /// assert!(SkipReason::BackupOff.explanation().contains("no snapshots"));
    /// ```
    SkipReason {
        /// It is a Flex cluster, which Atlas cannot export.
        Flex = "flex",
        /// It is a shared cluster, which Atlas cannot export.
        Shared = "shared",
        /// It is a serverless instance, which Atlas cannot export.
        Serverless = "serverless",
        /// No snapshots are taken of it.
        BackupOff = "backup_off",
        /// It has no snapshot that is completed and no fallback.
        NoSnapshot = "no_snapshot",
        /// It was asked for by name, and the project has no such cluster.
        NotFound = "not_found",
        /// The snapshot that was chosen has expired, and there is no other.
        SnapshotExpired = "snapshot_expired",
    }
}

impl SkipReason {
    /// The reason in words.
    pub fn explanation(&self) -> &'static str {
        match self {
            Self::Flex => NotExportable::Flex.explanation(),
            Self::Shared => NotExportable::Shared.explanation(),
            Self::Serverless => NotExportable::Serverless.explanation(),
            Self::BackupOff => NotExportable::BackupOff.explanation(),
            Self::NoSnapshot => "no snapshot that can be exported",
            Self::NotFound => "the project has no cluster of this name",
            Self::SnapshotExpired => "its snapshot has expired, and no other can be exported",
            Self::Unknown(_) => "a reason that this version of the SDK does not know",
        }
    }
}

impl From<NotExportable> for SkipReason {
    fn from(why: NotExportable) -> Self {
        Self::from(why.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_exported_has_a_code_that_is_known_here() {
        for (why, reason) in [
            (NotExportable::Flex, SkipReason::Flex),
            (NotExportable::Shared, SkipReason::Shared),
            (NotExportable::Serverless, SkipReason::Serverless),
            (NotExportable::BackupOff, SkipReason::BackupOff),
        ] {
            assert_eq!(SkipReason::from(why), reason);
            assert_eq!(reason.explanation(), why.explanation());
        }
    }
}
