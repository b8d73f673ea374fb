//! From Arrow to the columns of an insert.
//!
//! NULLs are sent as a validity flag per row and the values of the valid rows only, as Milvus' own clients do.

use std::ops::Range;

use arrow_array::cast::AsArray;
use arrow_array::types::{Float32Type, Float64Type, Int8Type, Int16Type, Int32Type, Int64Type, UInt8Type};
use arrow_array::{Array, ArrayRef, ArrowPrimitiveType, ListArray, PrimitiveArray, RecordBatch};
use arrow_buffer::ScalarBuffer;
use milvus::proto::schema::{
    ArrayArray, BoolArray, DoubleArray, FieldData, FloatArray, GeometryWktArray, IntArray, JsonArray, LongArray,
    ScalarField, SparseFloatArray, StringArray as StringValues, VectorField, field_data, scalar_field, vector_field,
};
use milvus_backup_core::Result;
use milvus_backup_core::schema::{CollectionSchema, DYNAMIC_FIELD, DataType, FieldSchema, stored_fields};

use super::structs::encode_struct;
use super::{mismatch, sparse};
use crate::describe::wire_type;

/// The columns of `batch` as an insert carries them. A stored field without a column is left out: that is how a
/// primary key is left to the server.
///
/// # Errors
/// [`milvus_backup_core::Error::Protocol`] for a column of another type than the schema has, and for a column
/// that the schema does not have.
pub fn encode_columns(schema: &CollectionSchema, batch: &RecordBatch) -> Result<Vec<FieldData>> {
    let mut columns = Vec::with_capacity(batch.num_columns());
    for field in stored_fields(schema) {
        if let Some(column) = batch.column_by_name(&field.name) {
            columns.push(encode_field(field, column)?);
        }
    }
    for field in &schema.struct_fields {
        if let Some(column) = batch.column_by_name(&field.name) {
            columns.push(encode_struct(field, column)?);
        }
    }
    if schema.enable_dynamic_field
        && let Some(column) = batch.column_by_name(DYNAMIC_FIELD)
    {
        let mut dynamic = encode_field(&FieldSchema::new(DYNAMIC_FIELD, DataType::Json), column)?;
        dynamic.is_dynamic = true;
        columns.push(dynamic);
    }
    if columns.len() != batch.num_columns() {
        return Err(mismatch(
            "*",
            format!("{} columns, of which the schema has {}", batch.num_columns(), columns.len()),
        ));
    }
    Ok(columns)
}

pub(super) fn encode_field(field: &FieldSchema, column: &ArrayRef) -> Result<FieldData> {
    let data = if field.data_type.is_vector() {
        field_data::Field::Vectors(encode_vectors(field, column)?)
    } else {
        field_data::Field::Scalars(encode_scalars(field, column)?)
    };
    let valid_data = flags(field, column);
    Ok(FieldData {
        r#type: wire_type(field.data_type),
        field_name: field.name.clone(),
        field: Some(data),
        valid_data,
        ..FieldData::default()
    })
}

/// A flag for each row where NULL is possible, and none elsewhere.
pub(crate) fn flags(field: &FieldSchema, column: &ArrayRef) -> Vec<bool> {
    match column.nulls() {
        Some(nulls) if nulls.null_count() > 0 || field.nullable => nulls.iter().collect(),
        None if field.nullable => vec![true; column.len()],
        _ => Vec::new(),
    }
}

fn encode_scalars(field: &FieldSchema, column: &ArrayRef) -> Result<ScalarField> {
    let data = if field.data_type == DataType::Array {
        encode_arrays(field, column)?
    } else {
        scalar_data(&field.name, field.data_type, column)?
    };
    Ok(ScalarField { data: Some(data), ..ScalarField::default() })
}

/// The valid values of a scalar column.
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
        DataType::VarChar | DataType::Text | DataType::Timestamptz => {
            Data::StringData(StringValues { data: texts(name, data_type, column)? })
        }
        DataType::Geometry => Data::GeometryWktData(GeometryWktArray { data: texts(name, data_type, column)? }),
        DataType::Json => {
            let documents = texts(name, data_type, column)?.into_iter().map(String::into_bytes).collect();
            Data::JsonData(JsonArray { data: documents })
        }
        _ => return Err(mismatch(name, format!("{data_type} is not a scalar type"))),
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

fn texts(name: &str, data_type: DataType, column: &ArrayRef) -> Result<Vec<String>> {
    let array = column.as_string_opt::<i32>().ok_or_else(|| wrong_type(name, data_type, column))?;
    Ok(array.iter().flatten().map(str::to_owned).collect())
}

/// One scalar field per valid row. Also an empty one has its type: without it Milvus 2.3 crashes.
fn encode_arrays(field: &FieldSchema, column: &ArrayRef) -> Result<scalar_field::Data> {
    let name = field.name.as_str();
    let element = field.element_type.ok_or_else(|| mismatch(name, "an Array without element type"))?;
    let lists = column.as_list_opt::<i32>().ok_or_else(|| wrong_type(name, field.data_type, column))?;
    let row = |row: usize| {
        scalar_data(name, element, &lists.value(row))
            .map(|data| ScalarField { data: Some(data), ..ScalarField::default() })
    };
    let data = (0..lists.len()).filter(|index| lists.is_valid(*index)).map(row).collect::<Result<Vec<_>>>()?;
    Ok(scalar_field::Data::ArrayData(ArrayArray { data, element_type: wire_type(element) }))
}

fn encode_vectors(field: &FieldSchema, column: &ArrayRef) -> Result<VectorField> {
    let name = field.name.as_str();
    if field.data_type == DataType::SparseFloatVector {
        let contents = texts(name, field.data_type, column)?
            .iter()
            .map(|text| sparse::from_text(name, text))
            .collect::<Result<Vec<_>>>()?;
        let dim = contents.iter().filter_map(|bytes| last_index(bytes)).max().map_or(0, |index| index + 1);
        let data = vector_field::Data::SparseFloatVector(SparseFloatArray { contents, dim });
        return Ok(VectorField { dim, data: Some(data), ..VectorField::default() });
    }
    let lists = column.as_list_opt::<i32>().ok_or_else(|| wrong_type(name, field.data_type, column))?;
    Ok(VectorField { dim: wire_dim(field)?, data: Some(dense_data(field, lists)?), ..VectorField::default() })
}

/// The number of dimensions as the protocol has it.
pub(crate) fn wire_dim(field: &FieldSchema) -> Result<i64> {
    i64::try_from(field.dim()?).map_err(|error| mismatch(&field.name, error))
}

/// The largest index of a sparse vector, which comes last.
fn last_index(bytes: &[u8]) -> Option<i64> {
    let pair = bytes.last_chunk::<8>()?;
    Some(i64::from(u32::from_le_bytes([pair[0], pair[1], pair[2], pair[3]])))
}

/// The elements of the valid rows of a column of dense vectors.
pub(super) fn dense_data(field: &FieldSchema, lists: &ListArray) -> Result<vector_field::Data> {
    use vector_field::Data;

    let dim = field.dim()?;
    let data_type = if field.data_type == DataType::ArrayOfVector { field.element_type } else { Some(field.data_type) };
    Ok(match data_type {
        Some(DataType::FloatVector) => {
            Data::FloatVector(FloatArray { data: elements::<Float32Type>(field, lists, dim)? })
        }
        Some(DataType::BinaryVector) => Data::BinaryVector(elements::<UInt8Type>(field, lists, dim / 8)?),
        Some(DataType::Float16Vector) => Data::Float16Vector(elements::<UInt8Type>(field, lists, dim * 2)?),
        Some(DataType::BFloat16Vector) => Data::Bfloat16Vector(elements::<UInt8Type>(field, lists, dim * 2)?),
        Some(DataType::Int8Vector) => {
            let signed = elements::<Int8Type>(field, lists, dim)?;
            Data::Int8Vector(signed.into_iter().map(i8::cast_unsigned).collect())
        }
        other => return Err(mismatch(&field.name, format!("{other:?} is not a dense vector"))),
    })
}

fn elements<T: ArrowPrimitiveType>(field: &FieldSchema, lists: &ListArray, width: usize) -> Result<Vec<T::Native>> {
    let values = element_values::<T>(field, lists)?;
    if lists.null_count() == 0 {
        return Ok(values.values()[all_elements(field, lists, width)?].to_vec());
    }
    let mut valid = Vec::with_capacity((lists.len() - lists.null_count()) * width);
    for row in (0..lists.len()).filter(|row| lists.is_valid(*row)) {
        valid.extend_from_slice(&values.values()[row_elements(field, lists, width, row)?]);
    }
    Ok(valid)
}

fn element_values<'a, T: ArrowPrimitiveType>(
    field: &FieldSchema,
    lists: &'a ListArray,
) -> Result<&'a PrimitiveArray<T>> {
    let values = lists.values().as_primitive_opt();
    values.ok_or_else(|| mismatch(&field.name, "a vector column of another element type"))
}

/// Where the elements of all rows are, each of which must have `width` of them.
fn all_elements(field: &FieldSchema, lists: &ListArray, width: usize) -> Result<Range<usize>> {
    let mut all = 0..0;
    for row in 0..lists.len() {
        let elements = row_elements(field, lists, width, row)?;
        all = if row == 0 { elements } else { all.start..elements.end };
    }
    Ok(all)
}

fn row_elements(field: &FieldSchema, lists: &ListArray, width: usize, row: usize) -> Result<Range<usize>> {
    let offsets = lists.value_offsets();
    let (start, end) = (offsets[row].cast_unsigned() as usize, offsets[row + 1].cast_unsigned() as usize);
    if end - start == width {
        Ok(start..end)
    } else {
        Err(mismatch(&field.name, format!("a vector of {} elements, not {width}", end - start)))
    }
}

/// The elements of float vectors, not copied; `None` for another type, and for a column with NULLs.
pub(crate) fn float_elements(field: &FieldSchema, column: &ArrayRef) -> Result<Option<ScalarBuffer<f32>>> {
    let lists = column.as_list_opt::<i32>().filter(|lists| lists.null_count() == 0);
    let Some(lists) = lists.filter(|_| field.data_type == DataType::FloatVector) else { return Ok(None) };
    let all = all_elements(field, lists, field.dim()?)?;
    let values = element_values::<Float32Type>(field, lists)?.values();
    Ok(Some(values.slice(all.start, all.len())))
}

fn wrong_type(name: &str, expected: DataType, column: &ArrayRef) -> milvus_backup_core::Error {
    mismatch(name, format!("a column of {} where {expected} is needed", column.data_type()))
}
