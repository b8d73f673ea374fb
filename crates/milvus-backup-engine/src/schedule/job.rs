//! [`JobPlan`]: what one run of a job does.

use std::time::Duration;

use milvus_backup_core::{BackupParams, CopyParams, RetentionRules, VerificationType};

use crate::{BackupRepository, Selection};

/// What one run of a job does: backups, their verification, copies, and retention, in this order.
///
/// Must always hold: nothing is deleted before the new backup of the same collection is complete and copied.
#[derive(Debug)]
pub struct JobPlan {
    /// The collections to back up. Those of several form a set.
    pub selection: Selection,
    /// Maximum number of collections that are backed up concurrently.
    pub at_once: usize,
    /// The parameters of the backups.
    pub backup: BackupParams,
    /// A verification in addition to the one that follows each backup, if the last one of this depth is too long ago.
    pub verification: Option<(VerificationType, Duration)>,
    /// The repositories that the backups are copied to.
    pub copies: Vec<CopyTarget>,
    /// The rules by which backups of the collections are deleted; `None` deletes none.
    pub retention: Option<Box<dyn RetentionRules>>,
}

/// A repository that backups are copied to.
#[derive(Debug)]
pub struct CopyTarget {
    /// The repository that they are copied to.
    pub repository: BackupRepository,
    /// The parameters of the copies.
    pub params: CopyParams,
    /// The rules by which backups of the collections are deleted there; `None` deletes none.
    pub retention: Option<Box<dyn RetentionRules>>,
}
