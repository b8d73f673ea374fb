//! What every operation that writes a backup does before its commit, and after its failure.

use std::collections::BTreeMap;

use milvus_backup_core::{
    BackupId, BackupMetadata, BackupPlan, BackupState, CollectionRef, Completion, Error, Lease, ProgressEvent, Result,
    Transaction, WrittenRows,
};

use crate::BackupRepository;

impl BackupRepository {
    /// Checks that no backup of a collection has a name.
    ///
    /// # Errors
    /// [`Error::BackupAlreadyExists`].
    pub(crate) async fn require_unused_name(&self, collection: &CollectionRef, name: &str) -> Result<()> {
        let existing = self.store.list_committed(collection).await?.backups;
        match existing.into_iter().find(|existing| existing.backup_name == name) {
            None => Ok(()),
            Some(existing) => Err(name_taken(collection, existing)),
        }
    }

    /// Commits a backup while the lease of its collection is held. A process that was paused just before and lost it
    /// meanwhile finds out right after, and takes its commit back: its files may be gone.
    pub(crate) async fn commit_leased(
        &self,
        (collection, backup_id): (&CollectionRef, &BackupId),
        transaction: Box<dyn Transaction>,
        (rows, mut completion): (WrittenRows, Completion),
        lease: &dyn Lease,
    ) -> Result<BackupMetadata> {
        completion.lease_epoch = lease.epoch().await?;
        let metadata = transaction.commit(rows, completion).await?;
        if let Err(lost) = lease.check().await {
            self.store.delete(collection, backup_id).await?;
            return Err(lost);
        }
        Ok(metadata)
    }

    /// Removes what a failed backup wrote, and returns the error to report.
    pub(crate) async fn discarded(&self, collection: &CollectionRef, backup_id: &BackupId, error: Error) -> Error {
        if let Err(left) = self.store.discard(collection, backup_id).await {
            let message = format!("cannot remove what the failed backup left: {}", left.full_message());
            self.progress.event(ProgressEvent::Warning { message });
        }
        Error::Backup {
            collection: collection.to_string(),
            backup_id: Some(backup_id.clone()),
            resumable: false,
            source: Box::new(error),
        }
    }
}

/// Returns the error for a name that another backup has.
pub(crate) fn name_taken(collection: &CollectionRef, existing: BackupMetadata) -> Error {
    Error::BackupAlreadyExists {
        collection: collection.to_string(),
        backup_name: existing.backup_name,
        existing: existing.backup_id,
    }
}

/// Returns the event that announces what a plan reads.
pub(crate) fn planned_event(plan: &BackupPlan) -> ProgressEvent {
    let partitions = plan.partitions.iter();
    let partition_rows: BTreeMap<String, u64> =
        partitions.map(|partition| (partition.name.clone(), partition.expected_rows)).collect();
    let total_rows = partition_rows.values().sum();
    let total_bytes = total_rows * plan.description.schema.estimated_row_bytes();
    ProgressEvent::Planned { state: BackupState::InProgress, total_rows, total_bytes, partition_rows }
}
