//! A collection in the types of Arrow: its fields as columns, and its primary keys in them.

mod columns;
mod primary_key;

pub use columns::{LIST_ELEMENT, arrow_field, arrow_schema, stored_fields, value_bytes};
pub use primary_key::PrimaryKey;
