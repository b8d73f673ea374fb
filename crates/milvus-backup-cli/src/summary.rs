//! The existing backups as errors and warnings describe them: the latest one, and those that may have been meant.

use milvus_backup_core::{BackupId, BackupVersion, CollectionRef, LatestBackup, Listing, latest_full_backup};

use crate::text::short_list;

/// The suffix that selects the newest full backup of a collection.
pub(crate) const LATEST: &str = "@latest";

/// Number of backups that a message lists before it only counts them.
pub(crate) const SHOWN: usize = 5;

/// The readable and unreadable backups, from which hints are built.
#[derive(Debug)]
pub(crate) struct Summary {
    versions: Vec<BackupVersion>,
    unreadable: Vec<(Option<CollectionRef>, BackupId)>,
}

impl Summary {
    pub(crate) fn of(listing: &Listing) -> Self {
        let unreadable = listing.broken.iter().map(|broken| (broken.collection.clone(), broken.backup_id.clone()));
        Self { versions: listing.backups.iter().map(BackupVersion::from).collect(), unreadable: unreadable.collect() }
    }

    fn versions_of(&self, collection: &CollectionRef) -> Vec<BackupVersion> {
        let is_of = |version: &&BackupVersion| {
            version.database_name() == collection.database && version.collection_name == collection.name.as_str()
        };
        self.versions.iter().filter(is_of).cloned().collect()
    }

    /// Returns the backup that `latest` selects for a collection.
    pub(crate) fn latest(&self, collection: &CollectionRef) -> LatestBackup {
        let is_of = |(of, _): &&(Option<CollectionRef>, BackupId)| of.as_ref() == Some(collection);
        let unreadable: Vec<BackupId> = self.unreadable.iter().filter(is_of).map(|(_, id)| id.clone()).collect();
        latest_full_backup(&self.versions_of(collection), &unreadable)
    }

    /// Returns a suggestion for a text that selects no backup, if it is the name of a collection that has backups.
    pub(crate) fn hint(&self, collection: &CollectionRef, text: &str) -> Option<String> {
        let latest = self.latest(collection);
        if latest.backup_id.is_some() {
            return (!text.ends_with(LATEST)).then(|| format!("did you mean `{collection}{LATEST}`?"));
        }
        let parts: Vec<String> = latest.passed_over.iter().map(|id| self.described(id)).collect();
        let parts = short_list(&parts, SHOWN);
        (!parts.is_empty()).then(|| {
            format!("collection `{collection}` has no complete full backup; use the identifier of another one: {parts}")
        })
    }

    /// Returns `ID (partitions a, b)`, or `ID (PARTIALLY_COMPLETED)` for a full backup.
    pub(crate) fn described(&self, id: &BackupId) -> String {
        match self.versions.iter().find(|version| version.backup_id == *id) {
            Some(version) if version.is_full() => format!("{id} ({})", version.state),
            Some(version) => format!("{id} ({})", version.series()),
            None => id.to_string(),
        }
    }
}
