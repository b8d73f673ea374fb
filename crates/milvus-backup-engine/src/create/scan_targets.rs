//! The partitions that a scan reads, and how finely they may be divided between workers.

use milvus_backup_core::{BackupPlan, PartitionPlan, ScanTarget};

/// Number of bytes between two split points of a partition. Two or more parts of this size are worth a separate stream and
/// file.
const PART_BYTES: u64 = 8 << 20;

/// Maximum number of parts. More split points would not make the parts more even, since they come from a sample.
const MAX_PARTS: u64 = 512;

/// Returns the partitions to read, and the number of parts that each of them may be divided into.
pub(crate) fn scan_targets(plan: &BackupPlan) -> Vec<ScanTarget> {
    let row_bytes = plan.description.schema.estimated_row_bytes();
    let target = |partition: &PartitionPlan| {
        let rows = partition.expected_rows;
        let divisible = parts(rows.saturating_mul(row_bytes), plan.chunk_size_bytes);
        let parts = if plan.concurrency > 1 { divisible } else { 1 };
        ScanTarget { partition: partition.name.clone(), rows, parts }
    };
    plan.partitions.iter().map(target).collect()
}

/// Returns the number of parts that a partition of this size can be divided into.
fn parts(bytes: u64, chunk_size_bytes: u64) -> usize {
    let parts = bytes / PART_BYTES.min(chunk_size_bytes).max(1);
    usize::try_from(parts.clamp(1, MAX_PARTS)).unwrap_or(1)
}

#[cfg(test)]
mod tests {
    use super::parts;

    #[test]
    fn parts_are_neither_small_nor_many() {
        let (mib, gib) = (1_u64 << 20, 1_u64 << 30);
        for (bytes, chunk_size, expected) in [
            (0, 256 * mib, 1),
            (15 * mib, 256 * mib, 1),
            (16 * mib, 256 * mib, 2),
            (gib, 256 * mib, 128),
            (100 * gib, 256 * mib, 512),
            (8 * mib, mib, 8),
            (u64::MAX, 1, 512),
        ] {
            assert_eq!(parts(bytes, chunk_size), expected, "{bytes} {chunk_size}");
        }
    }
}
