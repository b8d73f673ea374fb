//! From rows that are written to a backup that is committed.

use futures::future::try_join_all;
use milvus_backup_core::{
    BackupMetadata, BackupParams, BackupPlan, BackupType, Completion, Error, PendingBackup, ProgressEvent, Result,
    row_loss,
};

use super::attempt::Attempt;
use super::limitations::collection_limitations;
use crate::BackupManager;

impl BackupManager {
    /// Counts again, and says what the backup cannot bring back.
    pub(super) async fn complete(
        &self,
        attempt: &Attempt,
        plan: &BackupPlan,
        pending: &dyn PendingBackup,
        params: &BackupParams,
    ) -> Result<Completion> {
        let name = &plan.collection.name;
        let written = pending.rows_per_partition();
        self.require_unchanged(plan, &written).await?;
        let counts = try_join_all(plan.partitions.iter().zip(&written).map(|(partition, written)| async move {
            if written.is_none() {
                return Ok(None);
            }
            let addressed = partition.addressable.then_some(partition.name.as_str());
            self.milvus.count_rows(name, &plan.description.schema, addressed, plan.read_point).await.map(Some)
        }))
        .await?;
        let failed = pending.failed_partitions().iter();
        let mut limitations: Vec<String> =
            failed.map(|failed| format!("partition `{}` is missing: {}", failed.name, failed.error)).collect();
        limitations.extend(collection_limitations(plan));
        let shortages = attempt.shortages.get().map(Vec::as_slice).unwrap_or_default();
        let differences = self.compare_counts(plan, &written, &counts, shortages).await?;
        if params.strict && !differences.unexplained.is_empty() {
            return Err(Error::RowsUnexplained { differences: differences.unexplained });
        }
        limitations.extend(differences.sentences);
        limitations.extend(self.row_loss(attempt, plan, &written));
        // Last, since everything until here goes by name.
        self.require_unmoved(&attempt.pin).await?;
        for message in &limitations {
            self.repository.progress.event(ProgressEvent::Warning { message: message.clone() });
        }
        Ok(Completion { completed_at: self.repository.environment.clock.now(), limitations, lease_epoch: 0 })
    }

    /// A full backup with far fewer rows than the one before it says so: the collection may have been emptied by mistake.
    fn row_loss(&self, attempt: &Attempt, plan: &BackupPlan, written: &[Option<u64>]) -> Option<String> {
        if plan.backup_type == BackupType::Partition {
            return None;
        }
        let rows = written.iter().copied().sum::<Option<u64>>()?;
        row_loss(attempt.previous.get()?, rows, self.repository.config.min_rows_ratio)
    }

    /// Some servers return no rows, and no error, for a partition that was dropped: it did not fail, and is not whole.
    ///
    /// # Errors
    /// [`Error::PartitionNotFound`], and [`Error::Protocol`] for another schema: the collection was made anew.
    async fn require_unchanged(&self, plan: &BackupPlan, written: &[Option<u64>]) -> Result<()> {
        let name = &plan.collection.name;
        let now = self.milvus.describe_collection(name).await?;
        if now.schema.fields != plan.description.schema.fields {
            return Err(Error::Protocol { message: format!("the fields of `{name}` changed while it was read") });
        }
        let read = plan.partitions.iter().zip(written).filter(|(_, written)| written.is_some());
        let mut addressed = read.map(|(partition, _)| partition).filter(|partition| partition.addressable);
        match addressed.find(|partition| !now.partitions.contains(&partition.name)) {
            Some(dropped) => Err(Error::PartitionNotFound {
                partition: dropped.name.clone(),
                owner: name.to_string(),
                available: now.partitions,
            }),
            None => Ok(()),
        }
    }

    /// Commits while the lock is held. A process that was paused just before and lost it meanwhile finds out right
    /// after, and takes its commit back: its files may be gone.
    pub(super) async fn commit(
        &self,
        attempt: &Attempt,
        pending: Box<dyn PendingBackup>,
        mut completion: Completion,
    ) -> Result<BackupMetadata> {
        completion.lease_epoch = attempt.require_lock().await?;
        let metadata = pending.commit(completion).await?;
        if let Err(lost) = attempt.require_lock().await {
            self.repository.store.delete(&attempt.collection, &attempt.backup_id).await?;
            return Err(lost);
        }
        Ok(metadata)
    }
}
