//! Pages of rows in ascending order of their keys.
//!
//! Each page is read when it is asked for, from what is there then: only a snapshot is of a single point in time. Nothing here knows the
//! trait that hands the pages out.

use arrow_array::RecordBatch;
use arrow_select::interleave::interleave_record_batch;
use milvus_backup_core::schema::{CollectionSchema, PrimaryKey, arrow_schema};
use milvus_backup_core::{CollectionName, Error, KeyRange, ReadPoint, Result};

use super::refusals::{not_nameable, refused};
use super::rows::RowRef;
use super::state::State;

/// Rows that a query returns at most.
const MAX_ROWS: usize = 16_384;

/// The rows to read.
#[derive(Debug, Clone)]
pub(super) struct ScanSpec {
    pub(super) collection: CollectionName,
    pub(super) schema: CollectionSchema,
    pub(super) partition: Option<String>,
    pub(super) read_point: ReadPoint,
    pub(super) batch_bytes: usize,
    pub(super) range: KeyRange<PrimaryKey>,
}

/// Where a scan stands.
#[derive(Debug)]
pub(super) struct Scan {
    spec: ScanSpec,
    /// Number of rows so far.
    read: usize,
}

impl Scan {
    pub(super) fn new(spec: ScanSpec) -> Self {
        Self { spec, read: 0 }
    }

    /// The next page, or `None` after the last one.
    pub(super) fn next_page(&mut self, state: &mut State) -> Result<Option<RecordBatch>> {
        let ScanSpec { collection, partition, .. } = &self.spec;
        let partitions = state.open(collection, partition.as_deref())?;
        let reserved = state.reserved_key(collection);
        let most = match &reserved {
            Some(key) => self.rows_by_position(state, key)?,
            None => MAX_ROWS,
        };
        let view = state.view(collection, &partitions, state.moment(self.spec.read_point));
        let (mut page, mut bytes) = (Vec::new(), 0);
        for (key, row) in view.found(&self.spec.range).filter_map(|found| Some((found.key, found.returned?))) {
            bytes += row.batch.row_bytes;
            if !page.is_empty() && (bytes > self.spec.batch_bytes || page.len() >= most) {
                break;
            }
            page.push((key.clone(), row.clone()));
        }
        let Some((last, _)) = page.last() else { return Ok(None) };
        let (last, rows) = (last.clone(), page.into_iter().map(|(_, row)| row).collect::<Vec<_>>());
        let batch = self.batch(&rows)?;
        self.read += rows.len();
        self.spec.range.after = Some(last);
        Ok(Some(batch))
    }

    /// How many rows a page may have where the name of the primary key cannot be in an expression: rows are read by their
    /// position then, as far as the server allows.
    fn rows_by_position(&self, state: &State, key: &str) -> Result<usize> {
        let ScanSpec { collection, range, .. } = &self.spec;
        // The first page needs no expression.
        let needs_expression = self.read > 0 && !state.model.rows.reads_by_position;
        if range.up_to.is_some() || needs_expression {
            return Err(state.model.family.unparsable(key));
        }
        match state.model.rows.window.saturating_sub(self.read) {
            0 => Err(not_nameable(collection, key, state.model.rows.window)),
            left => Ok(left.min(MAX_ROWS)),
        }
    }

    fn batch(&self, rows: &[RowRef]) -> Result<RecordBatch> {
        let batches: Vec<&RecordBatch> = rows.iter().map(|row| &row.batch.rows).collect();
        let indices: Vec<(usize, usize)> = rows.iter().enumerate().map(|(batch, row)| (batch, row.row)).collect();
        let all = interleave_record_batch(&batches, &indices).unwrap();
        let wanted = arrow_schema(&self.spec.schema)?;
        let columns = wanted.fields().iter().map(|field| {
            let column = all.column_by_name(field.name());
            column.cloned().ok_or_else(|| refused("Query", 65_535, format!("field {} not exist", field.name())))
        });
        let columns = columns.collect::<Result<Vec<_>>>()?;
        RecordBatch::try_new(wanted.into(), columns)
            .map_err(|error| Error::Protocol { message: format!("rows of another schema: {error}") })
    }
}
