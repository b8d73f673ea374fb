//! Conversions between definitions of collections and Milvus' protocol.

mod collection;
mod data_type;
mod default_value;
mod field;
mod function;
mod params;
mod type_tree;

pub use collection::{decode_schema, encode_schema, schema_limitations};
pub(crate) use data_type::wire_type;
pub use params::{params_from_wire, params_to_wire};
