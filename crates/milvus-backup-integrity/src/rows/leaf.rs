//! The values without parts: numbers, booleans and text.

use arrow_array::cast::AsArray;
use arrow_array::types::{
    ArrowPrimitiveType, Date32Type, Decimal128Type, Float32Type, Float64Type, Int8Type, Int16Type, Int32Type,
    Int64Type, Time64MicrosecondType, UInt8Type,
};
use arrow_array::{Array, BooleanArray, GenericStringArray, OffsetSizeTrait, PrimitiveArray};
use arrow_schema::{DataType, TimeUnit};
use xxhash_rust::xxh3::xxh3_128_with_seed;

use super::seed::{Tag, null_hash};
use super::sink::Sink;

/// Returns the values of an array of numbers as one run of little-endian bytes, and the number of bytes per value.
/// `None` for an array of any other type.
pub(super) fn number_bytes(array: &dyn Array) -> Option<(&[u8], usize)> {
    fn of<T: ArrowPrimitiveType>(array: &dyn Array) -> Option<(&[u8], usize)> {
        let array: &PrimitiveArray<T> = array.as_primitive_opt()?;
        Some((array.values().inner().as_slice(), size_of::<T::Native>()))
    }
    match array.data_type() {
        DataType::Int8 => of::<Int8Type>(array),
        DataType::Int16 => of::<Int16Type>(array),
        DataType::Int32 => of::<Int32Type>(array),
        DataType::Int64 => of::<Int64Type>(array),
        DataType::UInt8 => of::<UInt8Type>(array),
        DataType::Float32 => of::<Float32Type>(array),
        DataType::Float64 => of::<Float64Type>(array),
        DataType::Date32 => of::<Date32Type>(array),
        DataType::Time64(TimeUnit::Microsecond) => of::<Time64MicrosecondType>(array),
        DataType::Decimal128(..) => of::<Decimal128Type>(array),
        DataType::FixedSizeBinary(16) => Some((array.as_fixed_size_binary_opt()?.value_data(), 16)),
        _ => None,
    }
}

pub(super) fn hash_numbers<S: Sink>(name: &str, tag: Tag, array: &dyn Array, values: (&[u8], usize), sink: &mut S) {
    let (bytes, width) = values;
    hash_each(name, tag, array, bytes.chunks_exact(width), sink);
}

pub(super) fn hash_booleans<S: Sink>(name: &str, array: &BooleanArray, sink: &mut S) {
    let values = array.values().iter().map(|value| [u8::from(value)]);
    hash_each(name, Tag::BOOLEAN, array, values, sink);
}

pub(super) fn hash_texts<O: OffsetSizeTrait, S: Sink>(name: &str, array: &GenericStringArray<O>, sink: &mut S) {
    let data = array.value_data();
    let values = array.value_offsets().windows(2).map(|ends| &data[ends[0].as_usize()..ends[1].as_usize()]);
    hash_each(name, Tag::UTF8, array, values, sink);
}

/// Hashes one run of bytes per row of `array`, which only determines the rows that are NULL.
pub(super) fn hash_each<S: Sink, B: AsRef<[u8]>>(
    name: &str,
    tag: Tag,
    array: &dyn Array,
    values: impl Iterator<Item = B>,
    sink: &mut S,
) {
    let seed = tag.seed(name);
    let Some(nulls) = array.nulls().filter(|nulls| nulls.null_count() > 0) else {
        for (row, value) in values.enumerate() {
            sink.put(row, xxh3_128_with_seed(value.as_ref(), seed));
        }
        return;
    };
    let null = null_hash(name);
    for (row, value) in values.enumerate() {
        let hash = if nulls.is_null(row) { null } else { xxh3_128_with_seed(value.as_ref(), seed) };
        sink.put(row, hash);
    }
}
