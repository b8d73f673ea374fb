//! A create whose files another program writes.
//!
//! Must always hold: what the program wrote is committed only after its files were hashed, and after the collection was
//! found to be the same one.

use futures::future::try_join_all;
use milvus_backup_core::{
    AffectedOperation, Backend, BackupPlan, BackupType, CollectionDescription, Completion, Error, Operation, Payload,
    PayloadRequest, ReadPoint, Result, SourceChoice, SourceKind, WrittenRows,
};

use super::job::{CreateJob, Phase, Written};
use super::limitations::collection_limitations;
use super::plan::RowsToRead;
use super::undo_step::Undo;

impl CreateJob<'_> {
    /// Checks, before anything is written, that the program can do what is asked for.
    ///
    /// # Errors
    /// [`Error::Unsupported`] for parameters that the program cannot honour.
    pub(super) async fn require_backend(&mut self, backend: &dyn Backend) -> Result<()> {
        self.source = SourceKind::Segments;
        let asked = [
            (self.params.backup_type == BackupType::Partition, "backups of single partitions"),
            (self.params.source == SourceChoice::Query, "a choice of the source of rows"),
            (self.params.skip_failed_partitions, "backups without failed partitions"),
            (self.params.protect_from_compaction, "protection from compaction"),
        ];
        if let Some((_, what)) = asked.iter().find(|(asked, _)| *asked) {
            let what = format!("{what} by milvus-backup; a local backup of the collection has it");
            return Err(Error::Unsupported { what });
        }
        backend.require_usable(Operation::Create, &self.collection).await
    }

    /// Lets the program write the files, and checks what it wrote.
    pub(super) async fn write_by(
        &mut self,
        backend: &dyn Backend,
        description: CollectionDescription,
        partitions: Vec<String>,
        backup_name: String,
    ) -> Result<Written> {
        let plan = self.physical_plan(description, partitions, backup_name).await?;
        self.require_space_for_copy(&plan).await?;
        self.announce_plan(&plan);
        self.manager.warn_of_known_issues(AffectedOperation::Create).await?;
        self.phase = Phase::Writing;
        self.undo.push(Undo::Discard(None));
        let repository = &self.manager.repository;
        let transaction = repository.store.begin(&plan).await?;
        let request = PayloadRequest {
            collection: &plan.collection,
            backup_id: &plan.backup_id,
            description: &plan.description,
            checksum_algorithm: plan.checksum_algorithm,
        };
        let create = async |progress: std::sync::Arc<dyn milvus_backup_core::Progress>| {
            backend.create(&request, progress.as_ref()).await
        };
        let payload = self.manager.watched(&repository.progress, create).await?;
        let completion = self.complete_copy(&plan, &payload).await?;
        let Payload { partitions, native, .. } = payload;
        let rows = WrittenRows { partitions, failed: Vec::new(), native: Some(native) };
        Ok(Written { transaction, rows, completion })
    }

    /// Creates the plan. The numbers of rows are those of the statistics, in which deleted rows count.
    async fn physical_plan(
        &self,
        mut description: CollectionDescription,
        partitions: Vec<String>,
        backup_name: String,
    ) -> Result<BackupPlan> {
        let database_properties = self.database_properties(&mut description).await?;
        let addressable = !description.schema.has_partition_key();
        let count = |partition: &String| {
            let partition = addressable.then(|| partition.clone());
            async move { self.manager.sink.stored_rows(&self.collection.name, partition.as_deref()).await }
        };
        let counts = try_join_all(partitions.iter().map(count)).await?;
        let was_loaded = self.is_loaded(&description, &partitions).await?;
        let rows = RowsToRead { partitions, counts, read_point: ReadPoint::Unknown, was_loaded };
        let mut plan = self.plan_of(description, database_properties, rows, backup_name).await?;
        // The files are copies of those of the server.
        plan.compression_enabled = false;
        plan.compression_codec = milvus_backup_core::CompressionCodec::None;
        Ok(plan)
    }

    /// Compares the estimated size of all rows with the free space.
    async fn require_space_for_copy(&self, plan: &BackupPlan) -> Result<()> {
        let repository = &self.manager.repository;
        let Some(available_bytes) = repository.store.available_bytes().await? else { return Ok(()) };
        let rows: u64 = plan.partitions.iter().map(|partition| partition.expected_rows).sum();
        let required_bytes = rows.saturating_mul(plan.description.schema.estimated_row_bytes());
        repository.require_space(required_bytes, available_bytes)
    }

    async fn complete_copy(&self, plan: &BackupPlan, payload: &Payload) -> Result<Completion> {
        let found = |name: &str| payload.partitions.iter().find(|partition| partition.name == name);
        let written: Vec<Option<u64>> =
            plan.partitions.iter().map(|partition| Some(found(&partition.name)?.row_count)).collect();
        if let Some(missing) = plan.partitions.iter().zip(&written).find(|(_, rows)| rows.is_none()) {
            let message = format!("milvus-backup wrote nothing for partition `{}`", missing.0.name);
            return Err(Error::Protocol { message });
        }
        self.require_unchanged(plan, &written).await?;
        let mut limitations = collection_limitations(plan);
        limitations.extend(payload.limitations.iter().cloned());
        self.completion(plan, &written, limitations).await
    }
}
