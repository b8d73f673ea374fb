//! [`CreateJob`]: one create, with what it knows and what it has to undo.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use milvus_backup_core::{
    BackupId, BackupParams, BackupVersion, CollectionName, CollectionRef, Completion, Error, Lease, Operation,
    PinnedCollection, Result, ScanSession, ScanUnit, SourceKind, Transaction, WrittenRows,
};

use super::shortage::Shortage;
use super::undo_step::Undo;
use crate::BackupManager;
use crate::undo_stack::UndoStack;

/// One create, or one attempt to resume it.
#[derive(Debug)]
pub(super) struct CreateJob<'a> {
    pub(super) manager: &'a BackupManager,
    pub(super) params: &'a BackupParams,
    /// The collection by its own name, even if an alias was requested.
    pub(super) collection: CollectionRef,
    pub(super) pin: PinnedCollection,
    pub(super) backup_id: BackupId,
    pub(super) created_at: Timestamp,
    /// Start of the job, by the monotonic clock.
    pub(super) started: Duration,
    /// Whether it resumes an earlier attempt.
    pub(super) resumed: bool,
    pub(super) phase: Phase,
    pub(super) undo: UndoStack<Undo>,
    pub(super) lease: Option<Arc<dyn Lease>>,
    /// The source that the rows are read from.
    pub(super) source: SourceKind,
    /// The backups of the collection before this one.
    pub(super) previous: Vec<BackupVersion>,
    /// Partitions in which queries find fewer rows than are stored.
    pub(super) shortages: Vec<Shortage>,
}

/// The phase of a create, which determines the consequences of a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    /// Nothing was written yet.
    Preparing,
    /// Files are written that no reader can see.
    Writing,
    /// The backup is complete and listed.
    Committed,
}

/// Written rows, and the facts to record with them.
#[derive(Debug)]
pub(super) struct Written {
    pub(super) transaction: Box<dyn Transaction>,
    pub(super) rows: WrittenRows,
    pub(super) completion: Completion,
}

/// The session that reads the rows, and its units.
#[derive(Debug)]
pub(super) struct Scan {
    pub(super) session: Arc<dyn ScanSession>,
    pub(super) units: Vec<ScanUnit>,
}

impl<'a> CreateJob<'a> {
    /// Pins the collection that a name refers to: from here on, its own name is used, and it must remain the same.
    pub(super) async fn begin(
        manager: &'a BackupManager,
        asked: &CollectionName,
        backup_id: BackupId,
        created_at: Timestamp,
        params: &'a BackupParams,
    ) -> Result<Self> {
        let environment = &manager.repository.environment;
        let started = environment.clock.elapsed();
        let pin = environment.bounded(deadline(manager, params), manager.pin(asked)).await?;
        let mut undo = UndoStack::default();
        undo.push(Undo::Unpin);
        let collection = manager.collection(&pin.name)?;
        Ok(Self {
            manager,
            params,
            collection,
            pin,
            backup_id,
            created_at,
            started,
            resumed: false,
            phase: Phase::Preparing,
            undo,
            lease: None,
            source: SourceKind::Query,
            previous: Vec::new(),
            shortages: Vec::new(),
        })
    }

    pub(super) fn deadline(&self) -> Duration {
        deadline(self.manager, self.params)
    }

    /// Acquires the lease of the collection, which this job holds until its end.
    pub(super) async fn take_lease(&mut self) -> Result<Arc<dyn Lease>> {
        let repository = &self.manager.repository;
        let lease = repository.store.lease(&self.collection, Operation::Create, &repository.environment).await?;
        self.undo.push(Undo::Release(Arc::clone(&lease)));
        self.lease = Some(Arc::clone(&lease));
        Ok(lease)
    }

    /// Returns the lease that this job holds.
    pub(super) fn lease(&self) -> Result<&dyn Lease> {
        let missing = || Error::Internal { action: "commit a backup".to_owned(), source: "no lease was taken".into() };
        self.lease.as_deref().ok_or_else(missing)
    }
}

/// Returns the time that a create may take up to its commit.
fn deadline(manager: &BackupManager, params: &BackupParams) -> Duration {
    params.timeout.unwrap_or(manager.repository.config.default_backup_timeout)
}
