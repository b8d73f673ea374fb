//! `unfinished.json`: the process that writes a backup, and its plan, so that another process can resume it.

use std::collections::BTreeMap;

use jiff::Timestamp;
use milvus_backup_core::schema::{CollectionSchema, IndexDefinition};
use milvus_backup_core::{
    BackupId, BackupPlan, BackupStorageType, BackupType, ChecksumAlgorithm, CollectionDescription, CollectionName,
    CollectionRef, CompressionCodec, Consistency, FORMAT_VERSION, PartitionPlan, ReadPoint, SetId, SourceKind,
};
use serde::{Deserialize, Serialize};

use crate::process::Process;

/// The content of `unfinished.json`. Without a plan, the process deletes the backup.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ResumeDocument {
    pub(crate) format_version: u32,
    pub(crate) process: Process,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    plan: Option<ResumePlan>,
}

impl ResumeDocument {
    pub(crate) fn new(process: Process, plan: Option<&BackupPlan>) -> Self {
        Self { format_version: FORMAT_VERSION, process, plan: plan.cloned().map(ResumePlan::from) }
    }

    pub(crate) fn into_plan(self) -> Option<BackupPlan> {
        self.plan.map(BackupPlan::from)
    }
}

/// The plan with which a backup was started.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct ResumePlan {
    backup_id: BackupId,
    backup_name: String,
    database: String,
    collection_name: CollectionName,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    collection_id: Option<i64>,
    milvus_uri: String,
    milvus_version: String,
    created_at: Timestamp,
    backup_type: BackupType,
    definition: ResumeDefinition,
    partitions: Vec<ResumePartition>,
    #[serde(default = "in_parquet", skip_serializing_if = "is_in_parquet")]
    storage_type: BackupStorageType,
    #[serde(default = "by_queries")]
    source: SourceKind,
    consistency: Consistency,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    read_timestamp: Option<u64>,
    compression_enabled: bool,
    compression_codec: CompressionCodec,
    compression_level: u8,
    checksum_algorithm: ChecksumAlgorithm,
    include_indexes: bool,
    chunk_size_bytes: u64,
    concurrency: usize,
    memory_limit_bytes: u64,
    skip_failed_partitions: bool,
    tags: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    set_id: Option<SetId>,
    was_loaded: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    replica_number: Option<u32>,
}

/// Returns the backend of plans that do not name one.
fn in_parquet() -> BackupStorageType {
    BackupStorageType::LocalFile
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature that serde calls")]
fn is_in_parquet(storage_type: &BackupStorageType) -> bool {
    *storage_type == in_parquet()
}

/// Returns the source of plans that do not name one.
fn by_queries() -> SourceKind {
    SourceKind::Query
}

/// The collection as it was when the backup was started.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct ResumeDefinition {
    database_properties: BTreeMap<String, String>,
    name: CollectionName,
    schema: CollectionSchema,
    partitions: Vec<String>,
    indexes: Vec<IndexDefinition>,
    aliases: Vec<String>,
    limitations: Vec<String>,
}

/// One partition to read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct ResumePartition {
    name: String,
    addressable: bool,
    expected_rows: u64,
}

impl From<BackupPlan> for ResumePlan {
    fn from(plan: BackupPlan) -> Self {
        let CollectionDescription { name, schema, partitions, indexes, aliases, limitations } = plan.description;
        let database_properties = plan.database_properties;
        Self {
            backup_id: plan.backup_id,
            backup_name: plan.backup_name,
            database: plan.collection.database,
            collection_name: plan.collection.name,
            collection_id: plan.collection_id,
            milvus_uri: plan.milvus_uri,
            milvus_version: plan.milvus_version,
            created_at: plan.created_at,
            backup_type: plan.backup_type,
            definition: ResumeDefinition {
                database_properties,
                name,
                schema,
                partitions,
                indexes,
                aliases,
                limitations,
            },
            partitions: plan.partitions.into_iter().map(ResumePartition::from).collect(),
            storage_type: plan.storage_type,
            source: plan.source,
            consistency: plan.read_point.consistency(),
            read_timestamp: plan.read_point.timestamp(),
            compression_enabled: plan.compression_enabled,
            compression_codec: plan.compression_codec,
            compression_level: plan.compression_level,
            checksum_algorithm: plan.checksum_algorithm,
            include_indexes: plan.include_indexes,
            chunk_size_bytes: plan.chunk_size_bytes,
            concurrency: plan.concurrency,
            memory_limit_bytes: plan.memory_limit_bytes,
            skip_failed_partitions: plan.skip_failed_partitions,
            tags: plan.tags,
            set_id: plan.set_id,
            was_loaded: plan.was_loaded,
            replica_number: plan.replica_number,
        }
    }
}

impl From<ResumePlan> for BackupPlan {
    fn from(plan: ResumePlan) -> Self {
        let ResumeDefinition { database_properties, name, schema, partitions, indexes, aliases, limitations } =
            plan.definition;
        Self {
            backup_id: plan.backup_id,
            backup_name: plan.backup_name,
            collection: CollectionRef { database: plan.database, name: plan.collection_name },
            collection_id: plan.collection_id,
            milvus_uri: plan.milvus_uri,
            created_at: plan.created_at,
            backup_type: plan.backup_type,
            description: CollectionDescription { name, schema, partitions, indexes, aliases, limitations },
            database_properties,
            partitions: plan.partitions.into_iter().map(PartitionPlan::from).collect(),
            storage_type: plan.storage_type,
            source: plan.source,
            read_point: ReadPoint::new(plan.read_timestamp, plan.consistency),
            compression_enabled: plan.compression_enabled,
            compression_codec: plan.compression_codec,
            compression_level: plan.compression_level,
            checksum_algorithm: plan.checksum_algorithm,
            include_indexes: plan.include_indexes,
            chunk_size_bytes: plan.chunk_size_bytes,
            concurrency: plan.concurrency,
            memory_limit_bytes: plan.memory_limit_bytes,
            skip_failed_partitions: plan.skip_failed_partitions,
            tags: plan.tags,
            set_id: plan.set_id,
            milvus_version: plan.milvus_version,
            was_loaded: plan.was_loaded,
            replica_number: plan.replica_number,
        }
    }
}

impl From<PartitionPlan> for ResumePartition {
    fn from(partition: PartitionPlan) -> Self {
        let PartitionPlan { name, addressable, expected_rows } = partition;
        Self { name, addressable, expected_rows }
    }
}

impl From<ResumePartition> for PartitionPlan {
    fn from(partition: ResumePartition) -> Self {
        let ResumePartition { name, addressable, expected_rows } = partition;
        Self { name, addressable, expected_rows }
    }
}

#[cfg(test)]
mod tests {
    use milvus_backup_core::schema::{DataType, FieldSchema};

    use super::*;
    use crate::documents::{from_bytes, to_bytes};

    fn plan() -> BackupPlan {
        let mut id = FieldSchema::new("id", DataType::Int64);
        id.is_primary = true;
        let name: CollectionName = "items".parse().unwrap();
        BackupPlan {
            backup_id: "20261125T120000Z-00000001".parse().unwrap(),
            backup_name: "nightly".to_owned(),
            collection: CollectionRef::new("shop", name.clone()).unwrap(),
            collection_id: Some(470_766_335_973_392_862),
            milvus_uri: "http://localhost:19530".to_owned(),
            created_at: "2026-11-25T12:00:00Z".parse().unwrap(),
            backup_type: BackupType::Partition,
            description: CollectionDescription {
                name,
                schema: CollectionSchema::new(vec![id]),
                partitions: vec!["_default".to_owned(), "p1".to_owned()],
                indexes: vec![IndexDefinition {
                    field_name: "id".to_owned(),
                    index_name: "by_id".to_owned(),
                    params: BTreeMap::from([("index_type".to_owned(), "STL_SORT".to_owned())]),
                }],
                aliases: vec!["latest".to_owned()],
                limitations: vec!["a limitation".to_owned()],
            },
            database_properties: BTreeMap::from([("database.replica.number".to_owned(), "1".to_owned())]),
            partitions: vec![PartitionPlan { name: "p1".to_owned(), addressable: true, expected_rows: 3 }],
            storage_type: BackupStorageType::LocalFile,
            source: SourceKind::Query,
            read_point: ReadPoint::AtLeast(470_639_414_292_774_912),
            compression_enabled: true,
            compression_codec: CompressionCodec::Zstd,
            compression_level: 6,
            checksum_algorithm: ChecksumAlgorithm::Sha256,
            include_indexes: true,
            chunk_size_bytes: 256 << 20,
            concurrency: 4,
            memory_limit_bytes: 512 << 20,
            skip_failed_partitions: false,
            tags: vec!["keep".to_owned()],
            set_id: None,
            milvus_version: "2.3.5".to_owned(),
            was_loaded: true,
            replica_number: Some(1),
        }
    }

    /// A backup that an earlier version started can be resumed by this one: the text is a format.
    #[test]
    fn the_text_is_the_golden_one_and_is_read_back() {
        let document = ResumeDocument::new(Process::example(), Some(&plan()));
        let text = to_bytes(&document).unwrap();
        insta::assert_snapshot!(std::str::from_utf8(&text).unwrap());
        let read: ResumeDocument = from_bytes("backup", "unfinished.json", &text).unwrap();
        assert_eq!(read, document);
        assert_eq!(read.into_plan(), Some(plan()));
    }
}
