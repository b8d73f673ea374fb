//! `restores/COLLECTION.json`: a collection that is being filled, and the process that fills it.

use jiff::Timestamp;
use milvus_backup_core::{BackupId, CollectionName, FORMAT_VERSION, StagingCollection};
use serde::{Deserialize, Serialize};

use crate::process::Process;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct StagingDocument {
    pub(crate) format_version: u32,
    pub(crate) process: Process,
    collection: Recorded,
}

/// A staging collection in the form of this document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Recorded {
    name: CollectionName,
    target: CollectionName,
    database: String,
    uri: String,
    backup_id: BackupId,
    started_at: Timestamp,
}

impl StagingDocument {
    pub(crate) fn new(process: Process, collection: &StagingCollection) -> Self {
        let StagingCollection { name, target, database, uri, backup_id, started_at } = collection.clone();
        let collection = Recorded { name, target, database, uri, backup_id, started_at };
        Self { format_version: FORMAT_VERSION, process, collection }
    }

    pub(crate) fn into_collection(self) -> StagingCollection {
        let Recorded { name, target, database, uri, backup_id, started_at } = self.collection;
        StagingCollection { name, target, database, uri, backup_id, started_at }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::documents::{from_bytes, to_bytes};

    #[test]
    fn the_text_is_the_golden_one_and_is_read_back() {
        let collection = StagingCollection {
            name: "milvus_br_staging_1".parse().unwrap(),
            target: "items".parse().unwrap(),
            database: "default".to_owned(),
            uri: "http://localhost:19530".to_owned(),
            backup_id: "20261125T120000Z-00000001".parse().unwrap(),
            started_at: "2026-11-25T12:00:00Z".parse().unwrap(),
        };
        let text = to_bytes(&StagingDocument::new(Process::example(), &collection)).unwrap();
        insta::assert_snapshot!(std::str::from_utf8(&text).unwrap());
        let read: StagingDocument = from_bytes("items", "staging.json", &text).unwrap();
        assert_eq!(read.into_collection(), collection);
    }
}
