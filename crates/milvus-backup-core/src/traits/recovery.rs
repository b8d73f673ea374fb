//! The exclusion of concurrent operations, and the recovery from interrupted ones.

use std::fmt::Debug;

use async_trait::async_trait;
use futures::future::BoxFuture;
use jiff::Timestamp;
use serde::Serialize;

use super::plans::BackupPlan;
use crate::error::Result;
use crate::names::{BackupId, CollectionName, CollectionRef};

/// An exclusive lease on the backups of one collection.
#[async_trait]
pub trait Lease: Send + Sync + Debug {
    /// Returns the epoch of the lease after confirming that it is still held: a process that was paused may have lost
    /// it. The epoch of a lease grows with each renewal, and that of a successor is higher.
    ///
    /// # Errors
    /// [`crate::Error::InProgress`] if another operation took the lease over.
    async fn check(&self) -> Result<u64>;

    /// Returns the epoch of the lease like [`Lease::check`], but asks the store only if the lease was not confirmed a
    /// moment ago. A step that relies on it must be followed by a check.
    ///
    /// # Errors
    /// The same errors as [`Lease::check`].
    async fn epoch(&self) -> Result<u64> {
        self.check().await
    }

    /// Completes when the lease is lost, and never otherwise. The operation that holds it must stop then. Cancel-safe.
    fn lost(&self) -> BoxFuture<'static, ()>;

    /// Releases the lease. A lost lease remains with the operation that holds it now.
    async fn release(&self);
}

/// The state of the process that owns a resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum OwnerState {
    /// The process is running on this machine.
    Running,
    /// The process ran on this machine, and has ended.
    Dead,
    /// The process is on another machine, or its state is unknown.
    Unknown,
}

/// A backup that was started and not committed: in progress, or incomplete because its operation died.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IncompleteBackup {
    /// The collection of the backup.
    pub collection: CollectionRef,
    /// Its identifier, which contains the time at which it was started.
    pub backup_id: BackupId,
    /// Number of files of the backup.
    pub files: u64,
    /// Bytes of all files of the backup.
    pub size_bytes: u64,
    /// The state of the process that writes it.
    pub owner: OwnerState,
}

/// An interrupted backup, as far as it can be resumed.
#[derive(Debug, Clone)]
pub struct InterruptedBackup {
    /// The plan with which it was started.
    pub plan: BackupPlan,
    /// Number of data files that were recorded as complete. They are used only after their digests are recomputed.
    pub completed_chunks: u64,
    /// Bytes of all files of the backup.
    pub size_bytes: u64,
}

/// A collection that a restore or a deep verification creates under a temporary name, or that is orphaned because the
/// operation died.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StagingCollection {
    /// The temporary name of the collection.
    pub name: CollectionName,
    /// The final name of the collection.
    pub target: CollectionName,
    /// The database of the collection.
    pub database: String,
    /// The address of its Milvus server, without credentials.
    pub uri: String,
    /// The backup that is being restored.
    pub backup_id: BackupId,
    /// Time at which the operation was started (UTC).
    pub started_at: Timestamp,
}
