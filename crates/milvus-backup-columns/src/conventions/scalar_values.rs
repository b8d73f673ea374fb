//! Scalar values as they are sent, checked against the type in the schema.

use std::sync::Arc;

use arrow_array::types::{
    Date32Type, Decimal128Type, Float32Type, Float64Type, Int8Type, Int16Type, Int32Type, Int64Type,
    Time64MicrosecondType,
};
use arrow_array::{ArrayRef, ArrowPrimitiveType, BooleanArray, FixedSizeBinaryArray, PrimitiveArray, StringArray};
use arrow_buffer::{BooleanBuffer, Buffer, ScalarBuffer};
use milvus::proto::schema::scalar_field;
use milvus_backup_core::Result;
use milvus_backup_core::schema::{DataType, FieldSchema};

use super::packed_values::Packed;
use super::validity::Validity;
use crate::error::mismatch;

/// Scalar values as they were sent, all of the same type.
pub(super) enum ScalarValues {
    Bool(Vec<bool>),
    Int8(Vec<i8>),
    Int16(Vec<i16>),
    Int32(Vec<i32>),
    Int64(Vec<i64>),
    Float(Vec<f32>),
    Double(Vec<f64>),
    Text(Vec<String>),
    Date(Vec<i32>),
    Time(Vec<i64>),
    Decimal(Vec<i128>),
    Uuid(Vec<[u8; 16]>),
}

impl ScalarValues {
    /// Reads the values of a scalar field, or elements of an array, which have no `validity`. Missing data means no values.
    pub(super) fn from_wire(
        field: &FieldSchema,
        data_type: DataType,
        validity: Option<&Validity>,
        data: Option<scalar_field::Data>,
    ) -> Result<Self> {
        use scalar_field::Data;

        let (name, packed) = (field.name.as_str(), Packed { field, validity });
        Ok(match (data_type, data) {
            (DataType::Date, data) => Self::Date(packed.dates(data)?),
            (DataType::Time, data) => Self::Time(packed.times(data)?),
            (DataType::Decimal, data) => Self::Decimal(packed.decimals(data)?),
            (DataType::Uuid, data) => Self::Uuid(packed.identifiers(data)?),
            (DataType::Bool, Some(Data::BoolData(values))) => Self::Bool(values.data),
            (DataType::Bool, None) => Self::Bool(Vec::new()),
            (DataType::Int8, Some(Data::IntData(values))) => Self::Int8(narrow(name, values.data)?),
            (DataType::Int8, None) => Self::Int8(Vec::new()),
            (DataType::Int16, Some(Data::IntData(values))) => Self::Int16(narrow(name, values.data)?),
            (DataType::Int16, None) => Self::Int16(Vec::new()),
            (DataType::Int32, Some(Data::IntData(values))) => Self::Int32(values.data),
            (DataType::Int32, None) => Self::Int32(Vec::new()),
            (DataType::Int64, Some(Data::LongData(values))) => Self::Int64(values.data),
            (DataType::Int64, None) => Self::Int64(Vec::new()),
            (DataType::Float, Some(Data::FloatData(values))) => Self::Float(values.data),
            (DataType::Float, None) => Self::Float(Vec::new()),
            (DataType::Double, Some(Data::DoubleData(values))) => Self::Double(values.data),
            (DataType::Double, None) => Self::Double(Vec::new()),
            (
                DataType::VarChar | DataType::Text | DataType::Timestamptz | DataType::Geometry,
                Some(Data::StringData(values)),
            ) => Self::Text(values.data),
            (DataType::Geometry, Some(Data::GeometryWktData(values))) => Self::Text(values.data),
            (DataType::Json, Some(Data::JsonData(values))) => Self::Text(json_texts(name, values.data)?),
            (
                DataType::VarChar | DataType::Text | DataType::Timestamptz | DataType::Geometry | DataType::Json,
                None,
            ) => Self::Text(Vec::new()),
            (expected, Some(_)) => return Err(mismatch(name, format!("values that are not {expected} were sent"))),
            (other, None) => return Err(mismatch(name, format!("{other} is not a scalar type"))),
        })
    }

    pub(super) fn len(&self) -> usize {
        match self {
            Self::Bool(values) => values.len(),
            Self::Int8(values) => values.len(),
            Self::Int16(values) => values.len(),
            Self::Int32(values) | Self::Date(values) => values.len(),
            Self::Int64(values) | Self::Time(values) => values.len(),
            Self::Float(values) => values.len(),
            Self::Double(values) => values.len(),
            Self::Text(values) => values.len(),
            Self::Decimal(values) => values.len(),
            Self::Uuid(values) => values.len(),
        }
    }

    pub(super) fn append(&mut self, more: Self) {
        match (self, more) {
            (Self::Bool(all), Self::Bool(mut more)) => all.append(&mut more),
            (Self::Int8(all), Self::Int8(mut more)) => all.append(&mut more),
            (Self::Int16(all), Self::Int16(mut more)) => all.append(&mut more),
            (Self::Int32(all), Self::Int32(mut more)) | (Self::Date(all), Self::Date(mut more)) => {
                all.append(&mut more);
            }
            (Self::Int64(all), Self::Int64(mut more)) | (Self::Time(all), Self::Time(mut more)) => {
                all.append(&mut more);
            }
            (Self::Float(all), Self::Float(mut more)) => all.append(&mut more),
            (Self::Double(all), Self::Double(mut more)) => all.append(&mut more),
            (Self::Text(all), Self::Text(mut more)) => all.append(&mut more),
            (Self::Decimal(all), Self::Decimal(mut more)) => all.append(&mut more),
            (Self::Uuid(all), Self::Uuid(mut more)) => all.append(&mut more),
            // Both sides were read for the same data type.
            _ => {}
        }
    }

    pub(super) fn into_array(self, field: &FieldSchema, validity: &Validity) -> Result<ArrayRef> {
        let name = field.name.as_str();
        match self {
            Self::Date(values) => primitive::<Date32Type>(name, validity, values),
            Self::Time(values) => primitive::<Time64MicrosecondType>(name, validity, values),
            Self::Decimal(values) => {
                let (precision, scale) = field.decimal_digits()?;
                let values = ScalarBuffer::from(validity.spread(name, values, &0)?);
                PrimitiveArray::<Decimal128Type>::new(values, validity.nulls())
                    .with_precision_and_scale(precision, scale)
                    .map(|array| Arc::new(array) as ArrayRef)
                    .map_err(|error| mismatch(name, error))
            }
            Self::Uuid(values) => {
                let values = Buffer::from_vec(validity.spread(name, values, &[0; 16])?.into_flattened());
                FixedSizeBinaryArray::try_new(16, values, validity.nulls())
                    .map(|array| Arc::new(array) as ArrayRef)
                    .map_err(|error| mismatch(name, error))
            }
            Self::Bool(values) => {
                let values = BooleanBuffer::from(validity.spread(name, values, &false)?);
                Ok(Arc::new(BooleanArray::new(values, validity.nulls())))
            }
            Self::Int8(values) => primitive::<Int8Type>(name, validity, values),
            Self::Int16(values) => primitive::<Int16Type>(name, validity, values),
            Self::Int32(values) => primitive::<Int32Type>(name, validity, values),
            Self::Int64(values) => primitive::<Int64Type>(name, validity, values),
            Self::Float(values) => primitive::<Float32Type>(name, validity, values),
            Self::Double(values) => primitive::<Float64Type>(name, validity, values),
            Self::Text(values) => {
                let values = validity.spread(name, values, &String::new())?;
                let array = StringArray::from_iter_values(values);
                let (offsets, bytes, _) = array.into_parts();
                StringArray::try_new(offsets, bytes, validity.nulls())
                    .map(|array| Arc::new(array) as ArrayRef)
                    .map_err(|error| mismatch(name, error))
            }
        }
    }
}

fn primitive<T: ArrowPrimitiveType>(name: &str, validity: &Validity, values: Vec<T::Native>) -> Result<ArrayRef> {
    let values = validity.spread(name, values, &T::Native::default())?;
    Ok(Arc::new(PrimitiveArray::<T>::new(ScalarBuffer::from(values), validity.nulls())))
}

fn narrow<T: TryFrom<i32>>(name: &str, values: Vec<i32>) -> Result<Vec<T>> {
    let convert = |value: i32| T::try_from(value).map_err(|_| mismatch(name, format!("{value} is out of range")));
    values.into_iter().map(convert).collect()
}

/// Checks that JSON documents are UTF-8, as Parquet text must be, and keeps them byte for byte.
fn json_texts(name: &str, documents: Vec<Vec<u8>>) -> Result<Vec<String>> {
    let convert = |bytes| String::from_utf8(bytes).map_err(|_| mismatch(name, "a JSON document that is not UTF-8"));
    documents.into_iter().map(convert).collect()
}
