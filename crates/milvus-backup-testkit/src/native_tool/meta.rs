//! The metadata in the form of the tool: members that are 0, empty or `false` are left out.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use milvus::proto::common::KeyValuePair;
use milvus::proto::milvus as pb;
use milvus::proto::schema::{CollectionSchema, FieldSchema};
use serde_json::{Map, Value, json};

use super::copied::{Log, Segment};

/// What the metadata tells.
pub(super) struct Described {
    pub(super) name: String,
    pub(super) version: String,
    pub(super) collection: pb::DescribeCollectionResponse,
    pub(super) partitions: Vec<(i64, String)>,
    pub(super) indexes: Vec<pb::IndexDescription>,
    pub(super) load_state: &'static str,
    pub(super) sealed_at: i64,
    pub(super) segments: Vec<Segment>,
}

impl Described {
    /// Writes the five files.
    pub(super) fn write(&self, directory: &Path) -> Result<(), String> {
        let id = format!("stand-in-{}", std::process::id());
        let partitions: Vec<Value> = self.partitions.iter().map(|partition| self.partition(partition)).collect();
        let backup = json!({
            "id": id, "state_code": 0, "name": self.name, "size": self.size(), "milvus_version": self.version,
        });
        let mut full = backup.clone();
        full["collection_backups"] = json!([self.collection_meta(&id, &partitions)]);
        full["database_backups"] = json!([{ "db_name": self.collection.db_name }]);
        let stripped: Vec<Value> = partitions.iter().map(without_segments).collect();
        let listed = |partition: &Value| partition["segment_backups"].as_array().cloned().unwrap_or_default();
        let segments: Vec<Value> = partitions.iter().flat_map(listed).collect();
        fs::create_dir_all(directory).map_err(|error| format!("storage: local {error}"))?;
        for (file, document) in [
            ("backup_meta.json", trimmed(backup)),
            ("collection_meta.json", json!({ "infos": [self.collection_meta(&id, &stripped)] })),
            ("partition_meta.json", json!({ "infos": stripped })),
            ("segment_meta.json", json!({ "infos": segments })),
            ("full_meta.json", trimmed(full)),
        ] {
            fs::write(directory.join(file), document.to_string()).map_err(|error| format!("storage: local {error}"))?;
        }
        Ok(())
    }

    fn size(&self) -> u64 {
        self.segments.iter().map(Segment::size).sum()
    }

    fn collection_meta(&self, id: &str, partitions: &[Value]) -> Value {
        let described = &self.collection;
        trimmed(json!({
            "id": id,
            "collection_id": described.collection_id,
            "db_name": described.db_name,
            "collection_name": described.collection_name,
            "schema": described.schema.as_ref().map(schema),
            "shards_num": described.shards_num,
            "consistency_level": described.consistency_level,
            "partition_backups": partitions,
            "size": self.size(),
            "has_index": !self.indexes.is_empty(),
            "index_infos": self.indexes.iter().map(index).collect::<Vec<_>>(),
            "load_state": self.load_state,
            "backup_physical_timestamp": self.sealed_at,
            "properties": pairs(&described.properties),
            "db_id": described.db_id,
            "created_timestamp": described.created_timestamp,
            "virtual_channel_names": described.virtual_channel_names,
            "physical_channel_names": described.physical_channel_names,
            "aliases": described.aliases,
        }))
    }

    fn partition(&self, (id, name): &(i64, String)) -> Value {
        let segments: Vec<&Segment> = self.segments.iter().filter(|segment| segment.partition == *id).collect();
        trimmed(json!({
            "partition_id": id,
            "partition_name": name,
            "collection_id": self.collection.collection_id,
            "segment_backups": segments.iter().map(|segment| segment_meta(segment)).collect::<Vec<_>>(),
            "size": segments.iter().map(|segment| segment.size()).sum::<u64>(),
            "load_state": self.load_state,
        }))
    }
}

fn without_segments(partition: &Value) -> Value {
    let mut partition = partition.clone();
    if let Some(members) = partition.as_object_mut() {
        members.remove("segment_backups");
    }
    partition
}

fn segment_meta(segment: &Segment) -> Value {
    let insert = |(field, logs): (&i64, &Vec<Log>)| trimmed(json!({ "fieldID": field, "binlogs": log_metas(logs) }));
    let mut meta = trimmed(json!({
        "segment_id": segment.id,
        "collection_id": segment.collection,
        "partition_id": segment.partition,
        "num_of_rows": segment.rows,
        "binlogs": segment.inserts.iter().map(insert).collect::<Vec<_>>(),
        "size": segment.size(),
        "group_id": segment.id,
    }));
    // It is there even if there are no deletes.
    meta["deltalogs"] = json!([trimmed(json!({ "binlogs": log_metas(&segment.deletes) }))]);
    meta
}

fn log_metas(logs: &[Log]) -> Vec<Value> {
    logs.iter().map(|log| json!({ "log_path": log.source, "log_size": log.size, "log_id": log.id })).collect()
}

#[expect(deprecated, reason = "Milvus 2.3 fills `auto_id`")]
fn schema(schema: &CollectionSchema) -> Value {
    trimmed(json!({
        "name": schema.name,
        "description": schema.description,
        "autoID": schema.auto_id,
        "fields": schema.fields.iter().map(field).collect::<Vec<_>>(),
        "properties": pairs(&schema.properties),
        "enable_dynamic_field": schema.enable_dynamic_field,
    }))
}

fn field(field: &FieldSchema) -> Value {
    trimmed(json!({
        "fieldID": field.field_id,
        "name": field.name,
        "is_primary_key": field.is_primary_key,
        "description": field.description,
        "autoID": field.auto_id,
        "data_type": field.data_type,
        "type_params": pairs(&field.type_params),
        "index_params": pairs(&field.index_params),
        "is_dynamic": field.is_dynamic,
        "is_partition_key": field.is_partition_key,
        "element_type": field.element_type,
    }))
}

fn index(index: &pb::IndexDescription) -> Value {
    let params: BTreeMap<&str, &str> =
        index.params.iter().map(|pair| (pair.key.as_str(), pair.value.as_str())).collect();
    trimmed(json!({
        "field_name": index.field_name,
        "index_name": index.index_name,
        "index_type": params.get("index_type"),
        "params": params,
        "index_id": index.index_id,
    }))
}

fn pairs(pairs: &[KeyValuePair]) -> Vec<Value> {
    pairs.iter().map(|pair| json!({ "key": pair.key, "value": pair.value })).collect()
}

/// Leaves out members that are 0, empty or `false`, except for the state.
fn trimmed(value: Value) -> Value {
    let Value::Object(members) = value else { return value };
    let kept = members.into_iter().filter(|(name, value)| name == "state_code" || !is_empty(value));
    Value::Object(kept.collect::<Map<_, _>>())
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => true,
        Value::Number(number) => number.as_u64() == Some(0),
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(members) => members.is_empty(),
        Value::Bool(true) => false,
    }
}
