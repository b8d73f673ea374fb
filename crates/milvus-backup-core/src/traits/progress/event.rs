//! The events of a running operation.

use std::collections::BTreeMap;
use std::fmt::Debug;

use serde::Serialize;

use crate::model::BackupState;
use crate::names::BackupId;

/// The operations that report progress.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Operation {
    /// Rows are written to the store.
    Create,
    /// Rows are inserted into Milvus.
    Restore,
    /// Files are compared with digests.
    Verify,
    /// Backups are deleted from the store.
    Delete,
    /// Files are copied to another store.
    Copy,
}

/// An event during an operation. Counts are increments, not totals.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
#[non_exhaustive]
pub enum ProgressEvent {
    /// An operation starts. It is the first event unless a warning precedes it; a deep verification also starts a
    /// restore.
    Started {
        /// The kind of the operation.
        operation: Operation,
        /// The backup that it concerns.
        backup_id: BackupId,
        /// The collection that it concerns.
        collection: String,
    },
    /// The amount of work is known, and none of it is done yet. A verification after a create or before a restore has
    /// its own event.
    Planned {
        /// The phase that the amounts apply to.
        state: BackupState,
        /// Total number of rows; 0 for a verification, which counts bytes.
        total_rows: u64,
        /// Total number of bytes; an estimate for a create.
        total_bytes: u64,
        /// Number of rows of each partition; empty for a verification.
        partition_rows: BTreeMap<String, u64>,
    },
    /// Rows of a partition were moved, or bytes of a file verified.
    Advanced {
        /// The partition, or the file of a verification.
        partition: String,
        /// The number of rows.
        rows: u64,
        /// Number of bytes of column values, or of files in a verification.
        bytes: u64,
    },
    /// Rows of a partition that were counted are read again, because the data written from them was discarded.
    Discarded {
        /// The name of the partition.
        partition: String,
        /// The number of rows.
        rows: u64,
        /// The number of bytes of column values.
        bytes: u64,
    },
    /// All rows of a partition were moved.
    PartitionFinished {
        /// The name of the partition.
        partition: String,
        /// The number of its rows.
        rows: u64,
    },
    /// The operation enters another phase.
    StateChanged {
        /// The phase that starts.
        state: BackupState,
        /// Human-readable description of the phase.
        message: String,
    },
    /// A condition that the user should know about, but that does not stop the operation.
    Warning {
        /// The text of the warning.
        message: String,
    },
}

/// A listener for progress. It is called from many tasks and must not block.
pub trait Progress: Send + Sync + Debug {
    /// Reports that an event occurred.
    fn event(&self, event: ProgressEvent);
}

/// A listener that ignores everything.
#[derive(Debug, Clone, Copy, Default)]
pub struct Silent;

impl Progress for Silent {
    fn event(&self, _: ProgressEvent) {}
}
