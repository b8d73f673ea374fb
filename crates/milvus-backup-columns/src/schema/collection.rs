//! The schema of a collection, as `schema.proto` of Milvus defines it.

use milvus::proto::schema as wire;
use milvus_backup_core::Result;
use milvus_backup_core::schema::{CollectionSchema, DYNAMIC_FIELD};

use super::field::{decode_field, decode_struct, encode_field, encode_struct};
use super::function::{decode_function, encode_function};
use super::params::params_from_wire;

/// Reads the schema of a collection.
///
/// The number of shards, the consistency level, the number of partitions and most properties are not in this message:
/// callers that know them replace the defaults of [`CollectionSchema::new`].
///
/// # Errors
/// [`milvus_backup_core::Error::Unsupported`] with the name of a field or function whose type is unknown, and for a
/// default value that is not supported.
pub fn decode_schema(schema: &wire::CollectionSchema) -> Result<CollectionSchema> {
    let visible = |field: &&wire::FieldSchema| !field.is_dynamic && field.name != DYNAMIC_FIELD;
    let fields = schema.fields.iter().filter(visible).map(decode_field).collect::<Result<Vec<_>>>()?;
    Ok(CollectionSchema {
        description: schema.description.clone(),
        struct_fields: schema.struct_array_fields.iter().map(decode_struct).collect::<Result<_>>()?,
        functions: schema.functions.iter().map(decode_function).collect::<Result<_>>()?,
        enable_dynamic_field: schema.enable_dynamic_field,
        properties: params_from_wire(&schema.properties),
        ..CollectionSchema::new(fields)
    })
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
