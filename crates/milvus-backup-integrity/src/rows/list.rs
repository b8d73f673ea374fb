//! The hashes of lists: a list of numbers is one run of bytes, any other list the hashes of its elements.

use std::ops::Range;

use arrow_array::{Array, FixedSizeListArray, GenericListArray, OffsetSizeTrait};
use xxhash_rust::xxh3::xxh3_128_with_seed;

use super::leaf::number_bytes;
use super::seed::{Tag, null_hash};
use super::sink::{HASH_BYTES, Hashes, Sink};
use super::value::hash_values;
use crate::error::Result;

pub(super) fn hash_variable<O: OffsetSizeTrait, S: Sink>(
    name: &str,
    list: &GenericListArray<O>,
    depth: usize,
    sink: &mut S,
) -> Result<()> {
    let offsets = list.value_offsets();
    let start = offsets.first().map_or(0, |offset| offset.as_usize());
    let end = offsets.last().map_or(0, |offset| offset.as_usize());
    // A slice keeps all elements of its original array; only those in this range are its own.
    let elements = list.values().slice(start, end - start);
    let ranges = offsets.windows(2).map(|ends| ends[0].as_usize() - start..ends[1].as_usize() - start);
    hash_lists(name, list, elements.as_ref(), ranges, depth, sink)
}

pub(super) fn hash_fixed<S: Sink>(name: &str, list: &FixedSizeListArray, depth: usize, sink: &mut S) -> Result<()> {
    let ranges = (0..list.len()).map(|row| list.value_offset_at(row)..list.value_offset_at(row + 1));
    hash_lists(name, list, list.values().as_ref(), ranges, depth, sink)
}

/// Hashes per row of `list` the elements in one of `ranges`; `list` only determines the rows that are NULL.
fn hash_lists<S: Sink>(
    name: &str,
    list: &dyn Array,
    elements: &dyn Array,
    ranges: impl Iterator<Item = Range<usize>>,
    depth: usize,
    sink: &mut S,
) -> Result<()> {
    let packed = Packed::new(name, elements);
    let mut hashes = Hashes::with_rows(0);
    if packed.is_none() || elements.null_count() > 0 {
        hashes = Hashes::with_rows(elements.len());
        hash_values(name, elements, depth + 1, &mut hashes)?;
    }
    let (seed, null) = (Tag::LIST.seed(name), null_hash(name));
    for (row, range) in ranges.enumerate() {
        let hash = if list.is_null(row) {
            null
        } else if let Some(hash) = packed.as_ref().and_then(|packed| packed.hash(range.clone())) {
            hash
        } else {
            xxh3_128_with_seed(&hashes.0[range.start * HASH_BYTES..range.end * HASH_BYTES], seed)
        };
        sink.put(row, hash);
    }
    Ok(())
}

/// The elements of lists of numbers: a list without a NULL is one run of bytes of the buffer.
struct Packed<'a> {
    elements: &'a dyn Array,
    bytes: &'a [u8],
    width: usize,
    seed: u64,
    any_null: bool,
}

impl<'a> Packed<'a> {
    fn new(name: &str, elements: &'a dyn Array) -> Option<Self> {
        let tag = Tag::of_number(elements.data_type())?;
        let (bytes, width) = number_bytes(elements)?;
        let any_null = elements.null_count() > 0;
        Some(Self { elements, bytes, width, seed: tag.packed().seed(name), any_null })
    }

    /// Returns the hash of the list of the elements in `range`, or `None` if one of them is NULL.
    fn hash(&self, range: Range<usize>) -> Option<u128> {
        if self.any_null && range.clone().any(|element| self.elements.is_null(element)) {
            return None;
        }
        Some(xxh3_128_with_seed(&self.bytes[range.start * self.width..range.end * self.width], self.seed))
    }
}
