//! A collection's definition, independent of the server it came from, as kept in `schema.json`.

mod collection;
mod compatibility;
mod data_type;
mod default_value;
mod field;
mod index;
mod row_traits;
mod support;

#[cfg(feature = "manager")]
mod arrow;
#[cfg(feature = "manager")]
mod primary_key;

#[cfg(feature = "manager")]
pub use arrow::{LIST_ELEMENT, arrow_field, arrow_schema, stored_fields};
pub use collection::{CollectionSchema, ConsistencyLevel, DYNAMIC_FIELD, FunctionKind, FunctionSchema};
pub use compatibility::schema_differences;
pub use data_type::DataType;
pub use default_value::DefaultValue;
pub use field::{FieldSchema, StructFieldSchema};
pub use index::IndexDefinition;
#[cfg(feature = "manager")]
pub use primary_key::PrimaryKey;
pub use row_traits::{RowTrait, RowTraitKind, RowTraits, top_level_keys};
pub use support::SchemaSupport;
