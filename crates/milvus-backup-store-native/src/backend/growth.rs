//! What grows while the tool writes: its files, and with them the rows that they stand for.

use std::collections::BTreeMap;
use std::time::Duration;

use milvus_backup_core::{Environment, Progress, ProgressEvent};
use milvus_backup_storage::Directory;

/// Interval between two measurements on a disk.
const INTERVAL: Duration = Duration::from_millis(300);

/// Interval between two measurements over a network.
const REMOTE_INTERVAL: Duration = Duration::from_secs(2);

/// What the insert logs of a partition are expected to have, and what was reported of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct ExpectedPartition {
    /// The name of the partition in the backup.
    pub(super) name: String,
    pub(super) bytes: u64,
    pub(super) rows: u64,
    pub(super) reported_bytes: u64,
    pub(super) reported_rows: u64,
}

/// The bytes of the insert logs below a directory of the tool.
#[derive(Debug)]
pub(super) struct WrittenBytes<'a> {
    /// The directory of the tool's files of one backup.
    pub(super) directory: Directory,
    pub(super) is_remote: bool,
    pub(super) progress: &'a dyn Progress,
    /// The partitions by their identifiers on the server.
    pub(super) partitions: BTreeMap<i64, ExpectedPartition>,
}

impl WrittenBytes<'_> {
    /// Reports what is added until it is dropped.
    pub(super) async fn watch(&mut self, environment: &Environment) {
        let interval = if self.is_remote { REMOTE_INTERVAL } else { INTERVAL };
        loop {
            environment.sleep(interval).await;
            self.measure().await;
        }
    }

    /// Reports what was added since the last time. A directory that cannot be listed now is listed the next time.
    pub(super) async fn measure(&mut self) {
        let Ok(files) = self.directory.list().await else { return };
        let mut written: BTreeMap<i64, u64> = BTreeMap::new();
        for (file, size) in files {
            if let Some(partition) = partition_of(&file) {
                *written.entry(partition).or_default() += size;
            }
        }
        for (id, bytes) in written {
            if let Some(event) = self.partitions.get_mut(&id).and_then(|partition| partition.advanced_to(bytes)) {
                self.progress.event(event);
            }
        }
    }
}

impl ExpectedPartition {
    /// Returns the event for a size of the files; `None` if they have not grown.
    fn advanced_to(&mut self, bytes: u64) -> Option<ProgressEvent> {
        let added = bytes.checked_sub(self.reported_bytes).filter(|added| *added > 0)?;
        let share = u128::from(self.rows) * u128::from(bytes.min(self.bytes)) / u128::from(self.bytes.max(1));
        let rows = u64::try_from(share).unwrap_or(self.rows).saturating_sub(self.reported_rows);
        self.reported_bytes = bytes;
        self.reported_rows += rows;
        Some(ProgressEvent::Advanced { partition: self.name.clone(), rows, bytes: added })
    }
}

/// Returns the partition of an insert log, by its path below the directory of the tool.
fn partition_of(file: &str) -> Option<i64> {
    let below = file.strip_prefix("binlogs/insert_log/")?;
    below.split('/').nth(1)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_grow_with_the_bytes_and_never_beyond_what_is_expected() {
        let mut partition =
            ExpectedPartition { name: "p".to_owned(), bytes: 100, rows: 10, ..ExpectedPartition::default() };
        let advanced = |rows, bytes| Some(ProgressEvent::Advanced { partition: "p".to_owned(), rows, bytes });
        assert_eq!(partition.advanced_to(25), advanced(2, 25));
        assert_eq!(partition.advanced_to(25), None);
        assert_eq!(partition.advanced_to(50), advanced(3, 25));
        assert_eq!(partition.advanced_to(150), advanced(5, 100));
        assert_eq!(partition.advanced_to(160), advanced(0, 10));
        assert_eq!(ExpectedPartition::default().advanced_to(7).map(drop), Some(()));
    }

    #[test]
    fn only_insert_logs_are_of_a_partition() {
        assert_eq!(partition_of("binlogs/insert_log/1/22/3/3/100/5"), Some(22));
        for other in ["binlogs/delta_log/1/22/3/3/5", "meta/full_meta.json", "binlogs/insert_log/1"] {
            assert_eq!(partition_of(other), None, "{other}");
        }
    }
}
