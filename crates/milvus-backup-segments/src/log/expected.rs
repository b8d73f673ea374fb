//! The form in which the values of each data type are stored, by which a log with another type is found out.

use milvus_backup_core::schema::{DataType, FieldSchema};
use parquet::basic::Type;

use super::layout::LogColumn;
use crate::error::LogError;

/// Checks that a column of a log has the values of a field. `said` is the number of the data type in its header, if it
/// has one.
pub(super) fn require_type(field: &FieldSchema, column: &LogColumn, said: Option<i32>) -> Result<(), LogError> {
    let (physical, width) = stored_type(field)?;
    let form = column.form;
    let same_width = physical != Type::FIXED_LEN_BYTE_ARRAY || form.width == width;
    if form.physical != physical || !same_width {
        return Err(LogError::damaged(format_args!(
            "has values of type {} with {:?} bytes, which are not those of field `{}`",
            form.physical, form.width, field.name
        )));
    }
    match said {
        Some(said) if said != number(field.data_type) => {
            Err(LogError::damaged(format_args!("has data type {said}, which is not that of field `{}`", field.name)))
        }
        _ => Ok(()),
    }
}

/// Checks that the values of a field can be read from segment files at all.
pub(crate) fn require_supported(field: &FieldSchema) -> Result<(), LogError> {
    stored_type(field).map(drop)
}

/// Returns the type that stores the values of a field, and the size of a value of fixed size.
fn stored_type(field: &FieldSchema) -> Result<(Type, Option<usize>), LogError> {
    let vector = || {
        let dim = field.dim().map_err(LogError::damaged)?;
        let width = field.data_type.fixed_width(dim).filter(|width| *width > 0);
        let width = width.ok_or_else(|| LogError::damaged(format_args!("has vectors of {dim} dimensions")))?;
        Ok((Type::FIXED_LEN_BYTE_ARRAY, Some(width)))
    };
    Ok(match field.data_type {
        DataType::Bool => (Type::BOOLEAN, None),
        DataType::Int8 | DataType::Int16 | DataType::Int32 => (Type::INT32, None),
        DataType::Int64 => (Type::INT64, None),
        DataType::Float => (Type::FLOAT, None),
        DataType::Double => (Type::DOUBLE, None),
        DataType::VarChar | DataType::Json | DataType::Array | DataType::SparseFloatVector => (Type::BYTE_ARRAY, None),
        DataType::FloatVector
        | DataType::BinaryVector
        | DataType::Float16Vector
        | DataType::BFloat16Vector
        | DataType::Int8Vector => vector()?,
        other => {
            return Err(LogError::unsupported(format_args!("field `{}` of type {other}", field.name)));
        }
    })
}

/// Returns the number of a data type in Milvus' protocol.
fn number(data_type: DataType) -> i32 {
    use milvus::proto::schema::DataType as Wire;

    let wire = match data_type {
        DataType::Bool => Wire::Bool,
        DataType::Int8 => Wire::Int8,
        DataType::Int16 => Wire::Int16,
        DataType::Int32 => Wire::Int32,
        DataType::Int64 => Wire::Int64,
        DataType::Float => Wire::Float,
        DataType::Double => Wire::Double,
        DataType::VarChar => Wire::VarChar,
        DataType::Json => Wire::Json,
        DataType::Array => Wire::Array,
        DataType::FloatVector => Wire::FloatVector,
        DataType::BinaryVector => Wire::BinaryVector,
        DataType::Float16Vector => Wire::Float16Vector,
        DataType::BFloat16Vector => Wire::BFloat16Vector,
        DataType::Int8Vector => Wire::Int8Vector,
        DataType::SparseFloatVector => Wire::SparseFloatVector,
        _ => Wire::None,
    };
    wire as i32
}
