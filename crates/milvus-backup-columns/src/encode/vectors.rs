//! The columns of dense and sparse vectors.

use std::ops::Range;

use arrow_array::cast::AsArray;
use arrow_array::types::{Float32Type, Int8Type, UInt8Type};
use arrow_array::{Array, ArrayRef, ArrowPrimitiveType, ListArray, PrimitiveArray};
use arrow_buffer::ScalarBuffer;
use milvus::proto::schema::{FloatArray, SparseFloatArray, VectorField, vector_field};
use milvus_backup_core::Result;
use milvus_backup_core::schema::{DataType, FieldSchema};

use super::scalars::{texts, wrong_type};
use crate::conventions::{element_type, sparse_bytes, vector_width};
use crate::error::unencodable;

/// Encodes the valid rows of a column of vectors.
pub(super) fn encode_vectors(field: &FieldSchema, column: &ArrayRef) -> Result<VectorField> {
    let name = field.name.as_str();
    if field.data_type == DataType::SparseFloatVector {
        let contents = texts(name, field.data_type, column)?
            .iter()
            .map(|text| sparse_bytes(name, text))
            .collect::<Result<Vec<_>>>()?;
        let dim = contents.iter().filter_map(|bytes| last_index(bytes)).max().map_or(0, |index| index + 1);
        let data = vector_field::Data::SparseFloatVector(SparseFloatArray { contents, dim });
        return Ok(VectorField { dim, data: Some(data), ..VectorField::default() });
    }
    let lists = column.as_list_opt::<i32>().ok_or_else(|| wrong_type(name, field.data_type, column))?;
    Ok(VectorField { dim: wire_dim(field)?, data: Some(dense_data(field, lists)?), ..VectorField::default() })
}

/// Returns the number of dimensions in the type of the protocol.
pub(super) fn wire_dim(field: &FieldSchema) -> Result<i64> {
    let dim = field.dim().map_err(|_| unencodable(&field.name, "a vector without a usable `dim`"))?;
    i64::try_from(dim).map_err(|error| unencodable(&field.name, error))
}

fn width_of(field: &FieldSchema) -> Result<usize> {
    vector_width(field).map_err(|error| unencodable(&field.name, error))
}

/// Returns the largest index of a sparse vector, which comes last.
fn last_index(bytes: &[u8]) -> Option<i64> {
    let pair = bytes.last_chunk::<8>()?;
    Some(i64::from(u32::from_le_bytes([pair[0], pair[1], pair[2], pair[3]])))
}

/// Returns the elements of the valid rows of a column of dense vectors.
pub(super) fn dense_data(field: &FieldSchema, lists: &ListArray) -> Result<vector_field::Data> {
    use vector_field::Data;

    let width = width_of(field)?;
    Ok(match element_type(field) {
        Some(DataType::FloatVector) => {
            Data::FloatVector(FloatArray { data: elements::<Float32Type>(field, lists, width)? })
        }
        Some(DataType::BinaryVector) => Data::BinaryVector(elements::<UInt8Type>(field, lists, width)?),
        Some(DataType::Float16Vector) => Data::Float16Vector(elements::<UInt8Type>(field, lists, width)?),
        Some(DataType::BFloat16Vector) => Data::Bfloat16Vector(elements::<UInt8Type>(field, lists, width)?),
        Some(DataType::Int8Vector) => {
            let signed = elements::<Int8Type>(field, lists, width)?;
            Data::Int8Vector(signed.into_iter().map(i8::cast_unsigned).collect())
        }
        other => return Err(unencodable(&field.name, format!("{other:?} is not a dense vector"))),
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
    values.ok_or_else(|| unencodable(&field.name, "a vector column of another element type"))
}

/// Returns the range of the elements of all rows, each of which must have `width` of them.
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
        Err(unencodable(&field.name, format!("a vector of {} elements, not {width}", end - start)))
    }
}

/// Returns the elements of float vectors without a copy; `None` for another type, and for a column with NULLs.
pub(super) fn float_elements(field: &FieldSchema, column: &ArrayRef) -> Result<Option<ScalarBuffer<f32>>> {
    let lists = column.as_list_opt::<i32>().filter(|lists| lists.null_count() == 0);
    let Some(lists) = lists.filter(|_| field.data_type == DataType::FloatVector) else { return Ok(None) };
    let all = all_elements(field, lists, width_of(field)?)?;
    let values = element_values::<Float32Type>(field, lists)?.values();
    Ok(Some(values.slice(all.start, all.len())))
}
