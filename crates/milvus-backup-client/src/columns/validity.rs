//! Which rows of a column are NULL.
//!
//! Servers send values either full-length, with a placeholder under each NULL, or compact, without. Which of the
//! two it is shows in the number of values.

use arrow_buffer::NullBuffer;
use milvus_backup_core::Result;

use super::mismatch;

/// The rows of a column and where its values stand.
#[derive(Debug, Clone)]
pub(super) struct Rows {
    /// Number of rows.
    pub(super) len: usize,
    /// The rows that are not NULL; `None` when all are.
    pub(super) nulls: Option<NullBuffer>,
}

/// How the values of a column relate to its rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Layout {
    /// A value for every row.
    Full,
    /// A value for every row that is not NULL.
    Compact,
}

impl Rows {
    /// The rows of a column by the flags the server sent; no flags means that all are valid.
    pub(super) fn new(field: &str, len: usize, valid: &[bool], nullable: bool) -> Result<Self> {
        if valid.is_empty() {
            return Ok(Self { len, nulls: None });
        }
        if valid.len() != len {
            return Err(mismatch(field, format!("{} validity flags for {len} rows", valid.len())));
        }
        let nulls = NullBuffer::from(valid);
        if nulls.null_count() == 0 {
            return Ok(Self { len, nulls: None });
        }
        if !nullable {
            return Err(mismatch(field, "NULL in a field that is not nullable"));
        }
        Ok(Self { len, nulls: Some(nulls) })
    }

    /// Number of rows that are not NULL.
    pub(super) fn valid_count(&self) -> usize {
        self.len - self.nulls.as_ref().map_or(0, NullBuffer::null_count)
    }

    pub(super) fn is_null(&self, row: usize) -> bool {
        self.nulls.as_ref().is_some_and(|nulls| nulls.is_null(row))
    }

    /// How `values` values relate to the rows.
    pub(super) fn layout(&self, field: &str, values: usize) -> Result<Layout> {
        if values == self.len {
            Ok(Layout::Full)
        } else if values == self.valid_count() {
            Ok(Layout::Compact)
        } else {
            Err(mismatch(field, format!("{values} values for {} rows, {} of them valid", self.len, self.valid_count())))
        }
    }

    /// One value per row: `placeholder` stands under NULLs of a compact column.
    pub(super) fn spread<T: Clone>(&self, field: &str, values: Vec<T>, placeholder: &T) -> Result<Vec<T>> {
        if self.layout(field, values.len())? == Layout::Full {
            return Ok(values);
        }
        let mut compact = values.into_iter();
        let value = |row| if self.is_null(row) { None } else { compact.next() };
        Ok((0..self.len).map(value).map(|value| value.unwrap_or_else(|| placeholder.clone())).collect())
    }
}
