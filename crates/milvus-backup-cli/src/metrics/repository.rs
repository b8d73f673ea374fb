//! The metrics of repositories: from the list of their backups.

use std::collections::BTreeMap;

use milvus_backup_core::{BackupMetadata, BackupType, Result};
use milvus_backup_engine::BackupRepository;

use super::family::{Family, sample, seconds};

/// The metrics of one or more repositories.
#[derive(Debug)]
pub(super) struct RepositoryFamilies {
    backups: Family,
    broken: Family,
    newest: Family,
    newest_verified: Family,
    rows: Family,
    bytes: Family,
    duration: Family,
    free: Family,
}

impl RepositoryFamilies {
    pub(super) fn new() -> Self {
        Self {
            backups: Family::gauge("milvus_br_backups", "Number of backups of a collection by state."),
            broken: Family::gauge("milvus_br_broken_backups", "Number of backups whose metadata cannot be read."),
            newest: Family::gauge(
                "milvus_br_newest_backup_timestamp_seconds",
                "Creation time of the newest complete full backup of a collection.",
            ),
            newest_verified: Family::gauge(
                "milvus_br_newest_verified_backup_timestamp_seconds",
                "Creation time of the newest verified full backup of a collection.",
            ),
            rows: Family::gauge("milvus_br_newest_backup_rows", "Rows in the newest complete full backup."),
            bytes: Family::gauge("milvus_br_newest_backup_bytes", "Bytes of the newest complete full backup."),
            duration: Family::gauge(
                "milvus_br_newest_backup_duration_seconds",
                "Time that the newest complete full backup took.",
            ),
            free: Family::gauge("milvus_br_free_bytes", "Free bytes at the root, if it is on a disk."),
        }
    }

    /// Adds the metrics of a repository.
    ///
    /// # Errors
    /// Those of its list.
    pub(super) async fn add(&mut self, repository: &BackupRepository) -> Result<()> {
        let root = repository.root();
        let listing = repository.list_backups(None).await?;
        self.broken.add(&[("root", root)], sample(listing.broken.len() as u64));
        if let Some(free) = repository.available_bytes().await? {
            self.free.add(&[("root", root)], sample(free));
        }
        let mut collections: BTreeMap<String, Vec<&BackupMetadata>> = BTreeMap::new();
        for metadata in &listing.backups {
            if let Ok(collection) = metadata.collection() {
                collections.entry(collection.to_string()).or_default().push(metadata);
            }
        }
        for (collection, backups) in &collections {
            self.add_collection(root, collection, backups);
        }
        Ok(())
    }

    fn add_collection(&mut self, root: &str, collection: &str, backups: &[&BackupMetadata]) {
        let labels = [("root", root), ("collection", collection)];
        let mut states: BTreeMap<&str, u64> = BTreeMap::new();
        for metadata in backups {
            *states.entry(metadata.effective_state().as_str()).or_default() += 1;
        }
        for (state, number) in states {
            self.backups.add(&[labels[0], labels[1], ("state", state)], sample(number));
        }
        let whole = || {
            let is_whole = |metadata: &&&BackupMetadata| {
                metadata.backup_type == BackupType::FullCollection && metadata.is_completed()
            };
            backups.iter().filter(is_whole)
        };
        if let Some(newest) = whole().max_by_key(|metadata| metadata.created_at) {
            self.newest.add(&labels, seconds(newest.created_at));
            self.rows.add(&labels, sample(newest.row_count));
            self.bytes.add(&labels, sample(newest.size_bytes));
            self.duration.add(&labels, newest.completed_at.duration_since(newest.created_at).as_secs_f64());
        }
        let verified = whole().filter(|metadata| metadata.is_verified());
        if let Some(newest) = verified.map(|metadata| metadata.created_at).max() {
            self.newest_verified.add(&labels, seconds(newest));
        }
    }

    pub(super) fn all(&self) -> [&Family; 8] {
        [
            &self.backups,
            &self.broken,
            &self.newest,
            &self.newest_verified,
            &self.rows,
            &self.bytes,
            &self.duration,
            &self.free,
        ]
    }
}
