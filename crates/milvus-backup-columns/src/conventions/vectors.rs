//! The columns of dense vectors, and of arrays of them.

use std::sync::Arc;

use arrow_array::types::Float32Type;
use arrow_array::{Array, ArrayRef, Int8Array, ListArray, PrimitiveArray, UInt8Array};
use arrow_buffer::ScalarBuffer;
use milvus::proto::schema::{VectorField, vector_field};
use milvus_backup_core::Result;
use milvus_backup_core::schema::{DataType, FieldSchema};

use super::list::{fixed_width, list};
use super::validity::Validity;
use crate::error::mismatch;

/// Returns the column of a field of dense vectors, from their elements one vector after the other.
///
/// The elements are floats, signed bytes of an `Int8Vector`, or the raw bytes of binary and 16-bit vectors. There is a
/// vector for each row, or for each row that is not NULL. The elements are not copied.
///
/// # Errors
/// [`milvus_backup_core::Error::Protocol`] if the number of elements does not match, and for a field that has no dense
/// vectors.
pub fn dense_vectors(field: &FieldSchema, validity: &Validity, elements: ArrayRef) -> Result<ArrayRef> {
    let width = vector_width(field).map_err(|error| mismatch(&field.name, error))?;
    Ok(Arc::new(fixed_width(&field.name, validity, width, elements)?))
}

/// Returns the column of a member of an array of structs that has several vectors in each row.
///
/// There is a vector field for each row, or for each row that is not NULL.
///
/// # Errors
/// [`milvus_backup_core::Error::Protocol`] for vectors of another type or dimension, and for a wrong number of rows.
pub fn vector_arrays(member: &FieldSchema, validity: &Validity, rows: Vec<VectorField>) -> Result<ListArray> {
    let name = member.name.as_str();
    let width = vector_width(member).map_err(|error| mismatch(name, error))?;
    let rows = validity.spread(name, rows, &VectorField::default())?;
    let mut lengths = Vec::with_capacity(rows.len());
    let mut parts = Vec::with_capacity(rows.len());
    for (row, vectors) in rows.into_iter().enumerate() {
        // Vectors that were sent for a NULL row are dropped.
        let elements = vector_elements(member, if validity.is_null(row) { None } else { vectors.data })?;
        lengths.push(elements.len() / width);
        parts.push(elements);
    }
    let parts: Vec<&dyn Array> = parts.iter().map(AsRef::as_ref).collect();
    let elements = if parts.is_empty() {
        vector_elements(member, None)?
    } else {
        arrow_select::concat::concat(&parts).map_err(|error| mismatch(name, error))?
    };
    let all = Validity::all_valid(elements.len() / width);
    let vectors = fixed_width(name, &all, width, elements)?;
    list(name, validity, lengths.into_iter(), Arc::new(vectors))
}

/// Returns the type of the vectors of a field; for an `ArrayOfVector`, that of its elements.
pub(crate) fn element_type(field: &FieldSchema) -> Option<DataType> {
    if field.data_type == DataType::ArrayOfVector { field.element_type } else { Some(field.data_type) }
}

/// Returns the number of Arrow elements of one vector, which is never 0, or the reason why the field has none.
pub(crate) fn vector_width(field: &FieldSchema) -> Result<usize, String> {
    let dim = field.dim().map_err(|_| "a vector without a usable `dim`")?;
    let width = match element_type(field) {
        Some(DataType::FloatVector | DataType::Int8Vector) => dim,
        Some(DataType::BinaryVector) => dim / 8,
        Some(DataType::Float16Vector | DataType::BFloat16Vector) => dim * 2,
        other => return Err(format!("{other:?} is not a dense vector")),
    };
    if width == 0 { Err(format!("a vector of {dim} bits")) } else { Ok(width) }
}

/// Returns the elements of dense vectors as they were sent. Missing data means no vectors.
pub(crate) fn vector_elements(field: &FieldSchema, data: Option<vector_field::Data>) -> Result<ArrayRef> {
    use vector_field::Data;

    let bytes = |values: Vec<u8>| Arc::new(UInt8Array::from(values)) as ArrayRef;
    Ok(match (element_type(field), data) {
        (Some(DataType::FloatVector), Some(Data::FloatVector(values))) => {
            Arc::new(PrimitiveArray::<Float32Type>::new(ScalarBuffer::from(values.data), None))
        }
        (Some(DataType::FloatVector), None) => Arc::new(PrimitiveArray::<Float32Type>::from(Vec::<f32>::new())),
        (Some(DataType::BinaryVector), Some(Data::BinaryVector(values)))
        | (Some(DataType::Float16Vector), Some(Data::Float16Vector(values)))
        | (Some(DataType::BFloat16Vector), Some(Data::Bfloat16Vector(values))) => bytes(values),
        (Some(DataType::BinaryVector | DataType::Float16Vector | DataType::BFloat16Vector), None) => bytes(Vec::new()),
        (Some(DataType::Int8Vector), Some(Data::Int8Vector(values))) => {
            // The bits are reinterpreted as signed.
            Arc::new(Int8Array::from(values.into_iter().map(u8::cast_signed).collect::<Vec<_>>()))
        }
        (Some(DataType::Int8Vector), None) => Arc::new(Int8Array::from(Vec::<i8>::new())),
        (other, _) => return Err(mismatch(&field.name, format!("vectors that are not {other:?} were sent"))),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vectors(data_type: DataType, dim: usize) -> FieldSchema {
        FieldSchema::new("v", data_type).with_param("dim", dim)
    }

    #[test]
    fn a_vector_is_its_elements_or_its_bytes() {
        for (data_type, width) in [
            (DataType::FloatVector, 16),
            (DataType::Int8Vector, 16),
            (DataType::BinaryVector, 2),
            (DataType::Float16Vector, 32),
            (DataType::BFloat16Vector, 32),
        ] {
            assert_eq!(vector_width(&vectors(data_type, 16)).unwrap(), width, "{data_type}");
        }
        assert!(vector_width(&vectors(DataType::BinaryVector, 4)).is_err(), "less than a byte");
        assert!(vector_width(&vectors(DataType::Int64, 4)).is_err());
    }

    #[test]
    fn a_row_that_is_null_has_no_elements_unless_some_were_sent() {
        let field = vectors(DataType::Int8Vector, 2);
        let validity = Validity::from_flags("v", 3, &[true, false, true], true).unwrap();
        let lengths = |elements: Vec<i8>| {
            let column = dense_vectors(&field, &validity, Arc::new(Int8Array::from(elements))).unwrap();
            let lists = column.as_any().downcast_ref::<ListArray>().unwrap().clone();
            (0..3).map(|row| lists.value_length(row)).collect::<Vec<_>>()
        };
        assert_eq!(lengths(vec![1, 2, 3, 4]), [2, 0, 2]);
        assert_eq!(lengths(vec![1, 2, 0, 0, 3, 4]), [2, 2, 2]);
        assert!(dense_vectors(&field, &validity, Arc::new(Int8Array::from(vec![1_i8; 3]))).is_err());
    }
}
