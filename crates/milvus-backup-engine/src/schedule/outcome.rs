//! [`JobOutcome`]: what one run of a job did, and what failed.

use std::fmt;

use milvus_backup_core::{BackupId, BackupResult, Error, ErrorKind};

/// What one run of a job did.
#[derive(Debug, Default)]
pub struct JobOutcome {
    /// The results of the backups, also of those that failed.
    pub backups: Vec<BackupResult>,
    /// The backups that were verified in addition.
    pub verified: Vec<BackupId>,
    /// Number of backups that were copied.
    pub copied: u64,
    /// The backups that retention deleted, also in other repositories.
    pub deleted: Vec<BackupId>,
    /// What failed, in the order of the steps.
    pub failures: Vec<StepFailure>,
}

/// A step of a run that failed.
#[derive(Debug)]
pub struct StepFailure {
    /// What was done, such as `back up films`.
    pub step: String,
    /// The error; `None` if the step ended with an incomplete or damaged result.
    pub error: Option<Error>,
    /// Why it counts as failed.
    pub reason: String,
}

impl StepFailure {
    /// Returns the failure of a step that ended with an error.
    pub fn of(step: String, error: Error) -> Self {
        Self { step, reason: error.full_message(), error: Some(error) }
    }
}

impl fmt::Display for StepFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.step, self.reason)
    }
}

impl JobOutcome {
    /// Returns whether every step succeeded.
    pub fn is_success(&self) -> bool {
        self.failures.is_empty()
    }

    /// Returns whether the run was interrupted, and so did not come to its end.
    pub fn is_interrupted(&self) -> bool {
        let kinds = self.failures.iter().filter_map(|failure| failure.error.as_ref());
        kinds.into_iter().any(|error| error.kind() == ErrorKind::Interrupted)
    }

    /// Returns the number of rows in the backups that are complete.
    pub fn rows(&self) -> u64 {
        self.complete().map(|result| result.row_count).sum()
    }

    /// Returns the bytes of the backups that are complete.
    pub fn bytes(&self) -> u64 {
        self.complete().map(|result| result.size_bytes).sum()
    }

    /// Returns the identifiers of the backups that are complete.
    pub fn backup_ids(&self) -> Vec<String> {
        self.complete().map(|result| result.backup_id.clone()).collect()
    }

    fn complete(&self) -> impl Iterator<Item = &BackupResult> {
        self.backups.iter().filter(|result| result.success)
    }
}
