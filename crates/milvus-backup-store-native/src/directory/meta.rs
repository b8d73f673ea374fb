//! `full_meta.json`: the metadata of a backup, as the tool writes it.
//!
//! The tool omits members that are 0, empty or `false`. Members that are not listed here are ignored; some of them must
//! not be stored, such as the keys of encrypted databases.

use serde::Deserialize;

/// The metadata of a backup.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(default)]
pub(crate) struct FullMeta {
    pub(crate) name: String,
    pub(crate) size: u64,
    pub(crate) milvus_version: String,
    #[serde(rename = "collection_backups")]
    pub(crate) collections: Vec<CollectionMeta>,
}

/// One collection of the backup.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(default)]
pub(crate) struct CollectionMeta {
    pub(crate) collection_id: i64,
    pub(crate) db_name: String,
    pub(crate) collection_name: String,
    pub(crate) schema: SchemaMeta,
    pub(crate) shards_num: u32,
    pub(crate) consistency_level: i32,
    #[serde(rename = "partition_backups")]
    pub(crate) partitions: Vec<PartitionMeta>,
    pub(crate) index_infos: Vec<IndexMeta>,
    pub(crate) load_state: String,
    /// The time of the backup in seconds since the Unix epoch; 0 if it is not recorded.
    pub(crate) backup_physical_timestamp: i64,
    pub(crate) properties: Vec<KeyValue>,
    pub(crate) aliases: Vec<String>,
    /// The segments of deletes that apply to any partition, or to one.
    pub(crate) l0_segments: Vec<SegmentMeta>,
}

/// The definition of a collection. The dynamic field is not among the fields.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(default)]
pub(crate) struct SchemaMeta {
    pub(crate) description: String,
    pub(crate) fields: Vec<FieldMeta>,
    pub(crate) enable_dynamic_field: bool,
    pub(crate) functions: Vec<serde_json::Value>,
    pub(crate) struct_array_fields: Vec<serde_json::Value>,
}

/// The definition of a field.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(default)]
pub(crate) struct FieldMeta {
    #[serde(rename = "fieldID")]
    pub(crate) field_id: i64,
    pub(crate) name: String,
    pub(crate) description: String,
    pub(crate) is_primary_key: bool,
    #[serde(rename = "autoID")]
    pub(crate) auto_id: bool,
    pub(crate) data_type: i32,
    pub(crate) element_type: i32,
    pub(crate) type_params: Vec<KeyValue>,
    pub(crate) is_partition_key: bool,
    pub(crate) is_clustering_key: bool,
    pub(crate) is_dynamic: bool,
    pub(crate) is_function_output: bool,
    pub(crate) nullable: bool,
    pub(crate) default_value: Option<serde_json::Value>,
    pub(crate) default_value_proto: String,
    pub(crate) default_value_base64: String,
}

/// The definition of an index.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(default)]
pub(crate) struct IndexMeta {
    pub(crate) field_name: String,
    pub(crate) index_name: String,
    pub(crate) index_type: String,
    pub(crate) params: std::collections::BTreeMap<String, String>,
}

/// A parameter with its value.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(default)]
pub(crate) struct KeyValue {
    pub(crate) key: String,
    pub(crate) value: String,
}

/// One partition of a collection.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(default)]
pub(crate) struct PartitionMeta {
    pub(crate) partition_id: i64,
    pub(crate) partition_name: String,
    #[serde(rename = "segment_backups")]
    pub(crate) segments: Vec<SegmentMeta>,
}

/// One segment of a partition.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(default)]
pub(crate) struct SegmentMeta {
    pub(crate) segment_id: i64,
    pub(crate) partition_id: i64,
    pub(crate) num_of_rows: u64,
    pub(crate) binlogs: Vec<FieldLogs>,
    pub(crate) deltalogs: Vec<FieldLogs>,
    pub(crate) group_id: i64,
    pub(crate) storage_version: i64,
}

/// The logs of a field or column group.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(default)]
pub(crate) struct FieldLogs {
    #[serde(rename = "fieldID")]
    pub(crate) field_id: i64,
    pub(crate) binlogs: Vec<LogMeta>,
}

/// One log file of a field.
#[expect(clippy::struct_field_names, reason = "the names are those of the document")]
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(default)]
pub(crate) struct LogMeta {
    /// The path in the storage of the server, which ends with the name that the file has in the backup.
    pub(crate) log_path: String,
    pub(crate) log_size: u64,
    pub(crate) log_id: i64,
}
