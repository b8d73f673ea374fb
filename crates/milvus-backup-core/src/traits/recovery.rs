//! What keeps operations apart, and what dead ones leave.

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
    /// Returns the epoch of the lease, once it is certain that it is still held: a process that was paused for long may
    /// have lost it. Epochs of one lease grow with each renewal, and that of a successor is higher.
    ///
    /// # Errors
    /// [`crate::Error::InProgress`] once another operation took it over.
    async fn check(&self) -> Result<u64>;

    /// Completes when the lease is lost, and never otherwise. The operation that holds it stops then. Cancel-safe.
    fn lost(&self) -> BoxFuture<'static, ()>;

    /// Gives the lease back. One that was lost stays with the operation that has it now.
    async fn release(&self);
}

/// What is known of the process that owns something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum OwnerState {
    /// It runs, on this machine.
    Running,
    /// It ran on this machine, and does not run any more.
    Dead,
    /// It is of another machine, or nothing is known of it.
    Unknown,
}

/// A backup that was begun and not committed: being written, or left by an operation that died.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IncompleteBackup {
    /// The collection.
    pub collection: CollectionRef,
    /// Its identifier, which tells when it was begun.
    pub backup_id: BackupId,
    /// Its files.
    pub files: u64,
    /// Bytes of all files.
    pub size_bytes: u64,
    /// Who writes it.
    pub owner: OwnerState,
}

/// A backup that was cut off, as far as it can be continued.
#[derive(Debug, Clone)]
pub struct InterruptedBackup {
    /// How it was begun.
    pub plan: BackupPlan,
    /// Data files that were noted as complete. They are believed only after they were hashed again.
    pub completed_chunks: u64,
    /// Bytes of all files.
    pub size_bytes: u64,
}

/// A collection that a restore or a deep verification is making under a name of its own, or left when it died.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnfinishedCollection {
    /// Its name.
    pub name: CollectionName,
    /// The name it is to get.
    pub target: CollectionName,
    /// The database it is in.
    pub database: String,
    /// The address of the Milvus it is on, without credentials.
    pub uri: String,
    /// The backup that is read.
    pub backup_id: BackupId,
    /// When it was begun (UTC).
    pub started_at: Timestamp,
}
