//! The age of the newest verified backup of each collection.

use std::time::Duration;

use jiff::Timestamp;
use milvus_backup_core::{BackupMetadata, BackupType, CollectionRef};

/// How old the newest verified full backup of a collection is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Freshness {
    /// The collection that has to have a backup.
    pub collection: CollectionRef,
    /// Creation time of its newest verified full backup; `None` if it has none.
    pub newest_verified: Option<Timestamp>,
    /// Age of that backup.
    pub age: Option<Duration>,
    /// Whether there is no such backup, or it is older than the limit.
    pub is_stale: bool,
}

/// Returns the freshness of collections. A backup that is dated in the future does not count: a clock was wrong.
pub fn freshness(
    collections: &[CollectionRef],
    backups: &[BackupMetadata],
    limit: Duration,
    now: Timestamp,
) -> Vec<Freshness> {
    let newest = |collection: &CollectionRef| {
        let counts = |metadata: &&BackupMetadata| {
            metadata.backup_type == BackupType::FullCollection
                && metadata.is_completed()
                && metadata.is_verified()
                && metadata.created_at <= now
                && is_of(metadata, collection)
        };
        backups.iter().filter(counts).map(|metadata| metadata.created_at).max()
    };
    collections
        .iter()
        .map(|collection| {
            let newest_verified = newest(collection);
            let age = newest_verified.map(|newest| now.duration_since(newest).unsigned_abs());
            let is_stale = age.is_none_or(|age| age > limit);
            Freshness { collection: collection.clone(), newest_verified, age, is_stale }
        })
        .collect()
}

/// Returns whether a backup is one of the collection, which may be given by an alias that it had.
fn is_of(metadata: &BackupMetadata, collection: &CollectionRef) -> bool {
    let name = collection.name.as_str();
    metadata.database == collection.database
        && (metadata.collection_name.as_str() == name || metadata.aliases.iter().any(|alias| alias == name))
}
