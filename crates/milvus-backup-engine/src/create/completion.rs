//! From rows that are written to a backup that is committed.

use futures::future::try_join_all;
use milvus_backup_core::{
    BackupMetadata, BackupPlan, BackupType, Completion, Error, ProgressEvent, Result, ScanSession, WrittenRows,
    row_loss,
};

use super::job::{CreateJob, Written};
use super::limitations::collection_limitations;

impl CreateJob<'_> {
    /// Counts again, and says what the backup cannot bring back.
    pub(super) async fn complete(
        &self,
        plan: &BackupPlan,
        session: &dyn ScanSession,
        rows: &WrittenRows,
    ) -> Result<Completion> {
        let written: Vec<Option<u64>> = plan.partitions.iter().map(|partition| rows.rows_of(&partition.name)).collect();
        self.require_unchanged(plan, &written).await?;
        let counts = try_join_all(plan.partitions.iter().zip(&written).map(|(partition, written)| async move {
            if written.is_none() {
                return Ok(None);
            }
            session.count_rows(&partition.name).await.map(Some)
        }))
        .await?;
        let failed = rows.failed.iter();
        let mut limitations: Vec<String> =
            failed.map(|failed| format!("partition `{}` is missing: {}", failed.name, failed.error)).collect();
        limitations.extend(collection_limitations(plan));
        let differences = self.compare_counts(plan, session, &written, &counts).await?;
        if self.params.strict && !differences.unexplained.is_empty() {
            return Err(Error::RowsUnexplained { differences: differences.unexplained });
        }
        limitations.extend(differences.sentences);
        self.completion(plan, &written, limitations).await
    }

    /// Returns the facts to record with these rows, after checking that the collection is still the same one.
    pub(super) async fn completion(
        &self,
        plan: &BackupPlan,
        written: &[Option<u64>],
        mut limitations: Vec<String>,
    ) -> Result<Completion> {
        limitations.extend(self.row_loss(plan, written));
        // Last, since everything until here goes by name.
        self.manager.require_unmoved(&self.pin).await?;
        for message in &limitations {
            self.manager.repository.progress.event(ProgressEvent::Warning { message: message.clone() });
        }
        Ok(Completion { completed_at: self.manager.repository.environment.clock.now(), limitations, lease_epoch: 0 })
    }

    /// A full backup with far fewer rows than the one before it says so: the collection may have been emptied by mistake.
    fn row_loss(&self, plan: &BackupPlan, written: &[Option<u64>]) -> Option<String> {
        if plan.backup_type == BackupType::Partition {
            return None;
        }
        let rows = written.iter().copied().sum::<Option<u64>>()?;
        row_loss(&self.previous, rows, self.manager.repository.config.min_rows_ratio)
    }

    /// Some servers return no rows, and no error, for a partition that was dropped: it did not fail, and is incomplete.
    ///
    /// # Errors
    /// [`Error::PartitionNotFound`], and [`Error::Protocol`] for another schema: the collection was recreated.
    pub(super) async fn require_unchanged(&self, plan: &BackupPlan, written: &[Option<u64>]) -> Result<()> {
        let name = &plan.collection.name;
        let now = self.manager.catalog.describe_collection(name).await?;
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

    /// Commits what was written, while the lease of this job is held.
    pub(super) async fn commit(&self, written: Written) -> Result<BackupMetadata> {
        let Written { transaction, rows, completion } = written;
        let place = (&self.collection, &self.backup_id);
        self.manager.repository.commit_leased(place, transaction, (rows, completion), self.lease()?).await
    }
}
