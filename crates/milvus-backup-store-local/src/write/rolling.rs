//! [`RollingWriter`]: consecutive data files, each of about the target size.

use arrow_array::RecordBatch;
use async_trait::async_trait;
use milvus_backup_core::{ChunkMetadata, Result, UnitFiles, UnitWriter};
use milvus_backup_repository::layout::chunk_file;

use super::chunk::ChunkWriter;
use super::destination::Destination;

/// Names the data files of a unit, and starts the next one when the current one is large enough.
pub(super) struct RollingWriter {
    destination: Destination,
    unit: UnitFiles,
    open: Option<OpenFile>,
}

struct OpenFile {
    /// The number of the file in its partition.
    number: usize,
    chunk: ChunkWriter,
}

impl RollingWriter {
    pub(super) fn new(destination: Destination, unit: UnitFiles) -> Self {
        Self { destination, unit, open: None }
    }

    /// Starts a file whose rows look like those of `sample`.
    async fn begin(&mut self, sample: &RecordBatch) -> Result<OpenFile> {
        let number = self.unit.numbers.take();
        let path = chunk_file(&self.unit.partition, number);
        match ChunkWriter::create(&self.destination, path, &self.unit, sample).await {
            Ok(chunk) => Ok(OpenFile { number, chunk }),
            Err(error) => {
                self.unit.numbers.give_back(number);
                Err(error)
            }
        }
    }

    async fn complete(&mut self, file: OpenFile) -> Result<ChunkMetadata> {
        let completed = file.chunk.finish().await;
        if completed.is_err() {
            self.unit.numbers.give_back(file.number);
        }
        completed
    }
}

#[async_trait]
impl UnitWriter for RollingWriter {
    async fn append(&mut self, rows: RecordBatch) -> Result<Option<ChunkMetadata>> {
        if self.open.is_none() {
            self.open = Some(self.begin(&rows).await?);
        }
        let Some(file) = &mut self.open else { return Ok(None) };
        file.chunk.write(rows).await?;
        match self.open.take_if(|file| file.chunk.file_bytes() >= self.unit.chunk_size_bytes) {
            Some(file) => self.complete(file).await.map(Some),
            None => Ok(None),
        }
    }

    async fn finish(mut self: Box<Self>) -> Result<Option<ChunkMetadata>> {
        match self.open.take() {
            Some(file) => self.complete(file).await.map(Some),
            None => Ok(None),
        }
    }

    async fn abort(mut self: Box<Self>) {
        if let Some(OpenFile { number, chunk }) = self.open.take() {
            chunk.abort().await;
            self.unit.numbers.give_back(number);
        }
    }
}
