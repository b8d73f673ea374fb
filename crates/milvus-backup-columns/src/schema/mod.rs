//! Conversions between definitions of collections and Milvus' protocol.

mod collection;
mod data_type;
mod default_value;
mod field;
mod function;
mod params;

pub use collection::{decode_schema, encode_schema};
pub(crate) use data_type::wire_type;
pub use params::{params_from_wire, params_to_wire};
