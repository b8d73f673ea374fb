//! The columns of fields that were added after a log was written.

use std::sync::Arc;

use arrow_array::ArrayRef;
use arrow_array::types::{Float32Type, Int8Type};
use arrow_array::{PrimitiveArray, UInt8Array};
use milvus::proto::schema::scalar_field::Data;
use milvus::proto::schema::{
    BoolArray, DoubleArray, FloatArray, IntArray, JsonArray, LongArray, ScalarField, StringArray,
};
use milvus_backup_columns::conventions::{Validity, arrays, dense_vectors, scalars, sparse_vectors};
use milvus_backup_core::schema::{DataType, DefaultValue, FieldSchema};
use milvus_backup_core::{Error, Result};

/// Returns whether rows can do without a value of the field.
pub(crate) fn can_be_missing(field: &FieldSchema) -> bool {
    field.nullable || field.default_value.is_some()
}

/// Returns the column of a field that the rows have no values of: its default value, or NULL.
pub(crate) fn missing(field: &FieldSchema, rows: usize) -> Result<ArrayRef> {
    if let Some(value) = &field.default_value {
        return scalars(field, &Validity::all_valid(rows), Some(default_values(field, value, rows)?));
    }
    let none = Validity::from_flags(&field.name, rows, &vec![false; rows], field.nullable)?;
    match field.data_type {
        DataType::Array => arrays(field, &none, Vec::<ScalarField>::new()),
        DataType::SparseFloatVector => sparse_vectors::<&[u8]>(field, &none, &[]),
        DataType::FloatVector => dense_vectors(field, &none, Arc::new(PrimitiveArray::<Float32Type>::new_null(0))),
        DataType::Int8Vector => dense_vectors(field, &none, Arc::new(PrimitiveArray::<Int8Type>::new_null(0))),
        other if other.is_vector() => dense_vectors(field, &none, Arc::new(UInt8Array::new_null(0))),
        _ => scalars(field, &none, None),
    }
}

fn default_values(field: &FieldSchema, value: &DefaultValue, rows: usize) -> Result<Data> {
    let wrong = || Error::Protocol {
        message: format!("field `{}` of type {} has the default value {value:?}", field.name, field.data_type),
    };
    Ok(match (field.data_type, value) {
        (DataType::Bool, DefaultValue::Bool(value)) => Data::BoolData(BoolArray { data: vec![*value; rows] }),
        (DataType::Int8 | DataType::Int16 | DataType::Int32, DefaultValue::Int(value)) => {
            Data::IntData(IntArray { data: vec![*value; rows] })
        }
        (DataType::Int64, DefaultValue::Long(value)) => Data::LongData(LongArray { data: vec![*value; rows] }),
        (DataType::Float, DefaultValue::Float(text)) => {
            Data::FloatData(FloatArray { data: vec![text.parse().map_err(|_| wrong())?; rows] })
        }
        (DataType::Double, DefaultValue::Double(text)) => {
            Data::DoubleData(DoubleArray { data: vec![text.parse().map_err(|_| wrong())?; rows] })
        }
        (DataType::VarChar, DefaultValue::String(text)) => {
            Data::StringData(StringArray { data: vec![text.clone(); rows] })
        }
        (DataType::Json, DefaultValue::Json(text)) => {
            Data::JsonData(JsonArray { data: vec![text.clone().into_bytes(); rows] })
        }
        _ => return Err(wrong()),
    })
}
