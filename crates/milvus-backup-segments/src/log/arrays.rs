//! The Arrow arrays of collected values, by the conventions of `milvus_backup_columns`.

use std::sync::Arc;

use arrow_array::types::{ArrowPrimitiveType, Float32Type, Float64Type, Int8Type, Int16Type, Int32Type, Int64Type};
use arrow_array::{Array, ArrayRef, BooleanArray, PrimitiveArray, StringArray, UInt8Array};
use arrow_buffer::{BooleanBuffer, Buffer, NullBuffer, OffsetBuffer, ScalarBuffer};
use milvus::proto::schema::ScalarField;
use milvus_backup_columns::conventions::{Validity, arrays, dense_vectors, sparse_vectors};
use milvus_backup_core::schema::{DataType, FieldSchema};
use prost::Message;

use super::collected::{Collected, Values};
use crate::error::LogError;

/// Returns the column of a field.
pub(crate) fn array(field: &FieldSchema, collected: Collected) -> Result<ArrayRef, LogError> {
    let Collected { values, validity: flags, rows } = collected;
    let validity = Validity::from_flags(&field.name, rows, &flags, field.nullable).map_err(LogError::damaged)?;
    let nulls = Some(NullBuffer::from(flags)).filter(|nulls| nulls.null_count() > 0);
    match (field.data_type, values) {
        (DataType::Bool, Values::Bits(mut bits)) => {
            Ok(Arc::new(BooleanArray::new(spread_bits(bits.finish(), nulls.as_ref()), nulls)))
        }
        (DataType::Int8, Values::Fixed { bytes, .. }) => narrow::<Int8Type>(field, bytes.as_slice(), nulls),
        (DataType::Int16, Values::Fixed { bytes, .. }) => narrow::<Int16Type>(field, bytes.as_slice(), nulls),
        (DataType::Int32, Values::Fixed { bytes, .. }) => Ok(numbers::<Int32Type>(bytes.freeze(), nulls)),
        (DataType::Int64, Values::Fixed { bytes, .. }) => Ok(numbers::<Int64Type>(bytes.freeze(), nulls)),
        (DataType::Float, Values::Fixed { bytes, .. }) => Ok(numbers::<Float32Type>(bytes.freeze(), nulls)),
        (DataType::Double, Values::Fixed { bytes, .. }) => Ok(numbers::<Float64Type>(bytes.freeze(), nulls)),
        (DataType::VarChar | DataType::Json, Values::Variable { ends, bytes }) => {
            texts(field, &ends, bytes.freeze(), nulls)
        }
        (DataType::Array, Values::Variable { ends, bytes }) => {
            let decode = |row: &[u8]| {
                ScalarField::decode(row)
                    .map_err(|error| LogError::damaged(format_args!("has an array that cannot be read: {error}")))
            };
            let rows = slices(&ends, bytes.as_slice()).map(decode).collect::<Result<Vec<_>, _>>()?;
            arrays(field, &validity, rows).map_err(LogError::damaged)
        }
        (DataType::SparseFloatVector, Values::Variable { ends, bytes }) => {
            let rows: Vec<&[u8]> = slices(&ends, bytes.as_slice()).collect();
            sparse_vectors(field, &validity, &rows).map_err(of_conventions)
        }
        (_, Values::Fixed { bytes, .. }) if field.data_type.is_vector() => {
            let elements = elements(field.data_type, bytes.freeze());
            dense_vectors(field, &validity, elements).map_err(LogError::damaged)
        }
        _ => Err(LogError::damaged(format_args!("has values that are not those of field `{}`", field.name))),
    }
}

/// Returns the elements of dense vectors, over the same buffer.
fn elements(data_type: DataType, bytes: Buffer) -> ArrayRef {
    match data_type {
        DataType::FloatVector => Arc::new(PrimitiveArray::<Float32Type>::new(ScalarBuffer::from(bytes), None)),
        DataType::Int8Vector => Arc::new(PrimitiveArray::<Int8Type>::new(ScalarBuffer::from(bytes), None)),
        _ => Arc::new(UInt8Array::new(ScalarBuffer::from(bytes), None)),
    }
}

/// Returns numbers over the same buffer if no row is NULL.
fn numbers<T: ArrowPrimitiveType>(bytes: Buffer, nulls: Option<NullBuffer>) -> ArrayRef {
    let values = ScalarBuffer::<T::Native>::from(bytes);
    Arc::new(PrimitiveArray::<T>::new(spread(values.iter().copied(), nulls.as_ref()).unwrap_or(values.clone()), nulls))
}

/// Returns integers that are stored in 32 bits.
fn narrow<T: ArrowPrimitiveType>(
    field: &FieldSchema,
    bytes: &[u8],
    nulls: Option<NullBuffer>,
) -> Result<ArrayRef, LogError>
where
    T::Native: TryFrom<i32>,
{
    let (values, _) = bytes.as_chunks::<4>();
    let narrow = |bytes: &[u8; 4]| {
        let value = i32::from_le_bytes(*bytes);
        T::Native::try_from(value)
            .map_err(|_| LogError::damaged(format_args!("has {value} in field `{}`, which cannot hold it", field.name)))
    };
    let values = values.iter().map(narrow).collect::<Result<Vec<_>, _>>()?;
    let spread = spread(values.iter().copied(), nulls.as_ref());
    Ok(Arc::new(PrimitiveArray::<T>::new(spread.unwrap_or_else(|| values.into()), nulls)))
}

/// Returns one value per row, with zero for those that are NULL; `None` if none is.
fn spread<T: arrow_buffer::ArrowNativeType>(
    mut values: impl Iterator<Item = T>,
    nulls: Option<&NullBuffer>,
) -> Option<ScalarBuffer<T>> {
    let value = |valid: bool| if valid { values.next() } else { None };
    nulls.map(|nulls| nulls.iter().map(value).map(Option::unwrap_or_default).collect::<Vec<T>>().into())
}

fn spread_bits(values: BooleanBuffer, nulls: Option<&NullBuffer>) -> BooleanBuffer {
    let Some(nulls) = nulls else { return values };
    let mut values = values.iter();
    nulls.iter().map(|valid| valid && values.next().unwrap_or_default()).collect()
}

/// Returns texts, which must be UTF-8.
fn texts(field: &FieldSchema, ends: &[i32], bytes: Buffer, nulls: Option<NullBuffer>) -> Result<ArrayRef, LogError> {
    let mut offsets = Vec::with_capacity(nulls.as_ref().map_or(ends.len(), NullBuffer::len) + 1);
    offsets.push(0);
    match &nulls {
        None => offsets.extend_from_slice(ends),
        Some(nulls) => {
            let (mut ends, mut last) = (ends.iter(), 0);
            for valid in nulls {
                if valid {
                    last = *ends.next().unwrap_or(&last);
                }
                offsets.push(last);
            }
        }
    }
    let offsets = OffsetBuffer::new(ScalarBuffer::from(offsets));
    StringArray::try_new(offsets, bytes, nulls)
        .map(|array| Arc::new(array) as ArrayRef)
        .map_err(|error| LogError::damaged(format_args!("has texts of field `{}` that are none: {error}", field.name)))
}

/// Returns the values between the ends.
pub(crate) fn slices<'a>(ends: &'a [i32], bytes: &'a [u8]) -> impl Iterator<Item = &'a [u8]> {
    let place = |end: &i32| usize::try_from(*end).unwrap_or(0);
    let starts = std::iter::once(0).chain(ends.iter().map(place));
    starts.zip(ends.iter().map(place)).map(|(start, end)| &bytes[start..end])
}

/// Returns the dynamic column: JSON texts, with an empty object where a row has none.
pub(crate) fn dynamic(field: &FieldSchema, collected: Collected) -> Result<ArrayRef, LogError> {
    let nullable = FieldSchema { nullable: true, ..field.clone() };
    let texts = array(&nullable, collected)?;
    let Some(column) = texts.as_any().downcast_ref::<StringArray>().filter(|texts| texts.null_count() > 0) else {
        return Ok(texts);
    };
    Ok(Arc::new(StringArray::from_iter_values(column.iter().map(|text| text.unwrap_or("{}")))))
}

/// A weight that cannot be written is not damage.
fn of_conventions(error: milvus_backup_core::Error) -> LogError {
    match error {
        milvus_backup_core::Error::Unsupported { what } => LogError::unsupported(what),
        other => LogError::damaged(other),
    }
}
