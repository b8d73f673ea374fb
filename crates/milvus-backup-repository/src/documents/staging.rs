//! `restores/COLLECTION.json`: a collection that is being filled, and by which process.

use jiff::Timestamp;
use milvus_backup_core::{BackupId, CollectionName, FORMAT_VERSION, UnfinishedCollection};
use serde::{Deserialize, Serialize};

use crate::process::Process;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct StagingDocument {
    pub(crate) format_version: u32,
    pub(crate) process: Process,
    collection: StagingCollection,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct StagingCollection {
    name: CollectionName,
    target: CollectionName,
    database: String,
    uri: String,
    backup_id: BackupId,
    started_at: Timestamp,
}

impl StagingDocument {
    pub(crate) fn new(process: Process, collection: &UnfinishedCollection) -> Self {
        let UnfinishedCollection { name, target, database, uri, backup_id, started_at } = collection.clone();
        let collection = StagingCollection { name, target, database, uri, backup_id, started_at };
        Self { format_version: FORMAT_VERSION, process, collection }
    }

    pub(crate) fn into_collection(self) -> UnfinishedCollection {
        let StagingCollection { name, target, database, uri, backup_id, started_at } = self.collection;
        UnfinishedCollection { name, target, database, uri, backup_id, started_at }
    }
}
