//! The export of one backup.
//!
//! Must always hold: the exported backup becomes visible only when it is complete, and the backup that it is made from is
//! only read.

use std::sync::Arc;

use milvus_backup_core::{
    BackupId, BackupMetadata, BackupParams, BackupPlan, BackupResult, CollectionRef, Completion, Error, Hint, Lease,
    Operation, Result, ScanSession, StoredBackup, VerifiedBackup, WrittenRows,
};

use crate::BackupRepository;
use crate::create::scan_targets;
use crate::lease::while_held;
use crate::transfer::BackupTransfer;
use crate::uncommitted::planned_event;
use crate::verify::is_physical;

impl BackupRepository {
    /// Writes the rows of a backup that another program made as a logical backup into `destination`, which may be this
    /// repository. It has a new identifier, the time of the original, and the digests of its rows, and can be restored into
    /// any server. Needs neither the program nor a server.
    ///
    /// The files are compared with their digests first, unless the configuration says that nothing is verified before a
    /// restore. Of `params`, the name, tags, chunk size, concurrency, compression, digest algorithm, deadline, and whether to
    /// verify afterwards apply.
    ///
    /// # Errors
    /// [`Error::Refused`] for a logical backup, [`Error::Corrupted`] for damage, [`Error::BackupAlreadyExists`] if the
    /// destination has a backup of this name, and those of the stores. What was written is removed then.
    pub async fn export_backup(
        &self,
        collection: &CollectionRef,
        backup_id: &BackupId,
        destination: &Self,
        params: &BackupParams,
    ) -> Result<BackupResult> {
        params.validate()?;
        self.report_copy(backup_id, collection);
        let started = self.environment.clock.elapsed();
        let deadline = params.timeout.unwrap_or(self.config.default_backup_timeout);
        let metadata = self
            .environment
            .bounded(deadline, Box::pin(self.export(collection, backup_id, destination, params)))
            .await?;
        let mut result = BackupResult::of(metadata);
        result.execution_time_ms = self.milliseconds_since(started);
        Ok(result)
    }

    async fn export(
        &self,
        collection: &CollectionRef,
        backup_id: &BackupId,
        destination: &Self,
        params: &BackupParams,
    ) -> Result<BackupMetadata> {
        let backup = self.store.open(collection, backup_id).await?;
        if !is_physical(&backup.metadata) {
            return Err(Error::Refused {
                reason: format!("backup {backup_id} consists of Parquet files already"),
                hint: Hint::from("copy it to another root instead"),
            });
        }
        if self.config.auto_verify_before_restore {
            self.require_verified(collection, backup_id, VerifiedBackup::Existing).await?;
        }
        let session = self.open_physical(&backup).await?;
        destination.store.prepare(&destination.environment).await?;
        let environment = &destination.environment;
        let lease = destination.store.lease(collection, Operation::Create, environment).await?;
        let job = ExportJob { source: self, destination, params, backup: &backup, session: session.as_ref() };
        let exported = while_held(lease.as_ref(), job.run(lease.as_ref())).await;
        lease.release().await;
        exported
    }
}

/// One export of one backup.
#[derive(Debug)]
pub(super) struct ExportJob<'a> {
    pub(super) source: &'a BackupRepository,
    pub(super) destination: &'a BackupRepository,
    pub(super) params: &'a BackupParams,
    pub(super) backup: &'a StoredBackup,
    pub(super) session: &'a dyn ScanSession,
}

impl ExportJob<'_> {
    async fn run(&self, lease: &dyn Lease) -> Result<BackupMetadata> {
        let plan = self.plan().await?;
        self.destination.require_unused_name(&plan.collection, &plan.backup_name).await?;
        self.source.progress.event(planned_event(&plan));
        let written = self.write_and_commit(&plan, lease).await;
        match written {
            Ok(metadata) => self.verified(&plan, metadata).await,
            Err(error) => Err(self.destination.discarded(&plan.collection, &plan.backup_id, error).await),
        }
    }

    async fn write_and_commit(&self, plan: &BackupPlan, lease: &dyn Lease) -> Result<BackupMetadata> {
        let destination = self.destination;
        let writers = destination.format.writers(&plan.collection, &plan.backup_id, Arc::new(plan.encoding()));
        let transaction = destination.store.begin(plan).await?;
        let transfer = BackupTransfer {
            plan,
            session: self.session,
            transaction: transaction.as_ref(),
            writers: writers.as_ref(),
            retries: destination.config.retry_policy(),
            environment: &destination.environment,
            progress: Arc::clone(&self.source.progress),
        };
        let units = self.session.plan(&scan_targets(plan)).await?;
        let rows = transfer.write(&units).await;
        writers.settle().await;
        let rows = rows?;
        self.require_all(&rows)?;
        let mut limitations = self.backup.metadata.limitations.clone();
        limitations.push(format!("exported from native backup {}", self.backup.metadata.backup_id));
        let completed_at = destination.environment.clock.now();
        let completion = Completion { completed_at, lease_epoch: 0, limitations };
        let place = (&plan.collection, &plan.backup_id);
        destination.commit_leased(place, transaction, (rows, completion), lease).await
    }

    /// Compares the rows of each partition with those that were recorded when the backup was made.
    fn require_all(&self, rows: &WrittenRows) -> Result<()> {
        for partition in &self.backup.manifest.partitions {
            let (name, recorded) = (&partition.name, partition.row_count);
            let written = rows.rows_of(name).unwrap_or_default();
            if written != recorded {
                let message =
                    format!("{written} rows of partition `{name}` were exported, and {recorded} are recorded");
                return Err(Error::Protocol { message });
            }
        }
        Ok(())
    }

    async fn verified(&self, plan: &BackupPlan, mut metadata: BackupMetadata) -> Result<BackupMetadata> {
        if self.params.verify_after.unwrap_or(self.destination.config.auto_verify_after_backup) {
            let verified = self.destination.require_verified(&plan.collection, &plan.backup_id, VerifiedBackup::New);
            metadata.set_verifications(vec![verified.await?]);
        }
        Ok(metadata)
    }
}
