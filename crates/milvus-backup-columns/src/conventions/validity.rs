//! The rows of a column that are NULL.
//!
//! Servers send values either full-length, with a placeholder for each NULL, or compact, without. The number of values
//! distinguishes the two.

use arrow_buffer::NullBuffer;
use milvus_backup_core::Result;

use crate::error::mismatch;

/// The number of rows of a column, and which of them are NULL.
#[derive(Debug, Clone)]
pub struct Validity {
    rows: usize,
    /// The null buffer; `None` if no row is NULL.
    nulls: Option<NullBuffer>,
}

/// The relation of the values of a column to its rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Layout {
    /// There is a value for every row.
    Full,
    /// There is a value for every row that is not NULL.
    Compact,
}

impl Validity {
    /// Reads the flags of a column, one per row; an empty slice means that no row is NULL.
    ///
    /// # Errors
    /// [`milvus_backup_core::Error::Protocol`] for a wrong number of flags, and for NULL in a field that is not
    /// nullable.
    pub fn from_flags(field: &str, rows: usize, flags: &[bool], nullable: bool) -> Result<Self> {
        if flags.is_empty() {
            return Ok(Self::all_valid(rows));
        }
        if flags.len() != rows {
            return Err(mismatch(field, format!("{} validity flags for {rows} rows", flags.len())));
        }
        let nulls = NullBuffer::from(flags);
        if nulls.null_count() == 0 {
            return Ok(Self::all_valid(rows));
        }
        if !nullable {
            return Err(mismatch(field, "NULL in a field that is not nullable"));
        }
        Ok(Self { rows, nulls: Some(nulls) })
    }

    /// Returns the validity of rows of which none is NULL.
    pub fn all_valid(rows: usize) -> Self {
        Self { rows, nulls: None }
    }

    /// Returns the number of rows, including those that are NULL.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Returns whether a row is NULL.
    pub fn is_null(&self, row: usize) -> bool {
        self.nulls.as_ref().is_some_and(|nulls| nulls.is_null(row))
    }

    /// Returns the null buffer of the column; `None` if no row is NULL.
    pub(super) fn nulls(&self) -> Option<NullBuffer> {
        self.nulls.clone()
    }

    fn valid_count(&self) -> usize {
        self.rows - self.nulls.as_ref().map_or(0, NullBuffer::null_count)
    }

    /// Returns how `values` values relate to the rows.
    pub(super) fn layout(&self, field: &str, values: usize) -> Result<Layout> {
        if values == self.rows {
            Ok(Layout::Full)
        } else if values == self.valid_count() {
            Ok(Layout::Compact)
        } else {
            Err(mismatch(
                field,
                format!("{values} values for {} rows, {} of them valid", self.rows, self.valid_count()),
            ))
        }
    }

    /// Returns one value per row: `placeholder` is used for NULLs of a compact column.
    pub(super) fn spread<T: Clone>(&self, field: &str, values: Vec<T>, placeholder: &T) -> Result<Vec<T>> {
        if self.layout(field, values.len())? == Layout::Full {
            return Ok(values);
        }
        let mut compact = values.into_iter();
        let value = |row| if self.is_null(row) { None } else { compact.next() };
        Ok((0..self.rows).map(value).map(|value| value.unwrap_or_else(|| placeholder.clone())).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_null_buffer_exists_only_where_a_row_is_null() {
        assert!(Validity::from_flags("f", 2, &[true, true], true).unwrap().nulls().is_none());
        assert!(Validity::from_flags("f", 2, &[], true).unwrap().nulls().is_none());
        let mixed = Validity::from_flags("f", 2, &[true, false], true).unwrap();
        assert!(mixed.is_null(1) && !mixed.is_null(0) && mixed.nulls().is_some());
        assert!(Validity::from_flags("f", 2, &[true, false], false).is_err(), "not nullable");
        assert!(Validity::from_flags("f", 2, &[true], true).is_err(), "a flag is missing");
    }

    #[test]
    fn compact_values_are_spread_over_the_rows() {
        let validity = Validity::from_flags("f", 3, &[true, false, true], true).unwrap();
        assert_eq!(validity.spread("f", vec![1, 2], &0).unwrap(), [1, 0, 2]);
        assert_eq!(validity.spread("f", vec![1, 9, 2], &0).unwrap(), [1, 9, 2]);
        assert!(validity.spread("f", vec![1], &0).is_err());
    }
}
