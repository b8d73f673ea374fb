//! The insertion of rows into the target, and their count there.

use std::sync::Arc;

use milvus_backup_core::{ChunkFiles, Error, Progress, RestorePlan, RestoredPartition, Result};

use crate::BackupManager;
use crate::transfer::restore_rows;

/// The partition that every collection has from the start.
pub(super) const DEFAULT_PARTITION: &str = "_default";

/// The outcome of inserting rows.
#[derive(Debug, Default)]
pub(super) struct InsertedRows {
    /// Number of rows in the target.
    pub(super) rows: u64,
    /// Partitions that are complete.
    pub(super) restored: Vec<String>,
    /// Partitions that were left out, with the reasons.
    pub(super) failed: Vec<(String, String)>,
}

impl InsertedRows {
    /// Returns the partitions that were left out, as sentences.
    pub(super) fn failures(&self) -> impl Iterator<Item = String> {
        self.failed.iter().map(|(name, error)| format!("partition `{name}` is missing or incomplete: {error}"))
    }
}

impl BackupManager {
    /// Inserts the rows into an existing collection, and counts them; `alone` if it has no other rows. They are read from
    /// `opened`, or else from the data files of the backup.
    pub(super) async fn insert_rows(
        &self,
        plan: &RestorePlan,
        opened: Option<Arc<dyn ChunkFiles>>,
        alone: bool,
        progress: &Arc<dyn Progress>,
    ) -> Result<InsertedRows> {
        if !plan.schema.has_partition_key() {
            for partition in plan.partitions.iter().filter(|name| *name != DEFAULT_PARTITION) {
                self.catalog.create_partition(&plan.target, partition).await?;
            }
        }
        let format = &self.repository.format;
        let files = match opened {
            Some(opened) => opened,
            None => format.chunks(&plan.backup, &plan.stored_schema, plan.verify_checksums)?,
        };
        let restore = |progress| restore_rows(files, self.sink.as_ref(), plan, progress);
        let restored = self.watched(progress, restore).await?;
        self.sink.flush(&plan.target).await?;
        let mut filled = InsertedRows::default();
        for RestoredPartition { name, rows, failure } in restored {
            match failure {
                None => {
                    self.require_rows(plan, &name, rows, alone).await?;
                    filled.rows += rows;
                    filled.restored.push(name);
                }
                Some(error) if plan.skip_failed_partitions => filled.failed.push((name, error.full_message())),
                Some(error) => return Err(error),
            }
        }
        Ok(filled)
    }

    /// Compares the number of rows on the server with the number in the backup. If the collection also has other rows, only
    /// the number of accepted rows can be compared.
    pub(super) async fn require_rows(
        &self,
        plan: &RestorePlan,
        partition: &str,
        accepted: u64,
        alone: bool,
    ) -> Result<()> {
        let recorded = plan.backup.manifest.partition(partition).map_or(0, |p| p.row_count);
        let stored = if alone {
            let addressed = (!plan.schema.has_partition_key()).then_some(partition);
            self.sink.stored_rows(&plan.target, addressed).await?
        } else {
            recorded
        };
        if accepted == recorded && stored == recorded {
            return Ok(());
        }
        Err(Error::Protocol {
            message: format!(
                "partition `{partition}` of the restored collection has {stored} rows; {accepted} were accepted, \
                 {recorded} are in the backup"
            ),
        })
    }
}
