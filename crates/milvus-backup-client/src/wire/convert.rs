//! Between these messages and the generated ones.

use arrow_buffer::ScalarBuffer;
use bytes::Bytes;
use milvus::proto::schema::{FieldData, FloatArray, VectorField, field_data, vector_field};

use super::{Column, Elements, Floats, Values, Vectors};

impl From<Floats> for FloatArray {
    fn from(floats: Floats) -> Self {
        let (floats, _) = floats.little_endian.as_chunks::<4>();
        Self { data: floats.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect() }
    }
}

impl From<ScalarBuffer<f32>> for Floats {
    fn from(floats: ScalarBuffer<f32>) -> Self {
        let little_endian = if cfg!(target_endian = "little") {
            Bytes::from_owner(floats.into_inner())
        } else {
            floats.iter().flat_map(|float| float.to_le_bytes()).collect()
        };
        Self { little_endian }
    }
}

impl From<Column> for FieldData {
    fn from(column: Column) -> Self {
        let field = column.values.map(|values| match values {
            Values::Scalars(scalars) => field_data::Field::Scalars(scalars),
            Values::Vectors(vectors) => field_data::Field::Vectors(vectors.into()),
            Values::Structs(structs) => field_data::Field::StructArrays(structs),
        });
        Self {
            r#type: column.data_type,
            field_name: column.field_name,
            field_id: column.field_id,
            is_dynamic: column.is_dynamic,
            valid_data: column.valid_data,
            field,
        }
    }
}

impl From<FieldData> for Column {
    fn from(column: FieldData) -> Self {
        let values = column.field.map(|field| match field {
            field_data::Field::Scalars(scalars) => Values::Scalars(scalars),
            field_data::Field::Vectors(vectors) => Values::Vectors(vectors.into()),
            field_data::Field::StructArrays(structs) => Values::Structs(structs),
        });
        Self {
            data_type: column.r#type,
            field_name: column.field_name,
            field_id: column.field_id,
            is_dynamic: column.is_dynamic,
            valid_data: column.valid_data,
            values,
        }
    }
}

impl From<Vectors> for VectorField {
    fn from(vectors: Vectors) -> Self {
        use vector_field::Data;

        let data = vectors.elements.map(|elements| match elements {
            Elements::Float(floats) => Data::FloatVector(floats.into()),
            Elements::Binary(bytes) => Data::BinaryVector(bytes),
            Elements::Float16(bytes) => Data::Float16Vector(bytes),
            Elements::Bfloat16(bytes) => Data::Bfloat16Vector(bytes),
            Elements::Sparse(sparse) => Data::SparseFloatVector(sparse),
            Elements::Int8(bytes) => Data::Int8Vector(bytes),
            Elements::Array(array) => Data::VectorArray(array),
        });
        Self { dim: vectors.dim, valid_data: vectors.valid_data, data }
    }
}

impl From<VectorField> for Vectors {
    fn from(vectors: VectorField) -> Self {
        use vector_field::Data;

        let elements = vectors.data.map(|data| match data {
            Data::FloatVector(floats) => Elements::Float(ScalarBuffer::from(floats.data).into()),
            Data::BinaryVector(bytes) => Elements::Binary(bytes),
            Data::Float16Vector(bytes) => Elements::Float16(bytes),
            Data::Bfloat16Vector(bytes) => Elements::Bfloat16(bytes),
            Data::SparseFloatVector(sparse) => Elements::Sparse(sparse),
            Data::Int8Vector(bytes) => Elements::Int8(bytes),
            Data::VectorArray(array) => Elements::Array(array),
        });
        Self { dim: vectors.dim, valid_data: vectors.valid_data, elements }
    }
}
