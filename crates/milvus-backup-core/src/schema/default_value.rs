//! Default values of scalar fields.

use serde::{Deserialize, Serialize};

/// The value a field takes in a row that does not give one.
///
/// Floating-point values are kept as the shortest decimal text that reads back to the same bits, because JSON
/// has no NaN, no infinities and no promise about digits.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum DefaultValue {
    /// For `Bool`.
    Bool(bool),
    /// For `Int8`, `Int16` and `Int32`.
    Int(i32),
    /// For `Int64`.
    Long(i64),
    /// For `Float`, as decimal text.
    Float(String),
    /// For `Double`, as decimal text.
    Double(String),
    /// For `VarChar`, `Text`, `Geometry` and, on some servers, `Timestamptz`.
    String(String),
    /// For `JSON`: the bytes of the document, which are UTF-8 text.
    Json(String),
    /// For `Timestamptz`: microseconds since the Unix epoch.
    Timestamptz(i64),
}
