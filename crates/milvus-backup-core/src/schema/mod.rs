//! The definition of a collection, independent of the server it came from, as stored in `schema.json`.

mod collection;
mod compatibility;
mod data_type;
mod default_value;
mod field;
mod index;
mod row_traits;
mod support;

#[cfg(feature = "traits")]
mod arrow;

#[cfg(feature = "traits")]
pub use arrow::{LIST_ELEMENT, PrimaryKey, arrow_field, arrow_schema, stored_fields, value_bytes};
pub use collection::{CollectionSchema, ConsistencyLevel, DYNAMIC_FIELD, FunctionKind, FunctionSchema};
pub use compatibility::schema_differences;
pub use data_type::DataType;
pub use default_value::DefaultValue;
pub use field::{FieldSchema, StructFieldSchema};
pub use index::IndexDefinition;
pub use row_traits::{RowTrait, RowTraitKind, RowTraits, top_level_keys};
pub use support::SchemaSupport;
