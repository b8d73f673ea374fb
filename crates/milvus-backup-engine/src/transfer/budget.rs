//! What a transfer may have in memory, divided between its workers.

use milvus_backup_core::{BackupPlan, ScanUnit};

/// Bytes of one page to ask for. Larger pages are not faster.
const PAGE_BYTES: usize = 6 << 20;

/// Memory below which a worker cannot work: the parts of an upload alone take 24 MiB.
const MIN_SHARE: usize = 64 << 20;

/// Limits that follow from the memory a backup may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Budget {
    /// Units that are read concurrently.
    pub(super) workers: usize,
    /// Bytes of one page.
    pub(super) page_bytes: usize,
    /// Bytes of column values in one row group.
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
