//! Between these messages and the generated ones.

use arrow_buffer::{Buffer, ScalarBuffer};
use bytes::Bytes;
use milvus::proto::schema::{FieldData, FloatArray, VectorField, field_data, vector_field};
use milvus_backup_core::{Error, Result};

use super::{Column, Elements, Floats, Values, Vectors};

impl TryFrom<Floats> for ScalarBuffer<f32> {
    type Error = Error;

    /// Where they are, if they are aligned; copied otherwise.
    fn try_from(floats: Floats) -> Result<Self> {
        let bytes = floats.little_endian;
        let (elements, rest) = bytes.as_chunks::<4>();
        if !rest.is_empty() {
            return Err(Error::Protocol { message: format!("{} bytes after the floats of a column", rest.len()) });
        }
        if cfg!(target_endian = "little") && bytes.as_ptr().align_offset(align_of::<f32>()) == 0 {
            let count = elements.len();
            return Ok(Self::new(Buffer::from(bytes), 0, count));
        }
        Ok(elements.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect())
    }
}

impl TryFrom<Floats> for FloatArray {
    type Error = Error;

    fn try_from(floats: Floats) -> Result<Self> {
        Ok(Self { data: ScalarBuffer::try_from(floats)?.to_vec() })
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

impl TryFrom<Column> for FieldData {
    type Error = Error;

    fn try_from(column: Column) -> Result<Self> {
        let field = match column.values {
            Some(Values::Scalars(scalars)) => Some(field_data::Field::Scalars(scalars)),
            Some(Values::Vectors(vectors)) => Some(field_data::Field::Vectors(vectors.try_into()?)),
            Some(Values::Structs(structs)) => Some(field_data::Field::StructArrays(structs)),
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

impl TryFrom<Vectors> for VectorField {
    type Error = Error;

    fn try_from(vectors: Vectors) -> Result<Self> {
        use vector_field::Data;

        let data = match vectors.elements {
            Some(Elements::Float(floats)) => Some(Data::FloatVector(floats.try_into()?)),
            Some(Elements::Binary(bytes)) => Some(Data::BinaryVector(bytes)),
            Some(Elements::Float16(bytes)) => Some(Data::Float16Vector(bytes)),
            Some(Elements::Bfloat16(bytes)) => Some(Data::Bfloat16Vector(bytes)),
            Some(Elements::Sparse(sparse)) => Some(Data::SparseFloatVector(sparse)),
            Some(Elements::Int8(bytes)) => Some(Data::Int8Vector(bytes)),
            Some(Elements::Array(array)) => Some(Data::VectorArray(array)),
            None => None,
        };
        Ok(Self { dim: vectors.dim, valid_data: vectors.valid_data, data })
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
