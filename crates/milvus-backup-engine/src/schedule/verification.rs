//! A round of verifications over a repository, within a budget of time.

use std::time::Duration;

use milvus_backup_core::{ErrorKind, Result, VerificationParams, VerificationResult, VerificationType};

use super::rotation::{Unverified, unverified};
use crate::{BackupManager, BackupRepository};

/// A round of verifications: which backups are due, and for how long the round may start new ones.
#[derive(Debug, Clone)]
pub struct VerificationRound {
    /// The parameters of each verification.
    pub params: VerificationParams,
    /// Age of the last verification from which a backup is due again.
    pub older_than: Duration,
    /// Time after which no further verification is started; `None` for no limit.
    pub budget: Option<Duration>,
}

impl VerificationRound {
    /// Verifies the backups of a repository that are due, those that wait for the longest time first, and passes each
    /// outcome to `report`. `manager` is needed for a deep verification. Returns the number of backups that are still due
    /// because the budget is used up.
    ///
    /// # Errors
    /// Those of the list of the repository; [`milvus_backup_core::Error::Interrupted`] after an interrupt.
    pub async fn run(
        &self,
        repository: &BackupRepository,
        manager: Option<&BackupManager>,
        mut report: impl FnMut(&Unverified, Result<VerificationResult>),
    ) -> Result<usize> {
        let listing = repository.list_backups(None).await?;
        let now = repository.environment.clock.now();
        let due = unverified(&listing.backups, self.params.verification_type, self.older_than, now);
        let started = repository.environment.elapsed();
        for (at, backup) in due.iter().enumerate() {
            let passed = repository.environment.elapsed().saturating_sub(started);
            if self.budget.is_some_and(|budget| passed >= budget) {
                return Ok(due.len() - at);
            }
            let outcome = match (manager, self.params.verification_type) {
                (Some(manager), VerificationType::Deep) => {
                    manager.verify_backup(&backup.collection, &backup.backup_id, &self.params).await
                }
                _ => repository.verify_backup(&backup.collection, &backup.backup_id, &self.params).await,
            };
            match outcome {
                Err(error) if error.kind() == ErrorKind::Interrupted => return Err(error),
                // Another process deleted it meanwhile.
                Err(error) if error.kind() == ErrorKind::NotFound => {}
                outcome => report(backup, outcome),
            }
        }
        Ok(0)
    }
}
