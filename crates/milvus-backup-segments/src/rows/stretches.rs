//! The rows of a log group, stretch by stretch: pages are read ahead, and decoded on the compute pool.

use std::collections::VecDeque;
use std::ops::Range;

use arrow_buffer::BooleanBuffer;
use futures::future::try_join_all;
use milvus_backup_core::Result;

use crate::log::{Buffers, Collected, ColumnDecoder, PageSource, StoredPage, guarded};

/// How many rows are read at most for each one that is wanted, if few of them are selected.
const MAX_SPARSENESS: usize = 4;

/// The pages of some rows of a log group.
#[derive(Debug)]
pub(super) struct Stretch {
    pub(super) rows: usize,
    /// The selected rows among them, in ascending order.
    pub(super) selected: Vec<Range<usize>>,
    /// The pages of each column that were not decoded yet.
    pages: Vec<VecDeque<StoredPage>>,
}

/// Reads the pages of a log group.
#[derive(Debug)]
pub(super) struct Stretches {
    columns: Vec<Column>,
    selection: BooleanBuffer,
    /// The first row that was not read.
    at: usize,
    /// The number of selected rows of a stretch.
    target: usize,
    /// The column by whose pages stretches end.
    widest: usize,
}

#[derive(Debug)]
struct Column {
    pages: PageSource,
    /// Rows of pages that are with the decoder, and come after the last stretch.
    ahead: usize,
}

impl Stretches {
    /// Starts to read the selected rows of these columns, about `target` in each stretch.
    pub(super) fn new(columns: Vec<PageSource>, selection: BooleanBuffer, target: usize) -> Self {
        let stored = |column: &PageSource| column.column().stored_bytes();
        let widest = (0..columns.len()).max_by_key(|column| stored(&columns[*column])).unwrap_or(0);
        let columns = columns.into_iter().map(|pages| Column { pages, ahead: 0 }).collect();
        Self { columns, selection, at: 0, target: target.max(1), widest }
    }

    /// Returns the decoders of the columns.
    pub(super) fn decoders(&self, buffers: &Buffers) -> Result<Decoders> {
        let decoder = |column: &Column| {
            let path = column.pages.path().to_owned();
            let decoder = ColumnDecoder::new(column.pages.column(), buffers);
            let decoder = decoder.map_err(|error| error.of_file(&path))?;
            Ok((path, decoder))
        };
        let columns = self.columns.iter().map(decoder).collect::<Result<_>>()?;
        Ok(Decoders { columns })
    }

    /// Reads the pages of the next rows; `None` if no selected row is left.
    pub(super) async fn next(&mut self) -> Result<Option<Stretch>> {
        let rest = self.selection.slice(self.at, self.selection.len() - self.at);
        let Some(wanted) = wanted_rows(&rest, self.target) else { return Ok(None) };
        let Some(widest) = self.columns.get_mut(self.widest) else { return Ok(None) };
        widest.queue(wanted).await?;
        let ends = widest.pages.page_ends().map(|end| end + widest.ahead);
        let rows = ends.filter(|end| (wanted.div_ceil(2)..=wanted).contains(end)).last().unwrap_or(wanted);
        try_join_all(self.columns.iter_mut().map(|column| column.queue(rows))).await?;
        let pages = self.columns.iter_mut().map(|column| column.take(rows)).collect();
        let selected = rest.slice(0, rows).set_slices().map(|(start, end)| start..end).collect();
        self.at += rows;
        Ok(Some(Stretch { rows, selected, pages }))
    }
}

impl Column {
    async fn queue(&mut self, rows: usize) -> Result<()> {
        self.pages.queue(rows.saturating_sub(self.ahead)).await
    }

    fn take(&mut self, rows: usize) -> VecDeque<StoredPage> {
        let (pages, taken) = self.pages.take(rows.saturating_sub(self.ahead));
        // If the column ends too early, its decoder finds out.
        self.ahead = (self.ahead + taken).saturating_sub(rows);
        pages
    }
}

/// Returns the number of rows up to the last one of those that are wanted; `None` if none is selected.
fn wanted_rows(rest: &BooleanBuffer, target: usize) -> Option<usize> {
    let most = rest.len().min(target.saturating_mul(MAX_SPARSENESS));
    let mut left = target;
    for (start, end) in rest.set_slices() {
        if end - start >= left {
            return Some((start + left).min(most));
        }
        left -= end - start;
        if end >= most {
            return Some(most);
        }
    }
    (left < target).then_some(most)
}

/// The decoders of the columns of a log group.
#[derive(Debug)]
pub(super) struct Decoders {
    columns: Vec<(String, ColumnDecoder)>,
}

impl Decoders {
    /// Decodes the selected rows of the next stretch. Runs on the compute pool.
    pub(super) fn decode(&mut self, stretch: &mut Stretch) -> Result<Vec<Collected>> {
        let rows = stretch.selected.iter().map(ExactSizeIterator::len).sum();
        let mut collected = Vec::with_capacity(self.columns.len());
        for ((path, decoder), pages) in self.columns.iter_mut().zip(&mut stretch.pages) {
            let mut values = decoder.collection(rows);
            guarded(path, || decoder.read(pages, stretch.rows, &stretch.selected, &mut values))?;
            collected.push(values);
        }
        Ok(collected)
    }

    /// Returns the path of the file of a column.
    pub(super) fn path(&self, column: usize) -> &str {
        self.columns.get(column).map_or("", |(path, _)| path)
    }
}
