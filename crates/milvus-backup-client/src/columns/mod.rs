//! Columns of Milvus' protocol to and from Arrow.
//!
//! Vector and number buffers are moved, never copied element by element. The Arrow form of each type is that of
//! [`milvus_backup_core::schema::arrow_field`].

mod decode;
mod encode;
mod list;
mod sparse;
mod structs;
mod validity;

pub(crate) use decode::decode_answer;
pub use decode::decode_columns;
pub use encode::encode_columns;
pub(crate) use encode::{flags, float_elements, wire_dim};

use milvus_backup_core::Error;

/// What the server sent, or what a file holds, contradicts the schema.
fn mismatch(field: &str, message: impl std::fmt::Display) -> Error {
    Error::Protocol { message: format!("field `{field}`: {message}") }
}
