//! Resume: an interrupted create, continued from the data files that were complete.
//!
//! Must always hold: the backup is completed with the parameters it was started with. A request or a collection that differs is refused
//! with the reason, and what was written stays.

use std::sync::Arc;

use milvus_backup_core::{
    BackupId, BackupParams, BackupPlan, BackupResult, BackupStorageType, CollectionRef, CompressionCodec, Consistency,
    Error, Hint, Result, ScanSession, SourceChoice, SourceKind,
};

use super::job::{CreateJob, Phase, Scan, Written};
use super::scan_targets::scan_targets;
use crate::BackupManager;
use crate::lease::while_held;
use crate::uncommitted::name_taken;

impl BackupManager {
    /// Continues a backup whose create was interrupted. Data files that were complete are hashed again and kept; all
    /// other rows are read. The read point is the first one where the server has snapshots.
    ///
    /// Parameters that were not given are as they were. Whether it succeeds or not, what is complete is kept until
    /// the backup is committed.
    ///
    /// # Errors
    /// [`Error::BackupNotFound`], [`Error::InProgress`] while the create runs, [`Error::Refused`] for a backup that is
    /// complete, and for parameters or a collection that are not as they were; those of
    /// [`BackupManager::create_backup`].
    pub async fn resume_backup(
        &self,
        collection: &CollectionRef,
        backup_id: &BackupId,
        params: &BackupParams,
    ) -> Result<BackupResult> {
        params.validate()?;
        if collection.database != self.catalog.database() {
            return Err(Error::Refused {
                reason: format!("backup {backup_id} is of database `{}`", collection.database),
                hint: Hint::NameDatabase(collection.database.clone()),
            });
        }
        let now = self.repository.environment.clock.now();
        let mut job = CreateJob::begin(self, &collection.name, backup_id.clone(), now, params).await?;
        job.resumed = true;
        job.collection = collection.clone();
        let deadline = job.deadline();
        let written = self.repository.environment.bounded(deadline, Box::pin(job.write_rest())).await;
        Box::pin(job.end(written)).await
    }
}

impl CreateJob<'_> {
    async fn write_rest(&mut self) -> Result<Written> {
        let store = &self.manager.repository.store;
        store.interrupted(&self.collection, &self.backup_id).await?;
        let lease = self.take_lease().await?;
        while_held(lease.as_ref(), self.read_and_write_rest()).await
    }

    async fn read_and_write_rest(&mut self) -> Result<Written> {
        let repository = &self.manager.repository;
        let interrupted = repository.store.interrupted(&self.collection, &self.backup_id).await?;
        let mut plan = fitted(interrupted.plan, self.params)?;
        // The memory of this machine, and not of the one it was started on.
        plan.memory_limit_bytes = repository.config.memory_limit_bytes;
        if let Some(existing) = self.backup_named(&plan.backup_name).await? {
            return Err(name_taken(&plan.collection, existing));
        }
        self.require_as_before(&plan).await?;
        self.source = plan.source;
        self.announce();
        let partitions: Vec<String> = plan.partitions.iter().map(|partition| partition.name.clone()).collect();
        self.make_readable(&plan.description, &partitions).await?;
        self.protect().await?;
        let session = self.reopen_session(&mut plan).await?;
        let units = session.plan(&scan_targets(&plan)).await?;
        let scan = Scan { session, units };
        self.require_space(&plan, &scan, interrupted.size_bytes).await?;
        self.announce_plan(&plan);
        self.phase = Phase::Writing;
        let mut written = self.write(&plan, &scan).await?;
        if plan.read_point.consistency() == Consistency::Fuzzy && interrupted.completed_chunks > 0 {
            let message =
                "the backup was interrupted and resumed: its rows were read by the first run and by the second";
            self.warn(message.to_owned());
            written.completion.limitations.push(message.to_owned());
        }
        Ok(written)
    }

    /// Opens a session at the read point of the first attempt. The segments of that moment may not exist any more: those
    /// of the present are read then, and all of them, since no file is kept whose rows have no order.
    async fn reopen_session(&mut self, plan: &mut BackupPlan) -> Result<Arc<dyn ScanSession>> {
        if plan.source != SourceKind::Segments {
            return self.open_session(&plan.description, Some(plan.read_point)).await;
        }
        let session = self.open_session(&plan.description, None).await?;
        plan.read_point = session.read_point();
        for partition in &mut plan.partitions {
            partition.expected_rows = session.count_rows(&partition.name).await?;
        }
        Ok(session)
    }

    /// The collection must be the one that the backup was started with, as far as this can be checked.
    async fn require_as_before(&self, plan: &BackupPlan) -> Result<()> {
        let milvus = &self.manager.catalog;
        let now = milvus.describe_collection(&plan.collection.name).await?;
        let version = milvus.server_version().await?;
        let mut changed = Vec::new();
        if now.name != plan.collection.name {
            changed.push(format!("`{}` is an alias of collection `{}` now", plan.collection.name, now.name));
        }
        if plan.collection_id.is_some() && plan.collection_id != self.pin.mark.id() {
            changed.push(format!("`{}` is another collection now, created under the same name", plan.collection.name));
        }
        if now.schema != plan.description.schema {
            changed.push("the schema of the collection is another".to_owned());
        }
        let gone = plan.partitions.iter().filter(|partition| !now.partitions.contains(&partition.name));
        changed.extend(gone.map(|partition| format!("partition `{}` does not exist any more", partition.name)));
        if version != plan.milvus_version {
            changed.push(format!("Milvus has version {version}, and had {}", plan.milvus_version));
        }
        if changed.is_empty() { Ok(()) } else { Err(refused(plan, &changed)) }
    }
}

/// The plan, once it is certain that nothing else is asked for.
fn fitted(mut plan: BackupPlan, params: &BackupParams) -> Result<BackupPlan> {
    let mut changed = Vec::new();
    if plan.storage_type == BackupStorageType::MilvusNative {
        return Err(refused(&plan, &["the program that wrote it always starts from the beginning".to_owned()]));
    }
    let mut require = |same: bool, what: &str| {
        if !same {
            changed.push(format!("{what} was another"));
        }
    };
    let asked = match params.source {
        SourceChoice::Query => plan.source == SourceKind::Query,
        SourceChoice::Segments => plan.source == SourceKind::Segments,
        _ => true,
    };
    require(asked, "the source of the rows");
    require(params.backup_name.as_ref().is_none_or(|name| *name == plan.backup_name), "the name");
    require(params.tags.is_empty() || params.tags == plan.tags, "the list of tags");
    let started: Vec<&String> = plan.partitions.iter().map(|partition| &partition.name).collect();
    let asked = &params.partition_names;
    require(
        asked.is_empty() || (asked.len() == started.len() && asked.iter().all(|name| started.contains(&name))),
        "the list of partitions",
    );
    require(params.chunk_size_bytes.is_none_or(|size| size == plan.chunk_size_bytes), "the chunk size");
    require(params.compression_codec.is_none_or(|codec| codec == plan.compression_codec), "the compression");
    let level = params.compression_level.is_none_or(|level| level == plan.compression_level);
    require(level || plan.compression_codec == CompressionCodec::None, "the compression level");
    require(params.checksum_algorithm.is_none_or(|algorithm| algorithm == plan.checksum_algorithm), "the checksum");
    require(params.include_indexes || !plan.include_indexes, "whether indexes are saved");
    require(!params.skip_failed_partitions || plan.skip_failed_partitions, "whether failed partitions are skipped");
    if !changed.is_empty() {
        return Err(refused(&plan, &changed));
    }
    plan.concurrency = params.concurrency.unwrap_or(plan.concurrency);
    Ok(plan)
}

fn refused(plan: &BackupPlan, changed: &[String]) -> Error {
    Error::Refused {
        reason: format!("backup {} cannot be continued: {}", plan.backup_id, changed.join("; ")),
        hint: Hint::NewBackup,
    }
}
