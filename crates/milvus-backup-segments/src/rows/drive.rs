//! The reading of narrow columns from beginning to end, with a state that is taken along on the compute pool.

use arrow_buffer::BooleanBuffer;
use milvus_backup_core::{Result, spawn_compute};

use super::stretches::Stretches;
use crate::error::damaged;
use crate::log::{Buffers, Collected, PageSource};

/// Rows that are decoded at once.
const ROWS: usize = 1 << 16;

/// Values of some rows that come one after the other.
#[derive(Debug)]
pub(super) struct Part {
    /// The number of the first of these rows in its log group.
    pub(super) first_row: usize,
    /// The columns, in the order in which they were asked for.
    pub(super) columns: Vec<Collected>,
    /// The file of the last column, for errors.
    pub(super) path: String,
}

/// Passes all rows of these columns to `step`, and returns its state.
pub(super) async fn drive<S: Send + 'static>(
    columns: Vec<PageSource>,
    rows: usize,
    mut state: S,
    step: impl Fn(&mut S, &Part) -> Result<()> + Copy + Send + 'static,
) -> Result<S> {
    let mut stretches = Stretches::new(columns, BooleanBuffer::new_set(rows), ROWS);
    let mut decoders = stretches.decoders(&Buffers::default())?;
    let mut next = stretches.next().await?;
    let mut first_row = 0;
    while let Some(mut stretch) = next {
        let rows = stretch.rows;
        let work = spawn_compute(move || {
            let columns = decoders.decode(&mut stretch)?;
            let path = decoders.path(columns.len().saturating_sub(1)).to_owned();
            if columns.iter().any(|column| !column.validity.is_empty()) {
                return Err(damaged(&path, "has a row or a delete without a key or a timestamp"));
            }
            step(&mut state, &Part { first_row, columns, path })?;
            Ok((state, decoders))
        });
        ((state, decoders), next) = futures::try_join!(work, stretches.next())?;
        first_row += rows;
    }
    Ok(state)
}
