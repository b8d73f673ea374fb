//! The decoding of one column: pages in, values of selected rows out.

use std::collections::VecDeque;
use std::ops::Range;

use arrow_buffer::BooleanBufferBuilder;
use parquet::basic::{Encoding, Type};

use super::buffers::Buffers;
use super::collected::{Collected, Values};
use super::layout::LogColumn;
use super::page::{Codec, ColumnForm, OpenPage, StoredPage, decompress_into, decompressed};
use super::page_header::PageKind;
use super::values::Dictionary;
use crate::error::LogError;

/// The largest average size of a value, and the largest size of all values of a batch, for which memory is taken
/// beforehand: sizes in a file may be wrong.
const MAX_AVERAGE: usize = 64 << 10;
const MAX_EXPECTED: usize = 16 << 20;

/// The state of a column between batches.
#[derive(Debug)]
pub(crate) struct ColumnDecoder {
    form: ColumnForm,
    codec: Codec,
    dictionary: Option<Dictionary>,
    open: Option<OpenPage>,
    /// The average size of a value in bytes.
    value_bytes: usize,
    buffers: Buffers,
}

impl ColumnDecoder {
    /// Creates the decoder of a column, with buffers for its pages and values.
    pub(crate) fn new(column: &LogColumn, buffers: &Buffers) -> Result<Self, LogError> {
        let codec = Codec::new(column.compression)?;
        let average = column.value_bytes() / (column.rows() as u64).max(1);
        let value_bytes = usize::try_from(average).unwrap_or(MAX_AVERAGE).min(MAX_AVERAGE);
        Ok(Self { form: column.form, codec, dictionary: None, open: None, value_bytes, buffers: buffers.clone() })
    }

    /// Returns an empty collection for values of the column.
    pub(crate) fn collection(&self, rows: usize) -> Collected {
        Collected::new(match self.form.width {
            Some(_) if self.form.physical == Type::BOOLEAN => Values::Bits(BooleanBufferBuilder::new(rows)),
            Some(width) => Values::Fixed { bytes: self.buffers.get(rows.saturating_mul(width)), width },
            None => {
                let bytes = rows.saturating_mul(self.value_bytes).min(MAX_EXPECTED);
                Values::Variable { ends: Vec::with_capacity(rows), bytes: self.buffers.get(bytes) }
            }
        })
    }

    /// Reads the next `rows` rows, and appends the values of those in `selected`, which are ranges in ascending order.
    /// `pages` are the pages that follow those of the last call; what is left of the last one is kept.
    pub(crate) fn read(
        &mut self,
        pages: &mut VecDeque<StoredPage>,
        rows: usize,
        selected: &[Range<usize>],
        into: &mut Collected,
    ) -> Result<(), LogError> {
        let (mut row, mut selected) = (0, selected);
        while row < rows {
            while selected.first().is_some_and(|range| range.end <= row) {
                selected = &selected[1..];
            }
            let next = selected.first().map_or(rows, |range| range.start.max(row));
            if self.open.as_ref().is_none_or(|page| page.rows_left == 0) {
                row += self.open_next(pages, rows - row, next - row, selected.first().map(|r| r.end - row), into)?;
                continue;
            }
            let Some(page) = &mut self.open else { continue };
            if next > row {
                let skipped = page.rows_left.min(next - row);
                page.skip(skipped)?;
                row += skipped;
            } else {
                let end = selected.first().map_or(rows, |range| range.end.min(rows));
                let taken = page.rows_left.min(end - row);
                page.take(taken, into)?;
                row += taken;
            }
        }
        Ok(())
    }

    /// Goes to the next page. Returns the number of its rows that are done already, because none of them is selected, or
    /// because all were decompressed to where they belong.
    ///
    /// The first selected row comes after `unselected` rows, the last one of its range before `selected_end`.
    fn open_next(
        &mut self,
        pages: &mut VecDeque<StoredPage>,
        rows: usize,
        unselected: usize,
        selected_end: Option<usize>,
        into: &mut Collected,
    ) -> Result<usize, LogError> {
        let page = pages.pop_front().ok_or_else(|| LogError::damaged("has fewer rows in its pages than it says"))?;
        match page.header.kind {
            PageKind::Index => return Ok(0),
            PageKind::Dictionary => {
                let bytes = decompressed(&page.body, page.header.bytes, &mut self.codec, &self.buffers)?;
                self.dictionary = Some(Dictionary::new(bytes, self.form, page.header.values)?);
                return Ok(0);
            }
            PageKind::Data | PageKind::DataV2 { .. } => {}
        }
        let page_rows = page.rows();
        if page_rows <= unselected {
            return Ok(page_rows);
        }
        let complete = unselected == 0 && page_rows <= rows && selected_end.is_some_and(|end| page_rows <= end);
        if complete && self.is_plain(&page) {
            decompress_into(&page, &mut self.codec, into.room(page.header.bytes)?)?;
            into.count_valid(page_rows);
            return Ok(page_rows);
        }
        self.open = Some(OpenPage::new(&page, self.form, &mut self.codec, self.dictionary.as_ref(), &self.buffers)?);
        Ok(0)
    }

    /// Returns whether the bytes of a page are its values.
    fn is_plain(&self, page: &StoredPage) -> bool {
        let width = self.form.width.filter(|_| self.form.physical != Type::BOOLEAN && !self.form.optional);
        let levels = if let PageKind::DataV2 { levels, .. } = page.header.kind { levels } else { 0 };
        let bytes = width.and_then(|width| page.rows().checked_mul(width));
        page.header.encoding == Encoding::PLAIN && levels == 0 && bytes == Some(page.header.bytes)
    }
}

impl OpenPage {
    fn skip(&mut self, rows: usize) -> Result<(), LogError> {
        let present = match &mut self.validity {
            None => rows,
            Some(validity) => validity.by_ref().take(rows).filter(|valid| *valid == 1).count(),
        };
        self.rows_left -= rows;
        self.values.skip(present)
    }

    fn take(&mut self, rows: usize, into: &mut Collected) -> Result<(), LogError> {
        self.rows_left -= rows;
        let Some(validity) = &mut self.validity else {
            self.values.take(rows, into)?;
            into.count_valid(rows);
            return Ok(());
        };
        for valid in validity.by_ref().take(rows) {
            if valid == 1 {
                self.values.take(1, into)?;
                into.count_valid(1);
            } else {
                into.count_null();
            }
        }
        Ok(())
    }
}
