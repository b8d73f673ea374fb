//! The schema of a collection, as `schema.proto` of Milvus defines it.

use milvus::proto::schema as wire;
use milvus_backup_core::schema::{CollectionSchema, DYNAMIC_FIELD};
use milvus_backup_core::wording::count;
use milvus_backup_core::{Error, Result};

use super::field::{decode_field, decode_struct, encode_field, encode_struct};
use super::function::{decode_function, encode_function};
use super::params::params_from_wire;

/// Reads the schema of a collection.
///
/// The number of shards, the consistency level, the number of partitions and most properties are not in this message:
/// callers that know them replace the defaults of [`CollectionSchema::new`].
///
/// # Errors
/// [`Error::Unsupported`] with the name of a field or function whose type is unknown, for a default value that is not
/// supported, and for a collection whose rows would not come back as they were: an external one, and one with
/// namespaces.
pub fn decode_schema(schema: &wire::CollectionSchema) -> Result<CollectionSchema> {
    // Named one by one: whatever a new version of the definitions adds must be dealt with before this compiles again.
    #[expect(deprecated, reason = "every field is named")]
    let wire::CollectionSchema {
        name: _,
        description,
        auto_id: _,
        fields,
        enable_dynamic_field,
        properties,
        functions,
        db_name: _,
        struct_array_fields,
        version: _,
        external_source,
        external_spec,
        do_physical_backfill: _,
        file_resource_ids: _,
        enable_namespace,
    } = schema;
    if !external_source.is_empty() || !external_spec.is_empty() {
        return unsupported("an external collection, whose rows are in files outside of Milvus");
    }
    if *enable_namespace {
        return unsupported("a collection with namespaces, to which its rows would not be restored");
    }
    let visible = |field: &&wire::FieldSchema| !field.is_dynamic && field.name != DYNAMIC_FIELD;
    let fields = fields.iter().filter(visible).map(decode_field).collect::<Result<Vec<_>>>()?;
    Ok(CollectionSchema {
        description: description.clone(),
        struct_fields: struct_array_fields.iter().map(decode_struct).collect::<Result<_>>()?,
        functions: functions.iter().map(decode_function).collect::<Result<_>>()?,
        enable_dynamic_field: *enable_dynamic_field,
        properties: params_from_wire(properties),
        ..CollectionSchema::new(fields)
    })
}

fn unsupported(what: &str) -> Result<CollectionSchema> {
    Err(Error::Unsupported { what: what.to_owned() })
}

/// Returns one sentence for each attribute of a described collection that [`decode_schema`] leaves out, and without which
/// its rows are complete.
pub fn schema_limitations(schema: &wire::CollectionSchema) -> Vec<String> {
    let mut limitations = Vec::new();
    if !schema.file_resource_ids.is_empty() {
        let resources = count(schema.file_resource_ids.len() as u64, "file resource");
        limitations.push(format!("the collection uses {resources} of its server, which are not in the backup"));
    }
    if schema.do_physical_backfill {
        limitations.push("the request to backfill added fields in the segments is not in the backup".to_owned());
    }
    limitations
}

/// Returns the schema of a collection of this name, without its properties, which are not part of this message on
/// creation.
///
/// # Errors
/// [`milvus_backup_core::Error::Encoding`] and [`milvus_backup_core::Error::Unsupported`] for a default value that
/// Milvus does not support.
pub fn encode_schema(name: &str, schema: &CollectionSchema) -> Result<wire::CollectionSchema> {
    let auto_id = schema.fields.iter().any(|field| field.auto_id);
    #[expect(deprecated, reason = "servers before 2.3 read the flag here")]
    let definition = wire::CollectionSchema {
        name: name.to_owned(),
        description: schema.description.clone(),
        auto_id,
        fields: schema.fields.iter().map(encode_field).collect::<Result<_>>()?,
        enable_dynamic_field: schema.enable_dynamic_field,
        functions: schema.functions.iter().map(encode_function).collect(),
        struct_array_fields: schema.struct_fields.iter().map(encode_struct).collect::<Result<_>>()?,
        ..wire::CollectionSchema::default()
    };
    Ok(definition)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(schema: &wire::CollectionSchema) -> String {
        decode_schema(schema).unwrap_err().to_string()
    }

    #[test]
    fn what_would_not_come_back_is_refused() {
        let external = wire::CollectionSchema { external_source: "s3://films".to_owned(), ..Default::default() };
        assert!(refusal(&external).contains("an external collection"));
        let external = wire::CollectionSchema { external_spec: "{}".to_owned(), ..Default::default() };
        assert!(refusal(&external).contains("an external collection"));
        let spaces = wire::CollectionSchema { enable_namespace: true, ..Default::default() };
        assert!(refusal(&spaces).contains("namespaces"));
    }

    #[test]
    fn what_is_left_out_is_named() {
        let schema =
            wire::CollectionSchema { file_resource_ids: vec![7], do_physical_backfill: true, ..Default::default() };
        let limitations = schema_limitations(&schema);
        assert_eq!(limitations.len(), 2);
        assert!(limitations[0].contains("1 file resource of its server"), "{}", limitations[0]);
        assert!(schema_limitations(&wire::CollectionSchema::default()).is_empty());
    }
}
