//! The list columns of vectors, which all have the same length, and of arrays, which do not.

use std::sync::Arc;

use arrow_array::{ArrayRef, ListArray};
use arrow_buffer::{OffsetBuffer, ScalarBuffer};
use arrow_schema::Field;
use milvus_backup_core::Result;
use milvus_backup_core::schema::LIST_ELEMENT;

use super::validity::{Layout, Validity};
use crate::error::mismatch;

/// Returns a list column whose valid rows all have `width` elements.
pub(super) fn fixed_width(field: &str, validity: &Validity, width: usize, values: ArrayRef) -> Result<ListArray> {
    if width == 0 || !values.len().is_multiple_of(width) {
        return Err(mismatch(field, format!("{} values do not make rows of {width}", values.len())));
    }
    let compact = validity.layout(field, values.len() / width)? == Layout::Compact;
    let lengths = (0..validity.rows()).map(|row| if compact && validity.is_null(row) { 0 } else { width });
    list(field, validity, lengths, values)
}

/// Returns a list column with the given number of elements in each row.
pub(super) fn list(
    field: &str,
    validity: &Validity,
    lengths: impl Iterator<Item = usize>,
    values: ArrayRef,
) -> Result<ListArray> {
    let mut offsets = Vec::with_capacity(validity.rows() + 1);
    let mut end = 0_usize;
    offsets.push(0);
    for length in lengths {
        end += length;
        offsets.push(i32::try_from(end).map_err(|_| mismatch(field, "a page of more than 2^31 elements"))?);
    }
    let element = Arc::new(Field::new(LIST_ELEMENT, values.data_type().clone(), false));
    let offsets = OffsetBuffer::new(ScalarBuffer::from(offsets));
    ListArray::try_new(element, offsets, values, validity.nulls()).map_err(|error| mismatch(field, error))
}
