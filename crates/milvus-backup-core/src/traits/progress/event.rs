//! What happens while an operation runs.

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
    /// Out of the store.
    Delete,
}

/// One thing that happened. Counts are increments, not totals.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
#[non_exhaustive]
pub enum ProgressEvent {
    /// An operation begins. Its first event, unless a warning comes before; a deep verification begins a restore on its
    /// way.
    Started {
        /// What the operation does.
        operation: Operation,
        /// The backup that it concerns.
        backup_id: BackupId,
        /// The collection that it concerns.
        collection: String,
    },
    /// It is known how much there is to do, and nothing of it is done yet. A verification after a create or before a
    /// restore has one of its own.
    Planned {
        /// The phase that this is for.
        state: BackupState,
        /// Rows in all; 0 for a verification, which counts bytes.
        total_rows: u64,
        /// Bytes in all; an estimate for a create.
        total_bytes: u64,
        /// Rows of each partition; none for a verification.
        partition_rows: BTreeMap<String, u64>,
    },
    /// Rows of a partition were moved, or bytes of a file verified.
    Advanced {
        /// The partition, or the file of a verification.
        partition: String,
        /// The number of rows.
        rows: u64,
        /// Bytes of column values, or of files in a verification.
        bytes: u64,
    },
    /// Rows of a partition that were counted are read again, because what was made of them could not be kept.
    Discarded {
        /// The name of the partition.
        partition: String,
        /// The number of rows.
        rows: u64,
        /// Bytes of column values.
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
        /// The phase that started.
        state: BackupState,
        /// The phase in words.
        message: String,
    },
    /// Something the user should know, but which does not stop the operation.
    Warning {
        /// The text of the warning.
        message: String,
    },
}

/// Listens to progress. Called from many tasks; must not block.
pub trait Progress: Send + Sync + Debug {
    /// Reports that something happened.
    fn event(&self, event: ProgressEvent);
}

/// A listener that ignores everything.
#[derive(Debug, Clone, Copy, Default)]
pub struct Silent;

impl Progress for Silent {
    fn event(&self, _: ProgressEvent) {}
}
