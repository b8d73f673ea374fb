//! Conversions between these columns and the generated messages.

use arrow_buffer::ScalarBuffer;
use milvus::proto::schema::{FieldData, VectorField, field_data, vector_field};
use milvus_backup_core::{Error, Result};

use super::column::{WireColumn, WireElements, WireValues, WireVectors};

impl TryFrom<WireColumn> for FieldData {
    type Error = Error;

    fn try_from(column: WireColumn) -> Result<Self> {
        let field = match column.values {
            Some(WireValues::Scalars(scalars)) => Some(field_data::Field::Scalars(scalars)),
            Some(WireValues::Vectors(vectors)) => Some(field_data::Field::Vectors(vectors.try_into()?)),
            Some(WireValues::Structs(structs)) => Some(field_data::Field::StructArrays(structs)),
            None => None,
        };
        Ok(Self {
            r#type: column.data_type,
            field_name: column.field_name,
            field_id: column.field_id,
            is_dynamic: column.is_dynamic,
            valid_data: column.valid_data,
            field,
        })
    }
}

impl From<FieldData> for WireColumn {
    fn from(column: FieldData) -> Self {
        let values = column.field.map(|field| match field {
            field_data::Field::Scalars(scalars) => WireValues::Scalars(scalars),
            field_data::Field::Vectors(vectors) => WireValues::Vectors(vectors.into()),
            field_data::Field::StructArrays(structs) => WireValues::Structs(structs),
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

impl TryFrom<WireVectors> for VectorField {
    type Error = Error;

    fn try_from(vectors: WireVectors) -> Result<Self> {
        use vector_field::Data;

        let data = match vectors.elements {
            Some(WireElements::Float(floats)) => Some(Data::FloatVector(floats.try_into()?)),
            Some(WireElements::Binary(bytes)) => Some(Data::BinaryVector(bytes)),
            Some(WireElements::Float16(bytes)) => Some(Data::Float16Vector(bytes)),
            Some(WireElements::Bfloat16(bytes)) => Some(Data::Bfloat16Vector(bytes)),
            Some(WireElements::Sparse(sparse)) => Some(Data::SparseFloatVector(sparse)),
            Some(WireElements::Int8(bytes)) => Some(Data::Int8Vector(bytes)),
            Some(WireElements::Array(array)) => Some(Data::VectorArray(array)),
            None => None,
        };
        Ok(Self { dim: vectors.dim, valid_data: vectors.valid_data, data })
    }
}

impl From<VectorField> for WireVectors {
    fn from(vectors: VectorField) -> Self {
        use vector_field::Data;

        let elements = vectors.data.map(|data| match data {
            Data::FloatVector(floats) => WireElements::Float(ScalarBuffer::from(floats.data).into()),
            Data::BinaryVector(bytes) => WireElements::Binary(bytes),
            Data::Float16Vector(bytes) => WireElements::Float16(bytes),
            Data::Bfloat16Vector(bytes) => WireElements::Bfloat16(bytes),
            Data::SparseFloatVector(sparse) => WireElements::Sparse(sparse),
            Data::Int8Vector(bytes) => WireElements::Int8(bytes),
            Data::VectorArray(array) => WireElements::Array(array),
        });
        Self { dim: vectors.dim, valid_data: vectors.valid_data, elements }
    }
}
