//! A window of an object, as a source for the Parquet reader.

use std::io::BufReader;

use bytes::Bytes;
use milvus_backup_storage::{Window, WindowReader};
use parquet::errors::{ParquetError, Result};
use parquet::file::reader::{ChunkReader, Length};

/// The bytes of one row group, addressed by their positions in the file.
#[derive(Debug, Clone)]
pub(crate) struct RowGroupBytes(pub(crate) Window);

impl Length for RowGroupBytes {
    fn len(&self) -> u64 {
        self.0.end()
    }
}

impl ChunkReader for RowGroupBytes {
    type T = BufReader<WindowReader>;

    fn get_read(&self, start: u64) -> Result<Self::T> {
        // The usual size of a page header.
        Ok(BufReader::with_capacity(1 << 10, self.0.reader(start)))
    }

    fn get_bytes(&self, start: u64, length: usize) -> Result<Bytes> {
        self.0.read(start, length).map_err(|error| ParquetError::External(Box::new(error)))
    }
}
