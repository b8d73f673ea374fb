//! The memory limit of a transfer, divided between its workers.

use milvus_backup_core::{BackupPlan, ScanUnit};

/// Maximum size of a page to request, in bytes. Larger pages are not faster.
const PAGE_BYTES: usize = 6 << 20;

/// Minimum memory of a worker in bytes: the parts of an upload alone take 24 MiB.
pub(crate) const MIN_SHARE: usize = 64 << 20;

/// The limits that follow from the memory limit of a backup.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Budget {
    /// Number of units that are read concurrently.
    pub(super) workers: usize,
    /// Size of one page in bytes.
    pub(super) page_bytes: usize,
    /// Size of the column values of one row group in bytes.
    pub(super) row_group_bytes: usize,
}

impl Budget {
    /// Splits the memory between workers. One worker holds a row group being encoded, its encoded form in flight to the
    /// store, and a few pages, each of them as message and as columns.
    pub(super) fn new(plan: &BackupPlan, units: &[ScanUnit]) -> Self {
        let memory = usize::try_from(plan.memory_limit_bytes).unwrap_or(usize::MAX);
        let parts: usize = units.iter().map(|unit| unit.parts).sum();
        let workers = plan.concurrency.min(parts).min(memory / MIN_SHARE).max(1);
        let share = memory / workers;
        // A file is closed after a page: one that is larger than a file would make the file as large.
        let chunk_bytes = usize::try_from(plan.chunk_size_bytes).unwrap_or(usize::MAX);
        Self {
            workers,
            page_bytes: (share / 16).min(chunk_bytes).clamp(256 << 10, PAGE_BYTES),
            row_group_bytes: (share / 8).min(chunk_bytes).clamp(1 << 20, 32 << 20),
        }
    }
}
