//! What grows while the tool restores: the rows of the segments that the server imports.

use std::collections::BTreeMap;
use std::time::Duration;

use milvus_backup_core::{CollectionName, Environment, Progress, ProgressEvent, SegmentCatalog};

const INTERVAL: Duration = Duration::from_secs(1);

/// The rows that the server has in the segments of a collection which it imports.
#[derive(Debug)]
pub(super) struct ImportedRows<'a> {
    catalog: &'a dyn SegmentCatalog,
    target: &'a CollectionName,
    /// The partitions of the backup.
    partitions: &'a [String],
    progress: &'a dyn Progress,
    /// The names of the partitions on the server, once the collection exists.
    names: BTreeMap<i64, String>,
    reported: BTreeMap<String, u64>,
}

impl<'a> ImportedRows<'a> {
    pub(super) fn new(
        catalog: &'a dyn SegmentCatalog,
        target: &'a CollectionName,
        partitions: &'a [String],
        progress: &'a dyn Progress,
    ) -> Self {
        Self { catalog, target, partitions, progress, names: BTreeMap::new(), reported: BTreeMap::new() }
    }

    /// Reports what is added until it is dropped.
    pub(super) async fn watch(&mut self, environment: &Environment) {
        loop {
            environment.sleep(INTERVAL).await;
            self.measure().await;
        }
    }

    /// Reports what was added since the last time. A server that does not respond now is asked the next time.
    pub(super) async fn measure(&mut self) {
        if self.names.is_empty() {
            let Ok(stored) = self.catalog.stored_collection(self.target).await else { return };
            self.names = stored.partitions.into_iter().map(|partition| (partition.id, partition.name)).collect();
        }
        let Ok(segments) = self.catalog.stored_segments(self.target).await else { return };
        let mut rows: BTreeMap<String, u64> = BTreeMap::new();
        for segment in segments {
            *rows.entry(self.partition(segment.partition)).or_default() += segment.rows;
        }
        for (partition, rows) in rows {
            let reported = self.reported.entry(partition.clone()).or_default();
            // A compaction removes rows that are deleted.
            if rows > *reported {
                let added = rows - *reported;
                *reported = rows;
                self.progress.event(ProgressEvent::Advanced { partition, rows: added, bytes: 0 });
            }
        }
    }

    /// Returns the name of a partition of the backup. One of a partition key has another one on the server.
    fn partition(&self, id: i64) -> String {
        let name = self.names.get(&id).filter(|name| self.partitions.contains(name));
        name.or_else(|| self.partitions.first()).cloned().unwrap_or_default()
    }
}
