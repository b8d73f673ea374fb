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

#[cfg(test)]
mod tests {
    use arrow_array::cast::AsArray;

    use super::*;
    use crate::log::Buffers;

    fn fixed(width: usize, values: &[u8]) -> Collected {
        let mut bytes = Buffers::default().get(values.len());
        bytes.room(values.len()).copy_from_slice(values);
        let rows = values.len() / width;
        Collected { values: Values::Fixed { bytes, width }, validity: Vec::new(), rows }
    }

    fn variable(values: &[&[u8]]) -> Collected {
        let mut bytes = Buffers::default().get(0);
        let mut ends = Vec::new();
        for value in values {
            bytes.room(value.len()).copy_from_slice(value);
            ends.push(i32::try_from(bytes.as_slice().len()).unwrap());
        }
        Collected { values: Values::Variable { ends, bytes }, validity: Vec::new(), rows: values.len() }
    }

    fn field(data_type: DataType) -> FieldSchema {
        FieldSchema::new("f", data_type)
    }

    #[test]
    fn floats_keep_every_bit() {
        let bits = [0x7fc0_dead, 0x8000_0000, 0xff80_0000, 1_u32];
        let bytes: Vec<u8> = bits.iter().flat_map(|bits| bits.to_le_bytes()).collect();
        let floats = array(&field(DataType::Float), fixed(4, &bytes)).unwrap();
        let found = |floats: &dyn Array| -> Vec<u32> {
            floats.as_primitive::<Float32Type>().values().iter().map(|value| value.to_bits()).collect()
        };
        assert_eq!(found(&floats), bits);
        let vectors = array(&field(DataType::FloatVector).with_param("dim", 2), fixed(8, &bytes)).unwrap();
        assert_eq!(found(vectors.as_list::<i32>().values()), bits);
        assert_eq!(vectors.len(), 2);
    }

    #[test]
    fn integers_fit_their_field() {
        let bytes: Vec<u8> = [-128_i32, 127].iter().flat_map(|value| value.to_le_bytes()).collect();
        let numbers = array(&field(DataType::Int8), fixed(4, &bytes)).unwrap();
        assert_eq!(numbers.as_primitive::<Int8Type>().values(), &[-128, 127]);
        assert!(array(&field(DataType::Int8), fixed(4, &128_i32.to_le_bytes())).is_err());
        assert!(array(&field(DataType::Int16), fixed(4, &32_768_i32.to_le_bytes())).is_err());
    }

    #[test]
    fn texts_may_have_nul_and_are_utf8() {
        let texts = array(&field(DataType::VarChar), variable(&[b"", b"a\0b", "é".as_bytes()])).unwrap();
        assert_eq!(texts.as_string::<i32>().iter().flatten().collect::<Vec<_>>(), ["", "a\0b", "é"]);
        assert!(array(&field(DataType::VarChar), variable(&[b"\xc3", b"\xa9"])).is_err(), "a letter in two texts");
    }

    #[test]
    fn a_null_has_no_value_and_needs_a_nullable_field() {
        let nullable = |data_type| FieldSchema { nullable: true, ..field(data_type) };
        let with_null = |mut collected: Collected| {
            collected.validity = vec![false, true];
            collected.rows = 2;
            collected
        };
        let numbers = array(&nullable(DataType::Int64), with_null(fixed(8, &7_i64.to_le_bytes()))).unwrap();
        assert_eq!(numbers.as_primitive::<Int64Type>().iter().collect::<Vec<_>>(), [None, Some(7)]);
        let texts = array(&nullable(DataType::Json), with_null(variable(&[b"{}"]))).unwrap();
        assert_eq!(texts.as_string::<i32>().iter().collect::<Vec<_>>(), [None, Some("{}")]);
        let sparse: Vec<u8> = [5_u32.to_le_bytes(), 0.5_f32.to_le_bytes()].concat();
        let sparse = array(&nullable(DataType::SparseFloatVector), with_null(variable(&[&sparse]))).unwrap();
        assert_eq!(sparse.as_string::<i32>().iter().collect::<Vec<_>>(), [None, Some("{\"5\":0.5}")]);
        assert!(array(&field(DataType::Int64), with_null(fixed(8, &[0; 8]))).is_err(), "not nullable");
        let meta = dynamic(&field(DataType::Json), with_null(variable(&[b"{\"a\":1}"]))).unwrap();
        assert_eq!(meta.as_string::<i32>().iter().flatten().collect::<Vec<_>>(), ["{}", "{\"a\":1}"]);
    }

    #[test]
    fn an_empty_array_is_one_with_or_without_its_type() {
        let mut tags = field(DataType::Array);
        tags.element_type = Some(DataType::VarChar);
        let lists = array(&tags, variable(&[b"", b"\x32\x00"])).unwrap();
        assert_eq!((lists.as_list::<i32>().value_length(0), lists.as_list::<i32>().value_length(1)), (0, 0));
        assert_eq!(lists.null_count(), 0);
        assert!(array(&tags, variable(&[b"\xff"])).is_err(), "no message");
    }
}
