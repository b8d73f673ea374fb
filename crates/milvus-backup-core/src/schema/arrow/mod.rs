//! The Arrow form of a collection: its fields as columns, and primary keys in these columns.

mod columns;
mod primary_key;

pub use columns::{LIST_ELEMENT, arrow_field, arrow_schema, stored_fields, value_bytes};
pub use primary_key::PrimaryKey;
