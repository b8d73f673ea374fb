//! [`ParquetWriters`]: the writers of one backup.

use std::sync::Arc;

use async_trait::async_trait;
use milvus_backup_core::{RowEncoding, UnitFiles, UnitWriter, UnitWriters};
use milvus_backup_storage::{AbandonedUploads, Directory};

use super::destination::Destination;
use super::parts::PartBuffers;
use super::rolling::RollingWriter;

/// The writers of one backup, which share their buffers.
#[derive(Debug, Clone)]
pub(crate) struct ParquetWriters {
    destination: Destination,
}

impl ParquetWriters {
    /// Creates the writers of a backup in `directory`, which is on a local disk or in an object store.
    pub(crate) fn new(directory: Directory, is_local: bool, encoding: Arc<RowEncoding>) -> Self {
        let buffers = if is_local { PartBuffers::of_files() } else { PartBuffers::of_objects() };
        let abandoned = AbandonedUploads::default();
        Self { destination: Destination { directory, encoding, buffers, abandoned } }
    }
}

#[async_trait]
impl UnitWriters for ParquetWriters {
    fn writer(&self, unit: UnitFiles) -> Box<dyn UnitWriter> {
        Box::new(RollingWriter::new(self.destination.clone(), unit))
    }

    async fn settle(&self) {
        self.destination.abandoned.settle().await;
    }
}

#[cfg(test)]
mod tests {
    use arrow_array::{ArrayRef, Int64Array, RecordBatch, StringArray};
    use milvus_backup_core::schema::{CollectionSchema, DataType, FieldSchema};
    use milvus_backup_core::{ChecksumAlgorithm, CompressionCodec, Error, FileNumbers, RowOrder};

    use super::*;
    use crate::open_uploads::OpenUploads;

    fn writers(store: &Arc<OpenUploads>) -> ParquetWriters {
        let mut id = FieldSchema::new("id", DataType::Int64);
        id.is_primary = true;
        let encoding = RowEncoding {
            schema: CollectionSchema::new(vec![id]),
            compression_enabled: false,
            compression_codec: CompressionCodec::None,
            compression_level: 1,
            checksum_algorithm: ChecksumAlgorithm::Sha256,
        };
        let directory = Directory::new(Arc::<OpenUploads>::clone(store), "items/backup");
        ParquetWriters::new(directory, false, Arc::new(encoding))
    }

    fn unit(numbers: &Arc<FileNumbers>) -> UnitFiles {
        UnitFiles {
            partition: "p".to_owned(),
            numbers: Arc::clone(numbers),
            order: RowOrder::PrimaryKey,
            chunk_size_bytes: 1 << 20,
            row_group_bytes: 1 << 20,
        }
    }

    fn rows() -> RecordBatch {
        let ids: ArrayRef = Arc::new(Int64Array::from(vec![1, 2, 3]));
        RecordBatch::try_from_iter([("id", ids)]).unwrap()
    }

    /// Returns rows that do not fit into a file of the others.
    fn other_rows() -> RecordBatch {
        let ids: ArrayRef = Arc::new(StringArray::from(vec!["1"]));
        RecordBatch::try_from_iter([("id", ids)]).unwrap()
    }

    #[tokio::test]
    async fn no_upload_stays_open_whatever_ends_a_writer() {
        let store = Arc::new(OpenUploads::default());
        let (writers, numbers) = (writers(&store), Arc::new(FileNumbers::default()));
        let mut complete = writers.writer(unit(&numbers));
        assert_eq!(complete.append(rows()).await.unwrap(), None);
        assert_eq!(store.open(), 1);
        let chunk = complete.finish().await.unwrap().unwrap();
        assert_eq!((chunk.path.as_str(), chunk.row_count, store.open()), ("data/p.parquet", 3, 0));

        let mut failed = writers.writer(unit(&numbers));
        failed.append(rows()).await.unwrap();
        let error = failed.append(other_rows()).await.unwrap_err();
        assert!(matches!(error, Error::Encoding { .. }), "{error}");
        failed.abort().await;
        assert_eq!(store.open(), 0);

        let mut cancelled = writers.writer(unit(&numbers));
        cancelled.append(rows()).await.unwrap();
        assert_eq!(store.open(), 1);
        drop(cancelled);
        writers.settle().await;
        assert_eq!(store.open(), 0);
    }

    #[tokio::test]
    async fn a_file_that_was_given_up_leaves_its_name() {
        let store = Arc::new(OpenUploads::default());
        let (writers, numbers) = (writers(&store), Arc::new(FileNumbers::starting_at(7)));
        let mut first = writers.writer(unit(&numbers));
        first.append(rows()).await.unwrap();
        first.abort().await;
        let mut second = writers.writer(unit(&numbers));
        second.append(rows()).await.unwrap();
        assert_eq!(second.finish().await.unwrap().unwrap().path, "data/p.00007.parquet");
    }

    #[tokio::test]
    async fn a_file_is_closed_once_it_is_large_enough() {
        let store = Arc::new(OpenUploads::default());
        let (writers, numbers) = (writers(&store), Arc::new(FileNumbers::default()));
        let mut writer = writers.writer(UnitFiles { chunk_size_bytes: 1, row_group_bytes: 1, ..unit(&numbers) });
        for path in ["data/p.parquet", "data/p.00001.parquet"] {
            assert_eq!(writer.append(rows()).await.unwrap().unwrap().path, path);
        }
        assert_eq!(writer.finish().await.unwrap(), None);
    }
}
