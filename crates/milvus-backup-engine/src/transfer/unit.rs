//! The transfer of one unit: from the rows of its source to its data files, with retries if the store fails.

use std::sync::Arc;

use futures::StreamExt;
use milvus_backup_core::schema::value_bytes;
use milvus_backup_core::{
    ChunkMetadata, Environment, Error, Progress, ProgressEvent, Result, RetryPolicy, ScanPosition, ScanSession,
    Transaction, UnitFiles, UnitWriter, UnitWriters,
};

use super::stealing::OpenUnit;

/// Writes units of one partition.
#[derive(Debug)]
pub(super) struct UnitTransfer<'a> {
    pub(super) session: &'a dyn ScanSession,
    pub(super) transaction: &'a dyn Transaction,
    pub(super) writers: &'a dyn UnitWriters,
    pub(super) files: UnitFiles,
    /// The name of the primary-key column.
    pub(super) primary_key: &'a str,
    pub(super) page_bytes: usize,
    pub(super) retries: RetryPolicy,
    pub(super) environment: &'a Environment,
    pub(super) progress: &'a Arc<dyn Progress>,
}

/// The position in a unit.
#[derive(Debug)]
struct Position {
    completed: Vec<ChunkMetadata>,
    /// The position after the last complete file.
    saved: ScanPosition,
    /// The position after the appended rows.
    reached: ScanPosition,
    /// Rows and bytes that are not in a complete file yet.
    unsaved: (u64, u64),
}

impl UnitTransfer<'_> {
    /// Writes the rows of a unit. A failed file is rewritten, starting after the last complete one.
    ///
    /// # Errors
    /// Those of the source, and permanent errors of the store.
    pub(super) async fn write(&self, open: &OpenUnit) -> Result<Vec<ChunkMetadata>> {
        let mut position = Position {
            completed: Vec::new(),
            saved: ScanPosition::Start,
            reached: ScanPosition::Start,
            unsaved: (0, 0),
        };
        let mut delays = self.retries.delays(self.environment);
        loop {
            let before = position.completed.len();
            let Err(error) = self.write_rest(open, &mut position).await else { return Ok(position.completed) };
            let (rows, bytes) = std::mem::take(&mut position.unsaved);
            let partition = self.files.partition.clone();
            self.progress.event(ProgressEvent::Discarded { partition, rows, bytes });
            if position.completed.len() > before {
                delays = self.retries.delays(self.environment);
            }
            match delays.next() {
                Some(delay) if matches!(error, Error::Storage { .. }) && error.retryable() => {
                    tracing::warn!(%error, ?delay, partition = self.files.partition, "writing a data file again");
                    self.environment.sleep(delay).await;
                }
                _ => return Err(error),
            }
        }
    }

    /// Writes the rows after the last complete file.
    async fn write_rest(&self, open: &OpenUnit, position: &mut Position) -> Result<()> {
        let mut writer = self.writers.writer(self.files.clone());
        if let Err(error) = self.append_rest(open, position, writer.as_mut()).await {
            writer.abort().await;
            return Err(error);
        }
        match writer.finish().await? {
            Some(chunk) => self.complete(open, chunk, position).await,
            None => Ok(()),
        }
    }

    /// Appends batches until there are no more rows.
    async fn append_rest(&self, open: &OpenUnit, position: &mut Position, writer: &mut dyn UnitWriter) -> Result<()> {
        position.reached = position.saved.clone();
        let mut batches = self.session.read(&open.unit(), &position.saved, self.page_bytes);
        let mut more = true;
        while more && let Some(batch) = batches.next().await.transpose()? {
            let keys = batch
                .column_by_name(self.primary_key)
                .ok_or_else(|| Error::Protocol { message: "a batch without primary keys".to_owned() })?;
            let taken = open.take(keys, &position.reached)?;
            more = taken.more;
            if taken.rows == 0 {
                continue;
            }
            let batch = batch.slice(0, taken.rows);
            let (rows, bytes) = (taken.rows as u64, value_bytes(&batch) as u64);
            let chunk = writer.append(batch).await?;
            position.reached = taken.reached;
            position.unsaved = (position.unsaved.0 + rows, position.unsaved.1 + bytes);
            let partition = self.files.partition.clone();
            self.progress.event(ProgressEvent::Advanced { partition, rows, bytes });
            if let Some(chunk) = chunk {
                self.complete(open, chunk, position).await?;
            }
        }
        Ok(())
    }

    /// Records a complete file in the journal, with the position of its first row. If the rows have no order, nothing is
    /// recorded, and a resumed backup reads the unit again.
    ///
    /// The file counts whether or not it can be recorded: a second attempt must not write its rows again beside it.
    async fn complete(&self, open: &OpenUnit, mut chunk: ChunkMetadata, position: &mut Position) -> Result<()> {
        let unit = open.unit();
        chunk.content_key = unit.content.as_ref().map(|key| key.0.clone());
        let before = std::mem::replace(&mut position.saved, position.reached.clone());
        position.unsaved = (0, 0);
        position.completed.push(chunk.clone());
        if unit.keys().is_some() {
            self.transaction.note_chunk(&chunk, before.last_key(&unit)).await?;
        }
        Ok(())
    }
}
