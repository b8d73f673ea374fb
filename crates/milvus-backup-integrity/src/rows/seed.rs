//! The seed of a hash: the name of the column and the kind of the value.

use arrow_schema::{DataType, TimeUnit};
use xxhash_rust::xxh3::{xxh3_64_with_seed, xxh3_128_with_seed};

/// The kind of a value, as its tag in the specification.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Tag(u8);

impl Tag {
    pub(super) const NULL: Self = Self(0);
    pub(super) const BOOLEAN: Self = Self(1);
    pub(super) const UTF8: Self = Self(9);
    pub(super) const STRUCT: Self = Self(10);
    pub(super) const LIST: Self = Self(11);

    /// Returns the tag of a type whose values have one width, such as numbers, or `None` for all other types.
    pub(super) fn of_number(data_type: &DataType) -> Option<Self> {
        Some(Self(match data_type {
            DataType::Int8 => 2,
            DataType::Int16 => 3,
            DataType::Int32 => 4,
            DataType::Int64 => 5,
            DataType::UInt8 => 6,
            DataType::Float32 => 7,
            DataType::Float64 => 8,
            DataType::Date32 => 12,
            DataType::Time64(TimeUnit::Microsecond) => 13,
            DataType::Decimal128(..) => 14,
            DataType::FixedSizeBinary(16) => 15,
            _ => return None,
        }))
    }

    /// Returns the tag of a list of numbers without NULLs.
    pub(super) fn packed(self) -> Self {
        Self(16 + self.0)
    }

    /// Returns the seed for values of this kind in the column `name`.
    pub(super) fn seed(self, name: &str) -> u64 {
        xxh3_64_with_seed(name.as_bytes(), u64::from(self.0))
    }
}

/// Returns the hash of NULL in the column `name`.
pub(super) fn null_hash(name: &str) -> u128 {
    xxh3_128_with_seed(&[], Tag::NULL.seed(name))
}
