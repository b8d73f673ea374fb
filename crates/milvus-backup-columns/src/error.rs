//! The errors of a conversion, by direction.

use std::fmt::Display;

use milvus_backup_core::Error;

/// Returns the error for values that contradict the schema or themselves.
pub(crate) fn mismatch(field: &str, message: impl Display) -> Error {
    Error::Protocol { message: format!("field `{field}`: {message}") }
}

/// Returns the error for a column that cannot be sent as the schema describes it.
pub(crate) fn unencodable(field: &str, message: impl Display) -> Error {
    Error::Encoding { action: format!("encode field `{field}` for Milvus"), source: message.to_string().into() }
}
