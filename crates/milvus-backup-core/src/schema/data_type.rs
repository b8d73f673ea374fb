//! The data types of Milvus.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A data type of Milvus, under the name its documentation uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[non_exhaustive]
pub enum DataType {
    /// A boolean value, true or false.
    Bool,
    /// A signed 8-bit integer.
    Int8,
    /// A signed 16-bit integer.
    Int16,
    /// A signed 32-bit integer.
    Int32,
    /// A signed 64-bit integer.
    Int64,
    /// An IEEE 754 single-precision number.
    Float,
    /// An IEEE 754 double-precision number.
    Double,
    /// UTF-8 text of at most `max_length` bytes.
    VarChar,
    /// UTF-8 text without a declared limit (Milvus 3.0).
    Text,
    /// A JSON document, preserved byte for byte.
    #[serde(rename = "JSON")]
    Json,
    /// Up to `max_capacity` elements of one scalar type.
    Array,
    /// A geometry as Well-Known Text (Milvus 2.6).
    Geometry,
    /// A point in time with a time zone, as ISO 8601 text (Milvus 2.6).
    Timestamptz,
    /// A date as the number of days since the Unix epoch (after Milvus 3.0.0).
    Date,
    /// A time of day in microseconds since midnight (after Milvus 3.0.0).
    Time,
    /// An exact number of `precision` digits, `scale` of them after the point (after Milvus 3.0.0).
    Decimal,
    /// An identifier of 16 bytes by RFC 4122 (expected in Milvus 3.1).
    #[serde(rename = "UUID")]
    Uuid,
    /// A vector of `dim` single-precision numbers.
    FloatVector,
    /// A vector of `dim` bits, most significant bit of each byte first.
    BinaryVector,
    /// A vector of `dim` half-precision numbers, little-endian.
    Float16Vector,
    /// A vector of `dim` bfloat16 numbers, little-endian.
    BFloat16Vector,
    /// Pairs of index and single-precision weight.
    SparseFloatVector,
    /// A vector of `dim` 8-bit signed integers (Milvus 2.6).
    Int8Vector,
    /// A list of vectors; only inside an array of structs (Milvus 2.6).
    ArrayOfVector,
}

impl DataType {
    /// Every data type, in declaration order.
    pub const ALL: &'static [Self] = &[
        Self::Bool,
        Self::Int8,
        Self::Int16,
        Self::Int32,
        Self::Int64,
        Self::Float,
        Self::Double,
        Self::VarChar,
        Self::Text,
        Self::Json,
        Self::Array,
        Self::Geometry,
        Self::Timestamptz,
        Self::Date,
        Self::Time,
        Self::Decimal,
        Self::Uuid,
        Self::FloatVector,
        Self::BinaryVector,
        Self::Float16Vector,
        Self::BFloat16Vector,
        Self::SparseFloatVector,
        Self::Int8Vector,
        Self::ArrayOfVector,
    ];

    /// Returns whether the type is a vector, and thus needs an index before the collection can be loaded.
    pub const fn is_vector(self) -> bool {
        matches!(
            self,
            Self::FloatVector
                | Self::BinaryVector
                | Self::Float16Vector
                | Self::BFloat16Vector
                | Self::SparseFloatVector
                | Self::Int8Vector
        )
    }

    /// Returns the size in bytes of one value of `dim` dimensions, or `None` if values differ in size.
    pub const fn fixed_width(self, dim: usize) -> Option<usize> {
        match self {
            Self::Bool | Self::Int8 => Some(1),
            Self::Int16 => Some(2),
            Self::Int32 | Self::Float | Self::Date => Some(4),
            Self::Int64 | Self::Double | Self::Time => Some(8),
            Self::Decimal | Self::Uuid => Some(16),
            Self::FloatVector => Some(dim * 4),
            Self::BinaryVector => Some(dim / 8),
            Self::Float16Vector | Self::BFloat16Vector => Some(dim * 2),
            Self::Int8Vector => Some(dim),
            _ => None,
        }
    }
}

impl fmt::Display for DataType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Json => f.pad("JSON"),
            Self::Uuid => f.pad("UUID"),
            other => fmt::Debug::fmt(other, f),
        }
    }
}
