//! The definition of a collection, from the metadata of the tool.

use std::collections::BTreeMap;

use milvus::proto::common::KeyValuePair;
use milvus::proto::schema as wire;
use milvus_backup_columns::decode_schema;
use milvus_backup_core::schema::{CollectionSchema, ConsistencyLevel, IndexDefinition};
use milvus_backup_core::{CollectionDescription, CollectionRef, Error, ForeignCollection, Result};

use super::ToolDirectory;
use super::meta::{CollectionMeta, FieldMeta, KeyValue};

/// The name that stands for all rows of a collection whose rows a partition key distributes.
const ALL_ROWS: &str = "_default";

impl ToolDirectory {
    /// Describes a collection.
    ///
    /// # Errors
    /// [`Error::Corrupted`] if the collection is not in it, and [`Error::Unsupported`] for a definition that cannot be
    /// kept.
    pub fn describe(&self, collection: &CollectionRef) -> Result<ForeignCollection> {
        let meta = self.collection(collection)?;
        let schema = schema_of(meta)?;
        let names = meta.partitions.iter().map(|partition| partition.partition_name.clone());
        let description = CollectionDescription {
            name: collection.name.clone(),
            partitions: if schema.has_partition_key() { vec![ALL_ROWS.to_owned()] } else { names.collect() },
            indexes: indexes_of(meta),
            aliases: meta.aliases.clone(),
            limitations: Vec::new(),
            schema,
        };
        Ok(ForeignCollection {
            description,
            milvus_version: self.milvus_version().to_owned(),
            created_at: jiff::Timestamp::from_second(meta.backup_physical_timestamp)
                .ok()
                .filter(|_| meta.backup_physical_timestamp > 0),
            was_loaded: meta.load_state == "Loaded",
        })
    }
}

fn schema_of(meta: &CollectionMeta) -> Result<CollectionSchema> {
    let collection = &meta.collection_name;
    let unsupported =
        |what: &str| Err(Error::Unsupported { what: format!("{what} of `{collection}` in a foreign backup") });
    if !meta.schema.functions.is_empty() {
        return unsupported("the functions");
    }
    if !meta.schema.struct_array_fields.is_empty() {
        return unsupported("the arrays of structs");
    }
    if let Some(field) = meta.schema.fields.iter().find(|field| has_default(field)) {
        return unsupported(&format!("the default value of field `{}`", field.name));
    }
    let mut schema = decode_schema(&wire::CollectionSchema {
        name: collection.clone(),
        description: meta.schema.description.clone(),
        fields: meta.schema.fields.iter().map(field).collect(),
        enable_dynamic_field: meta.schema.enable_dynamic_field,
        properties: pairs(&meta.properties),
        ..wire::CollectionSchema::default()
    })?;
    schema.shards_num = meta.shards_num;
    schema.consistency_level = match meta.consistency_level {
        0 => ConsistencyLevel::Strong,
        1 => ConsistencyLevel::Session,
        2 => ConsistencyLevel::Bounded,
        3 => ConsistencyLevel::Eventually,
        4 => ConsistencyLevel::Customized,
        _ => return unsupported("the consistency level"),
    };
    schema.num_partitions =
        schema.has_partition_key().then(|| u32::try_from(meta.partitions.len()).unwrap_or(u32::MAX));
    Ok(schema)
}

fn has_default(field: &FieldMeta) -> bool {
    field.default_value.is_some() || !field.default_value_proto.is_empty() || !field.default_value_base64.is_empty()
}

fn field(meta: &FieldMeta) -> wire::FieldSchema {
    wire::FieldSchema {
        field_id: meta.field_id,
        name: meta.name.clone(),
        is_primary_key: meta.is_primary_key,
        description: meta.description.clone(),
        data_type: meta.data_type,
        type_params: pairs(&meta.type_params),
        auto_id: meta.auto_id,
        element_type: meta.element_type,
        is_dynamic: meta.is_dynamic,
        is_partition_key: meta.is_partition_key,
        is_clustering_key: meta.is_clustering_key,
        nullable: meta.nullable,
        is_function_output: meta.is_function_output,
        ..wire::FieldSchema::default()
    }
}

fn pairs(pairs: &[KeyValue]) -> Vec<KeyValuePair> {
    pairs.iter().map(|pair| KeyValuePair { key: pair.key.clone(), value: pair.value.clone() }).collect()
}

fn indexes_of(meta: &CollectionMeta) -> Vec<IndexDefinition> {
    let index = |index: &super::meta::IndexMeta| {
        let mut params: BTreeMap<String, String> = index.params.clone();
        params.entry("index_type".to_owned()).or_insert_with(|| index.index_type.clone());
        IndexDefinition { field_name: index.field_name.clone(), index_name: index.index_name.clone(), params }
    };
    meta.index_infos.iter().map(index).collect()
}
