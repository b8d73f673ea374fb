//! The adoption of one collection of a foreign backup.
//!
//! Must always hold: the foreign backup is only read, and what is taken in is committed only after all its rows were decoded.

use milvus_backup_core::{
    BackupMetadata, BackupParams, BackupResult, CollectionRef, Completion, ForeignBackups, Lease, Operation, Payload,
    PayloadRequest, Result, WrittenRows,
};

use super::plan::adoption_plan;
use crate::BackupRepository;
use crate::create::collection_limitations;
use crate::lease::while_held;
use crate::uncommitted::planned_event;

impl BackupRepository {
    /// Takes a collection of a foreign backup into this repository, as a native backup that is listed, verified, exported,
    /// restored and retained like those that this program made. Its files are copied and hashed, and all rows decoded, before
    /// it becomes visible.
    ///
    /// Of `params`, the name, tags, digest algorithm and deadline apply.
    ///
    /// # Errors
    /// [`milvus_backup_core::Error::BackupNotFound`], [`milvus_backup_core::Error::Corrupted`] for damage,
    /// [`milvus_backup_core::Error::Unsupported`] for a definition or files that
    /// cannot be kept, [`milvus_backup_core::Error::BackupAlreadyExists`], and those of the stores. What was written is removed then.
    pub async fn adopt_backup(
        &self,
        foreign: &dyn ForeignBackups,
        name: &str,
        collection: &CollectionRef,
        params: &BackupParams,
    ) -> Result<BackupResult> {
        params.validate()?;
        let started = self.environment.clock.elapsed();
        let deadline = params.timeout.unwrap_or(self.config.default_backup_timeout);
        let adopted =
            self.environment.bounded(deadline, Box::pin(self.adopt(foreign, name, collection, params))).await?;
        let mut result = BackupResult::of(adopted);
        result.execution_time_ms = self.milliseconds_since(started);
        Ok(result)
    }

    async fn adopt(
        &self,
        foreign: &dyn ForeignBackups,
        name: &str,
        collection: &CollectionRef,
        params: &BackupParams,
    ) -> Result<BackupMetadata> {
        let found = foreign.describe(name, collection).await?;
        self.store.prepare(&self.environment).await?;
        let lease = self.store.lease(collection, Operation::Create, &self.environment).await?;
        let plan = adoption_plan(self, collection, name, found, params)?;
        let job = AdoptJob { repository: self, foreign, name, plan };
        let adopted = while_held(lease.as_ref(), job.run(lease.as_ref())).await;
        lease.release().await;
        adopted
    }
}

/// One adoption, with its plan.
#[derive(Debug)]
struct AdoptJob<'a> {
    repository: &'a BackupRepository,
    foreign: &'a dyn ForeignBackups,
    name: &'a str,
    plan: milvus_backup_core::BackupPlan,
}

impl AdoptJob<'_> {
    async fn run(&self, lease: &dyn Lease) -> Result<BackupMetadata> {
        let (repository, plan) = (self.repository, &self.plan);
        repository.require_unused_name(&plan.collection, &plan.backup_name).await?;
        repository.report_copy(&plan.backup_id, &plan.collection);
        repository.progress.event(planned_event(plan));
        let taken = self.take(lease).await;
        match taken {
            Ok(metadata) => Ok(metadata),
            Err(error) => Err(repository.discarded(&plan.collection, &plan.backup_id, error).await),
        }
    }

    async fn take(&self, lease: &dyn Lease) -> Result<BackupMetadata> {
        let (repository, plan) = (self.repository, &self.plan);
        let transaction = repository.store.begin(plan).await?;
        let request = PayloadRequest {
            collection: &plan.collection,
            backup_id: &plan.backup_id,
            description: &plan.description,
            checksum_algorithm: plan.checksum_algorithm,
        };
        let payload = self.foreign.take(self.name, &request, repository.progress.as_ref()).await?;
        let Payload { partitions, native, mut limitations } = payload;
        limitations.extend(collection_limitations(plan));
        limitations.push(format!("adopted from `{}` at {}", self.name, self.foreign.location()));
        let rows = WrittenRows { partitions, failed: Vec::new(), native: Some(native) };
        let completed_at = repository.environment.clock.now();
        let completion = Completion { completed_at, lease_epoch: 0, limitations };
        let place = (&plan.collection, &plan.backup_id);
        repository.commit_leased(place, transaction, (rows, completion), lease).await
    }
}
