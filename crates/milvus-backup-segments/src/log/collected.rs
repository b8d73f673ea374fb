//! Values that are collected from pages, column by column, for one batch.

use std::ops::Range;

use arrow_buffer::BooleanBufferBuilder;

use super::buffers::ReusedBuffer;
use crate::error::LogError;

/// Values of one column, and which rows of it are NULL.
#[derive(Debug)]
pub(crate) struct Collected {
    pub(crate) values: Values,
    /// Whether each row has a value; empty as long as all have one.
    pub(crate) validity: Vec<bool>,
    pub(crate) rows: usize,
}

/// Values of one column. Rows that are NULL have none.
#[derive(Debug)]
pub(crate) enum Values {
    /// Values of the same size, one after the other.
    Fixed { bytes: ReusedBuffer, width: usize },
    /// Booleans, as packed bits.
    Bits(BooleanBufferBuilder),
    /// Values of different sizes, one after the other, between these ends.
    Variable { ends: Vec<i32>, bytes: ReusedBuffer },
}

impl Collected {
    pub(crate) fn new(values: Values) -> Self {
        Self { values, validity: Vec::new(), rows: 0 }
    }

    /// Counts rows that all have a value, which was appended.
    pub(super) fn count_valid(&mut self, rows: usize) {
        if !self.validity.is_empty() {
            self.validity.resize(self.validity.len() + rows, true);
        }
        self.rows += rows;
    }

    /// Counts a row that is NULL.
    pub(super) fn count_null(&mut self) {
        if self.validity.is_empty() {
            self.validity = vec![true; self.rows];
        }
        self.validity.push(false);
        self.rows += 1;
    }

    /// Returns room for values of the same size that are written directly.
    pub(super) fn room(&mut self, length: usize) -> Result<&mut [u8], LogError> {
        match &mut self.values {
            Values::Fixed { bytes, .. } => Ok(bytes.room(length)),
            _ => Err(wrong_form()),
        }
    }

    /// Appends values of the same size.
    pub(super) fn append_fixed(&mut self, values: &[u8]) -> Result<(), LogError> {
        self.room(values.len())?.copy_from_slice(values);
        Ok(())
    }

    /// Appends one value of any size.
    pub(super) fn append(&mut self, value: &[u8]) -> Result<(), LogError> {
        match &mut self.values {
            Values::Fixed { bytes, width } if *width == value.len() => bytes.room(value.len()).copy_from_slice(value),
            Values::Variable { ends, bytes } => {
                bytes.room(value.len()).copy_from_slice(value);
                let end = i32::try_from(bytes.as_slice().len());
                ends.push(end.map_err(|_| LogError::unsupported("values of 2 GiB in one batch"))?);
            }
            _ => return Err(wrong_form()),
        }
        Ok(())
    }

    /// Appends a range of packed bits.
    pub(super) fn append_bits(&mut self, from: &[u8], range: Range<usize>) -> Result<(), LogError> {
        match &mut self.values {
            Values::Bits(bits) => bits.append_packed_range(range, from),
            _ => return Err(wrong_form()),
        }
        Ok(())
    }
}

fn wrong_form() -> LogError {
    LogError::damaged("has values of another type than its column")
}
