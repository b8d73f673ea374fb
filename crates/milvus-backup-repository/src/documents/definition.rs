//! `schema.json` and `indexes/indexes.json`: the definition from which the collection is recreated.

use std::collections::BTreeMap;

use milvus_backup_core::schema::{CollectionSchema, IndexDefinition};
use serde::{Deserialize, Serialize};

/// The content of the document `schema.json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct SchemaDocument {
    pub(crate) format_version: u32,
    pub(crate) database: String,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) database_properties: BTreeMap<String, String>,
    pub(crate) collection_name: String,
    pub(crate) schema: CollectionSchema,
    /// All partitions of the collection, whether or not their rows are in the backup.
    pub(crate) partitions: Vec<String>,
}

/// The content of the document `indexes/indexes.json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct IndexesDocument {
    pub(crate) format_version: u32,
    pub(crate) indexes: Vec<IndexDefinition>,
}
