//! The columns of scalars and of arrays of scalars.

use arrow_array::cast::AsArray;
use arrow_array::types::{
    Date32Type, Decimal128Type, Float32Type, Float64Type, Int8Type, Int16Type, Int32Type, Int64Type,
    Time64MicrosecondType,
};
use arrow_array::{Array, ArrayRef, ArrowPrimitiveType};
use milvus::proto::schema::{
    ArrayArray, BoolArray, BytesArray, DateArray, DoubleArray, FloatArray, GeometryWktArray, IntArray, JsonArray,
    LongArray, ScalarField, StringArray as StringValues, TimeArray, scalar_field,
};
use milvus_backup_core::schema::{DataType, FieldSchema};
use milvus_backup_core::{Error, Result};

use crate::error::unencodable;
use crate::schema::wire_type;

/// Encodes the valid rows of a column that does not hold vectors.
pub(super) fn encode_scalars(field: &FieldSchema, column: &ArrayRef) -> Result<ScalarField> {
    let data = if field.data_type == DataType::Array {
        encode_arrays(field, column)?
    } else {
        scalar_data(&field.name, field.data_type, column)?
    };
    Ok(ScalarField { data: Some(data), ..ScalarField::default() })
}

/// Returns the valid values of a scalar column.
fn scalar_data(name: &str, data_type: DataType, column: &ArrayRef) -> Result<scalar_field::Data> {
    use scalar_field::Data;

    Ok(match data_type {
        DataType::Bool => {
            let array = column.as_boolean_opt().ok_or_else(|| wrong_type(name, data_type, column))?;
            Data::BoolData(BoolArray { data: array.iter().flatten().collect() })
        }
        DataType::Int8 => Data::IntData(IntArray { data: widened::<Int8Type>(name, data_type, column)? }),
        DataType::Int16 => Data::IntData(IntArray { data: widened::<Int16Type>(name, data_type, column)? }),
        DataType::Int32 => Data::IntData(IntArray { data: valid_values::<Int32Type>(name, data_type, column)? }),
        DataType::Int64 => Data::LongData(LongArray { data: valid_values::<Int64Type>(name, data_type, column)? }),
        DataType::Float => Data::FloatData(FloatArray { data: valid_values::<Float32Type>(name, data_type, column)? }),
        DataType::Double => {
            Data::DoubleData(DoubleArray { data: valid_values::<Float64Type>(name, data_type, column)? })
        }
        DataType::Date => Data::DateData(DateArray { data: valid_values::<Date32Type>(name, data_type, column)? }),
        DataType::Time => {
            Data::TimeData(TimeArray { data: valid_values::<Time64MicrosecondType>(name, data_type, column)? })
        }
        DataType::Decimal => Data::BytesData(BytesArray { data: decimals(name, data_type, column)? }),
        DataType::Uuid => Data::BytesData(BytesArray { data: identifiers(name, data_type, column)? }),
        DataType::VarChar | DataType::Text | DataType::Timestamptz => {
            Data::StringData(StringValues { data: texts(name, data_type, column)? })
        }
        DataType::Geometry => Data::GeometryWktData(GeometryWktArray { data: texts(name, data_type, column)? }),
        DataType::Json => {
            let documents = texts(name, data_type, column)?.into_iter().map(String::into_bytes).collect();
            Data::JsonData(JsonArray { data: documents })
        }
        _ => return Err(unencodable(name, format!("{data_type} is not a scalar type"))),
    })
}

fn valid_values<T: ArrowPrimitiveType>(name: &str, data_type: DataType, column: &ArrayRef) -> Result<Vec<T::Native>> {
    let array = column.as_primitive_opt::<T>().ok_or_else(|| wrong_type(name, data_type, column))?;
    Ok(if array.null_count() == 0 { array.values().to_vec() } else { array.iter().flatten().collect() })
}

fn widened<T: ArrowPrimitiveType>(name: &str, data_type: DataType, column: &ArrayRef) -> Result<Vec<i32>>
where
    T::Native: Into<i32>,
{
    Ok(valid_values::<T>(name, data_type, column)?.into_iter().map(Into::into).collect())
}

/// Returns the numbers without their point, as 8 little-endian bytes each (milvus-proto#650).
fn decimals(name: &str, data_type: DataType, column: &ArrayRef) -> Result<Vec<Vec<u8>>> {
    let bytes = |number: i128| {
        let number =
            i64::try_from(number).map_err(|_| unencodable(name, format!("{number} has more than 18 digits")))?;
        Ok(number.to_le_bytes().to_vec())
    };
    valid_values::<Decimal128Type>(name, data_type, column)?.into_iter().map(bytes).collect()
}

fn identifiers(name: &str, data_type: DataType, column: &ArrayRef) -> Result<Vec<Vec<u8>>> {
    let array = column.as_fixed_size_binary_opt().filter(|array| array.value_size() == 16);
    let array = array.ok_or_else(|| wrong_type(name, data_type, column))?;
    Ok(array.iter().flatten().map(<[u8]>::to_vec).collect())
}

pub(super) fn texts(name: &str, data_type: DataType, column: &ArrayRef) -> Result<Vec<String>> {
    let array = column.as_string_opt::<i32>().ok_or_else(|| wrong_type(name, data_type, column))?;
    Ok(array.iter().flatten().map(str::to_owned).collect())
}

/// Returns one scalar field per valid row. An empty one also has its type, which Milvus 2.3 requires.
fn encode_arrays(field: &FieldSchema, column: &ArrayRef) -> Result<scalar_field::Data> {
    let name = field.name.as_str();
    let element = field.element_type.ok_or_else(|| unencodable(name, "an Array without element type"))?;
    let lists = column.as_list_opt::<i32>().ok_or_else(|| wrong_type(name, field.data_type, column))?;
    let row = |row: usize| {
        scalar_data(name, element, &lists.value(row))
            .map(|data| ScalarField { data: Some(data), ..ScalarField::default() })
    };
    let data = (0..lists.len()).filter(|index| lists.is_valid(*index)).map(row).collect::<Result<Vec<_>>>()?;
    Ok(scalar_field::Data::ArrayData(ArrayArray { data, element_type: wire_type(element) }))
}

/// Returns the error for a column whose type differs from that of the field.
pub(super) fn wrong_type(name: &str, expected: DataType, column: &ArrayRef) -> Error {
    unencodable(name, format!("a column of {} where {expected} is needed", column.data_type()))
}
