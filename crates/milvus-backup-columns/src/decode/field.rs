//! The conversion of one column of the protocol to an Arrow array.

use arrow_array::ArrayRef;
use milvus::proto::schema::{FieldData, ScalarField, VectorField, field_data, scalar_field, vector_field};
use milvus_backup_core::Result;
use milvus_backup_core::schema::{DataType, FieldSchema};

use super::flags::row_flags;
use crate::conventions::{Validity, arrays, dense_vectors, scalars, sparse_vectors, vector_elements};
use crate::error::mismatch;

/// Decodes one column of `rows` rows.
pub(super) fn decode_field(field: &FieldSchema, rows: usize, column: FieldData) -> Result<ArrayRef> {
    let validity = Validity::from_flags(&field.name, rows, &row_flags(&field.name, &column)?, field.nullable)?;
    decode_values(field, &validity, column)
}

/// Decodes one column of rows of which these are NULL.
pub(super) fn decode_values(field: &FieldSchema, validity: &Validity, column: FieldData) -> Result<ArrayRef> {
    match column.field {
        Some(field_data::Field::Scalars(scalars)) => decode_scalars(field, validity, scalars),
        Some(field_data::Field::Vectors(vectors)) => decode_vectors(field, validity, vectors),
        Some(field_data::Field::StructArrays(_)) => Err(mismatch(&field.name, "an array of structs was sent")),
        None if field.data_type.is_vector() => decode_vectors(field, validity, VectorField::default()),
        None => decode_scalars(field, validity, ScalarField::default()),
    }
}

fn decode_scalars(field: &FieldSchema, validity: &Validity, values: ScalarField) -> Result<ArrayRef> {
    if field.data_type != DataType::Array {
        return scalars(field, validity, values.data);
    }
    match values.data {
        Some(scalar_field::Data::ArrayData(rows)) => arrays(field, validity, rows.data),
        None => arrays(field, validity, Vec::new()),
        Some(_) => Err(mismatch(&field.name, "values that are not arrays were sent")),
    }
}

fn decode_vectors(field: &FieldSchema, validity: &Validity, vectors: VectorField) -> Result<ArrayRef> {
    use vector_field::Data;

    if field.data_type != DataType::SparseFloatVector {
        return dense_vectors(field, validity, vector_elements(field, vectors.data)?);
    }
    match vectors.data {
        Some(Data::SparseFloatVector(sparse)) => sparse_vectors(field, validity, &sparse.contents),
        None => sparse_vectors::<Vec<u8>>(field, validity, &[]),
        Some(_) => Err(mismatch(&field.name, "vectors that are not sparse were sent")),
    }
}
