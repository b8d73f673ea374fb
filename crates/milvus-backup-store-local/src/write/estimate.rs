//! The estimate of the size of encoded rows.

use arrow_array::RecordBatch;
use milvus_backup_core::{Result, RowEncoding, spawn_compute};

use super::encoder::Encoder;
use super::parts::PartBuffers;

/// Returns the number of bytes of these rows in a separate file.
pub(crate) async fn encoded_bytes(encoding: RowEncoding, rows: RecordBatch) -> Result<u64> {
    let encode = move || {
        let mut encoder = Encoder::new(&encoding, &rows, usize::MAX, PartBuffers::of_files())?;
        let first = encoder.write(&rows)?;
        let (last, _) = encoder.finish()?;
        Ok(first.iter().chain(&last).map(|part| part.len() as u64).sum())
    };
    spawn_compute(encode).await
}
