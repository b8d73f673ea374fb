//! The data types in the protocol and in the models.

use milvus::proto::schema as wire;
use milvus_backup_core::schema::DataType;
use milvus_backup_core::{Error, Result};

/// The data types that exist on both sides.
const TYPES: &[(wire::DataType, DataType)] = &[
    (wire::DataType::Bool, DataType::Bool),
    (wire::DataType::Int8, DataType::Int8),
    (wire::DataType::Int16, DataType::Int16),
    (wire::DataType::Int32, DataType::Int32),
    (wire::DataType::Int64, DataType::Int64),
    (wire::DataType::Float, DataType::Float),
    (wire::DataType::Double, DataType::Double),
    (wire::DataType::VarChar, DataType::VarChar),
    (wire::DataType::Text, DataType::Text),
    (wire::DataType::Json, DataType::Json),
    (wire::DataType::Array, DataType::Array),
    (wire::DataType::Geometry, DataType::Geometry),
    (wire::DataType::Timestamptz, DataType::Timestamptz),
    (wire::DataType::Date, DataType::Date),
    (wire::DataType::Time, DataType::Time),
    (wire::DataType::Decimal, DataType::Decimal),
    (wire::DataType::Uuid, DataType::Uuid),
    (wire::DataType::FloatVector, DataType::FloatVector),
    (wire::DataType::BinaryVector, DataType::BinaryVector),
    (wire::DataType::Float16Vector, DataType::Float16Vector),
    (wire::DataType::BFloat16Vector, DataType::BFloat16Vector),
    (wire::DataType::SparseFloatVector, DataType::SparseFloatVector),
    (wire::DataType::Int8Vector, DataType::Int8Vector),
    (wire::DataType::ArrayOfVector, DataType::ArrayOfVector),
];

/// Returns the number of a data type in the protocol.
pub(crate) fn wire_type(data_type: DataType) -> i32 {
    TYPES.iter().find(|(_, ours)| *ours == data_type).map_or(0, |(theirs, _)| *theirs as i32)
}

/// Returns the data type of a field by its number in the protocol.
pub(super) fn data_type(field: &str, number: i32) -> Result<DataType> {
    if let Some((_, ours)) = TYPES.iter().find(|(theirs, _)| *theirs as i32 == number) {
        return Ok(*ours);
    }
    let name = wire::DataType::try_from(number).map_or("a type newer than this program", |known| known.as_str_name());
    Err(Error::Unsupported { what: format!("field `{field}` of data type {name} ({number})") })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_known_type_goes_both_ways() {
        for (theirs, ours) in TYPES {
            assert_eq!(wire_type(*ours), *theirs as i32);
            assert_eq!(data_type("f", *theirs as i32).unwrap(), *ours);
        }
    }

    #[test]
    fn a_newer_type_fails_by_name() {
        let error = data_type("when", wire::DataType::Mol as i32).unwrap_err().to_string();
        assert!(error.contains("`when`") && error.contains("Mol"), "{error}");
        assert!(data_type("when", 9999).unwrap_err().to_string().contains("9999"));
    }
}
