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

#[cfg(test)]
mod tests {
    use arrow_array::Array;
    use arrow_array::cast::AsArray;
    use milvus_backup_core::schema::arrow_field;

    use super::*;

    #[test]
    fn a_missing_value_is_the_default_or_null() {
        let mut price = FieldSchema::new("price", DataType::Double);
        assert!(!can_be_missing(&price));
        price.default_value = Some(DefaultValue::Double("-0".to_owned()));
        let prices = missing(&price, 2).unwrap();
        assert_eq!(prices.as_primitive::<arrow_array::types::Float64Type>().value(1).to_bits(), (-0.0_f64).to_bits());
        price.default_value = Some(DefaultValue::Long(1));
        assert!(missing(&price, 2).is_err(), "a value of another type");
        price.default_value = None;
        assert!(missing(&price, 2).is_err(), "neither default nor NULL");
    }

    #[test]
    fn every_type_can_be_null() {
        for data_type in DataType::ALL {
            let mut field = FieldSchema::new("f", *data_type).with_param("dim", 8);
            field.nullable = true;
            field.element_type = (*data_type == DataType::Array).then_some(DataType::Int8);
            if super::super::require_supported(&field).is_err() {
                continue;
            }
            let column = missing(&field, 3).unwrap();
            assert_eq!((column.len(), column.null_count()), (3, 3), "{data_type}");
            assert_eq!(column.data_type(), arrow_field(&field).unwrap().data_type());
        }
    }
}
