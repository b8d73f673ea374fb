//! What errors and warnings say of the backups that are there: which one is the latest, and which ones could be meant.

use milvus_backup_core::{BackupId, BackupVersion, CollectionRef, LatestBackup, Listing, latest_full_backup};

use crate::text::short_list;

/// What ends the text that means the newest full backup of a collection.
pub(crate) const LATEST: &str = "@latest";

/// Backups that a message lists before it only counts them.
pub(crate) const SHOWN: usize = 5;

/// What hints are made of: the backups that can be read, and those that cannot.
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

    /// Returns what `latest` means for a collection.
    pub(crate) fn latest(&self, collection: &CollectionRef) -> LatestBackup {
        let is_of = |(of, _): &&(Option<CollectionRef>, BackupId)| of.as_ref() == Some(collection);
        let unreadable: Vec<BackupId> = self.unreadable.iter().filter(is_of).map(|(_, id)| id.clone()).collect();
        latest_full_backup(&self.versions_of(collection), &unreadable)
    }

    /// Returns what a text that names no backup may have meant, if it names a collection that has some.
    pub(crate) fn hint(&self, collection: &CollectionRef, text: &str) -> Option<String> {
        let latest = self.latest(collection);
        if latest.backup_id.is_some() {
            return (!text.ends_with(LATEST)).then(|| format!("did you mean `{collection}{LATEST}`?"));
        }
        let parts: Vec<String> = latest.passed_over.iter().map(|id| self.described(id)).collect();
        let parts = short_list(&parts, SHOWN);
        (!parts.is_empty()).then(|| {
            format!(
                "collection `{collection}` has no complete full backup; name one of these by its identifier: {parts}"
            )
        })
    }

    /// `ID (partitions a, b)`, or `ID (PARTIALLY_COMPLETED)` of a full one.
    pub(crate) fn described(&self, id: &BackupId) -> String {
        match self.versions.iter().find(|version| version.backup_id == *id) {
            Some(version) if version.is_full() => format!("{id} ({})", version.state),
            Some(version) => format!("{id} ({})", version.series()),
            None => id.to_string(),
        }
    }
}
