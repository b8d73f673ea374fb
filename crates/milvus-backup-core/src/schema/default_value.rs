//! The default values of scalar fields.

use serde::{Deserialize, Serialize};

/// The value of a field in a row that does not set it.
///
/// Floating-point values are stored as the shortest decimal text that is parsed to the same bits, because JSON has no
/// NaN, no infinities and no guarantee of precision.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum DefaultValue {
    /// The value of a `Bool` field.
    Bool(bool),
    /// The value of an `Int8`, `Int16` or `Int32` field.
    Int(i32),
    /// The value of an `Int64` field.
    Long(i64),
    /// The value of a `Float` field, as decimal text.
    Float(String),
    /// The value of a `Double` field, as decimal text.
    Double(String),
    /// The value of a `VarChar`, `Text`, `Geometry` and, on some servers, `Timestamptz` field.
    String(String),
    /// The value of a `JSON` field: the bytes of the document, which are UTF-8 text.
    Json(String),
    /// The value of a `Timestamptz` field, in microseconds since the Unix epoch.
    Timestamptz(i64),
    /// The value of a `Date` field, in days since the Unix epoch.
    Date(i32),
    /// The value of a `Time` field, in microseconds since midnight.
    Time(i64),
    /// The bytes of a value of a `Decimal` or `UUID` field, as lower-case hexadecimal text.
    Bytes(String),
}
