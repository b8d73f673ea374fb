//! The reading of the visible rows of a unit, batch by batch.

use std::collections::VecDeque;
use std::sync::Arc;

use arrow_array::{ArrayRef, RecordBatch};
use arrow_buffer::{BooleanBuffer, BooleanBufferBuilder};
use milvus_backup_columns::conventions::record_batch;
use milvus_backup_core::schema::CollectionSchema;
use milvus_backup_core::{Result, spawn_compute};

use super::field_ids::RowColumn;
use super::group::OpenGroup;
use super::stretches::{Decoders, Stretch, Stretches};
use super::units::VisibleGroup;
use crate::error::damaged;
use crate::frozen::LogStore;
use crate::log::{Buffers, array, can_be_missing, dynamic, guarded, missing};

/// What all units of a session are read with.
#[derive(Debug)]
pub(super) struct Shape {
    pub(super) schema: Arc<CollectionSchema>,
    pub(super) columns: Vec<RowColumn>,
    pub(super) store: Arc<dyn LogStore>,
}

/// Reads the batches of a unit.
#[derive(Debug)]
pub(super) struct UnitReader {
    shape: Arc<Shape>,
    groups: VecDeque<VisibleGroup>,
    /// Visible rows of the first groups that are not wanted.
    skip: u64,
    batch_bytes: usize,
    buffers: Buffers,
    /// The group whose pages are being read.
    stretches: Option<Stretches>,
    /// The pages that are decoded next.
    next: Option<Job>,
    /// The decoders of the group of the last batch.
    decoders: Option<GroupDecoders>,
}

/// Pages to decode, with new decoders if they are the first ones of a group.
#[derive(Debug)]
struct Job {
    stretch: Stretch,
    decoders: Option<GroupDecoders>,
}

/// The decoders of a group, and which columns they are for.
#[derive(Debug)]
struct GroupDecoders {
    decoders: Decoders,
    /// Whether each column of the rows is in the group.
    present: Vec<bool>,
}

impl UnitReader {
    /// Starts to read these log groups after a number of visible rows.
    pub(super) fn new(shape: Arc<Shape>, groups: Vec<VisibleGroup>, skip: u64, batch_bytes: usize) -> Self {
        Self {
            shape,
            groups: groups.into(),
            skip,
            batch_bytes,
            buffers: Buffers::default(),
            stretches: None,
            next: None,
            decoders: None,
        }
    }

    /// Returns the next rows; `None` at the end.
    pub(super) async fn next(&mut self) -> Result<Option<RecordBatch>> {
        loop {
            let job = match self.next.take() {
                Some(job) => Some(job),
                None => self.fetch().await?,
            };
            let Some(Job { mut stretch, decoders }) = job else { return Ok(None) };
            let Some(mut decoders) = decoders.or_else(|| self.decoders.take()) else { return Ok(None) };
            let shape = Arc::clone(&self.shape);
            let work = spawn_compute(move || {
                let batch = decoders.decode(&shape, &mut stretch)?;
                Ok((batch, decoders))
            });
            // The pages of the next batch are read meanwhile.
            let ((batch, decoders), next) = futures::try_join!(work, self.fetch())?;
            self.decoders = Some(decoders);
            self.next = next;
            if batch.num_rows() > 0 {
                return Ok(Some(batch));
            }
        }
    }

    /// Reads the pages of the next rows.
    async fn fetch(&mut self) -> Result<Option<Job>> {
        if let Some(stretches) = &mut self.stretches
            && let Some(stretch) = stretches.next().await?
        {
            return Ok(Some(Job { stretch, decoders: None }));
        }
        self.stretches = None;
        while let Some(group) = self.groups.pop_front() {
            let count = group.count();
            if count <= self.skip {
                self.skip -= count;
                continue;
            }
            let (mut stretches, decoders) = self.open(group).await?;
            if let Some(stretch) = stretches.next().await? {
                self.stretches = Some(stretches);
                return Ok(Some(Job { stretch, decoders: Some(decoders) }));
            }
        }
        Ok(None)
    }

    async fn open(&mut self, group: VisibleGroup) -> Result<(Stretches, GroupDecoders)> {
        let VisibleGroup { group, visible } = group;
        let ids: Vec<i64> = self.shape.columns.iter().map(|column| column.id).collect();
        let opened = OpenGroup::open(&self.shape.store, &group, &ids).await?;
        let path = || group.files.values().next().map_or("", |file| &file.path);
        if opened.rows != visible.len() {
            return Err(damaged(path(), format_args!("has {} rows, not {}", opened.rows, visible.len())));
        }
        let present: Vec<bool> = opened.columns.iter().map(Option::is_some).collect();
        for (column, source) in self.shape.columns.iter().zip(&opened.columns) {
            match source {
                Some(source) => source.require_type(&column.field)?,
                None if column.is_dynamic || can_be_missing(&column.field) => {}
                None => {
                    let name = &column.field.name;
                    return Err(damaged(path(), format_args!("belongs to a segment without field `{name}`")));
                }
            }
        }
        let row_bytes = row_bytes(&opened);
        let visible = without_first(visible, std::mem::take(&mut self.skip));
        let sources = opened.columns.into_iter().flatten().collect();
        let stretches = Stretches::new(sources, visible, self.batch_bytes / row_bytes);
        let decoders = GroupDecoders { decoders: stretches.decoders(&self.buffers)?, present };
        Ok((stretches, decoders))
    }
}

impl GroupDecoders {
    /// Decodes a batch. Runs on the compute pool.
    fn decode(&mut self, shape: &Shape, stretch: &mut Stretch) -> Result<RecordBatch> {
        let rows = stretch.selected.iter().map(ExactSizeIterator::len).sum();
        let mut collected = self.decoders.decode(stretch)?.into_iter().enumerate();
        let mut arrays: Vec<ArrayRef> = Vec::with_capacity(shape.columns.len());
        let mut meta = None;
        for (column, present) in shape.columns.iter().zip(&self.present) {
            let found = if *present { collected.next() } else { None };
            match found {
                Some((place, values)) => {
                    let path = self.decoders.path(place);
                    if column.is_dynamic {
                        meta = Some(guarded(path, || dynamic(&column.field, values))?);
                    } else {
                        arrays.push(guarded(path, || array(&column.field, values))?);
                    }
                }
                None if column.is_dynamic => {}
                None => arrays.push(missing(&column.field, rows)?),
            }
        }
        record_batch(&shape.schema, rows, arrays, meta)
    }
}

/// Returns the average size of the values of a row, at least 1.
fn row_bytes(group: &OpenGroup) -> usize {
    let columns = group.columns.iter().flatten().map(|column| column.column().value_bytes());
    let bytes = columns.fold(0, u64::saturating_add);
    let average = bytes / (group.rows as u64).max(1);
    usize::try_from(average).unwrap_or(usize::MAX).max(1)
}

/// Clears the first set bits.
fn without_first(visible: BooleanBuffer, mut count: u64) -> BooleanBuffer {
    if count == 0 {
        return visible;
    }
    let mut kept = BooleanBufferBuilder::new(visible.len());
    kept.append_buffer(&visible);
    for row in visible.set_indices() {
        if count == 0 {
            break;
        }
        kept.set_bit(row, false);
        count -= 1;
    }
    kept.build()
}
