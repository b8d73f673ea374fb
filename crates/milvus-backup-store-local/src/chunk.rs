//! The reader of a chunk file, one row group at a time: fetched as one range, or read page by page if it is a local
//! file.

use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path as FilePath, PathBuf};
use std::sync::Arc;

use arrow_array::RecordBatch;
use arrow_schema::{DataType, SchemaRef};
use bytes::Bytes;
use futures::FutureExt;
use futures::future::BoxFuture;
use milvus_backup_core::schema::{CollectionSchema, arrow_schema};
use milvus_backup_core::{BackupId, ChecksumAlgorithm, ChunkMetadata, Error, Result, spawn_compute};
use milvus_backup_integrity::RowDigest;
use object_store::path::Path;
use object_store::{Error as StoreError, ObjectStore, ObjectStoreExt};
use parquet::arrow::arrow_reader::{ArrowReaderMetadata, ArrowReaderOptions};
use parquet::arrow::async_reader::MetadataFetch;
use parquet::errors::ParquetError;
use parquet::file::metadata::{ParquetMetaDataReader, RowGroupMetaData};

use crate::decode::{VectorBuffers, decode};
use crate::pages::RowGroupBytes;
use milvus_backup_repository::digest_object;
use milvus_backup_storage::BufferPool;
use milvus_backup_storage::Directory;
use milvus_backup_storage::Window;
use milvus_backup_storage::error::{corrupted, is_failed_service, of_disk, storage};

/// The data files of one backup, and the properties that each of them must have.
#[derive(Debug)]
pub(crate) struct ChunkSource {
    directory: Directory,
    backup: String,
    /// The columns that every file must have.
    columns: SchemaRef,
    /// Whether the rows of each row group are compared with their recorded digest.
    verify_digests: bool,
    /// Buffers for the pages that are read from local files.
    pages: BufferPool,
    /// Buffers for the vectors of batches.
    vectors: VectorBuffers,
}

impl ChunkSource {
    /// Creates the source of the files below `directory`, which hold rows of `schema`.
    pub(crate) fn new(
        directory: Directory,
        backup_id: &BackupId,
        schema: &CollectionSchema,
        verify_digests: bool,
    ) -> Result<Self> {
        let columns = Arc::new(arrow_schema(schema)?);
        Ok(Self {
            directory,
            backup: backup_id.to_string(),
            columns,
            verify_digests,
            pages: BufferPool::new(PAGE_BYTES),
            vectors: VectorBuffers::of(schema),
        })
    }

    /// Compares a file with its recorded digest.
    pub(crate) async fn require_digest(&self, chunk: &ChunkMetadata, algorithm: ChecksumAlgorithm) -> Result<()> {
        let found = digest_object(&self.directory, &chunk.path, chunk.size_bytes, algorithm).await?;
        if found == chunk.checksum {
            return Ok(());
        }
        Err(self.damaged(&chunk.path, format!("its digest is {found}, but {} is recorded", chunk.checksum)))
    }

    /// Returns the path of a file below `root`, for other programs to read.
    pub(crate) fn file_for_others(&self, chunk: &ChunkMetadata, root: Option<&FilePath>) -> Result<String> {
        let object = self.directory.object(&chunk.path)?;
        let file = root.map_or_else(|| PathBuf::from(object.as_ref()), |root| root.join(object.as_ref()));
        file.into_os_string().into_string().map_err(|file| Error::Unsupported {
            what: format!("bulk import of `{}`, whose path is not UTF-8", file.display()),
        })
    }

    fn damaged(&self, file: &str, message: impl std::fmt::Display) -> Error {
        corrupted(&self.backup, file, message)
    }
}

/// A chunk file whose footer has been read.
pub(crate) struct ChunkReader {
    source: Arc<ChunkSource>,
    path: Path,
    file: String,
    footer: ArrowReaderMetadata,
    /// The byte range of each row group in the file.
    ranges: Vec<Range<u64>>,
    /// The recorded digest of each row group.
    digests: Vec<String>,
}

impl ChunkReader {
    /// Reads the footer, and checks that the file matches the metadata. A footer whose parser fails in any way is
    /// reported as damaged.
    pub(crate) async fn open(source: &Arc<ChunkSource>, chunk: &ChunkMetadata) -> Result<Self> {
        let opened = AssertUnwindSafe(Self::open_trusting(source, chunk)).catch_unwind().await;
        opened.unwrap_or_else(|_| Err(source.damaged(&chunk.path, "its footer cannot be parsed")))
    }

    async fn open_trusting(source: &Arc<ChunkSource>, chunk: &ChunkMetadata) -> Result<Self> {
        let path = source.directory.object(&chunk.path)?;
        let mut fetch = Fetch { store: Arc::clone(source.directory.store()), path: path.clone(), failure: None };
        let footer = ParquetMetaDataReader::new()
            .with_prefetch_hint(Some(FOOTER_HINT))
            .load_and_finish(&mut fetch, chunk.size_bytes)
            .await;
        // A service that cannot be reached is no damage.
        let footer = footer.map_err(|error| match fetch.failure.take() {
            Some(failure) => storage("read", &path, failure),
            None => source.damaged(&chunk.path, error),
        })?;
        let footer =
            ArrowReaderMetadata::try_new(Arc::new(footer), ArrowReaderOptions::new().with_skip_arrow_metadata(true))
                .map_err(|error| source.damaged(&chunk.path, error))?;
        require_columns(source, chunk, footer.schema())?;
        let rows = footer.metadata().file_metadata().num_rows();
        if u64::try_from(rows) != Ok(chunk.row_count) {
            let message = format!("{rows} rows, but {} are recorded", chunk.row_count);
            return Err(source.damaged(&chunk.path, message));
        }
        let groups = footer.metadata().num_row_groups();
        if groups != chunk.row_group_digests.len() {
            let recorded = chunk.row_group_digests.len();
            return Err(source.damaged(&chunk.path, format!("{groups} row groups, but {recorded} are recorded")));
        }
        let too_many =
            |group: &RowGroupMetaData| u64::try_from(group.num_rows()).is_ok_and(|rows| rows > chunk.row_count);
        if footer.metadata().row_groups().iter().any(too_many) {
            return Err(source.damaged(&chunk.path, "a row group with more rows than the file"));
        }
        let ranges: Vec<_> = footer.metadata().row_groups().iter().map(byte_range).collect();
        if let Some(outside) = ranges.iter().find(|range| range.start > range.end || range.end > chunk.size_bytes) {
            let message = format!("a row group at {outside:?}, outside of {} bytes", chunk.size_bytes);
            return Err(source.damaged(&chunk.path, message));
        }
        let digests = chunk.row_group_digests.clone();
        Ok(Self { source: Arc::clone(source), path, file: chunk.path.clone(), footer, ranges, digests })
    }

    pub(crate) fn row_groups(&self) -> usize {
        self.footer.metadata().num_row_groups()
    }

    /// Returns the rows of a row group, compared with their digest, in batches of about
    /// [`BATCH_BYTES`](crate::decode::BATCH_BYTES).
    pub(crate) async fn read(self: Arc<Self>, group: usize) -> Result<Vec<RecordBatch>> {
        let range = self.ranges[group].clone();
        let window = Window::get(&self.source.directory, &self.path, range, self.source.pages.clone()).await;
        let window = window.map_err(|source| storage("read", &self.path, source))?;
        let decode = move || {
            let decoded = self.decode(group, &window);
            match window.failure() {
                Some(source) => Err(storage("read", &self.path, of_disk(source))),
                None => decoded,
            }
        };
        spawn_compute(decode).await
    }

    fn decode(&self, group: usize, window: &Window) -> Result<Vec<RecordBatch>> {
        // Any failure of the decoder is reported as damage.
        let batches = catch_unwind(AssertUnwindSafe(|| {
            decode(&RowGroupBytes(window.clone()), &self.footer, group, &self.source.vectors)
        }))
        .map_err(|_| self.undecodable(group, "its decoder panicked"))?
        .map_err(|error| self.undecodable(group, error))?;
        self.check_digest(group, &batches)?;
        Ok(batches)
    }

    fn undecodable(&self, group: usize, why: impl std::fmt::Display) -> Error {
        self.source.damaged(&self.file, format!("row group {group} cannot be decoded: {why}"))
    }

    fn check_digest(&self, group: usize, batches: &[RecordBatch]) -> Result<()> {
        let Some(recorded) = self.digests.get(group).filter(|_| self.source.verify_digests) else { return Ok(()) };
        let mut digest = RowDigest::default();
        for batch in batches {
            digest.update(batch)?;
        }
        if digest.to_hex() == *recorded {
            return Ok(());
        }
        let message =
            format!("the rows of row group {group} have digest {}, but {recorded} is recorded", digest.to_hex());
        Err(self.source.damaged(&self.file, message))
    }
}

/// Buffer size for a page of a file, in bytes: with few exceptions, pages have 1 MiB of values, and some levels.
const PAGE_BYTES: usize = (1 << 20) + (64 << 10);

/// Number of bytes that are read from the end of a file at first: most footers fit.
const FOOTER_HINT: usize = 64 << 10;

/// Reads ranges of one object for the parser of footers.
#[derive(Debug)]
struct Fetch {
    store: Arc<dyn ObjectStore>,
    path: Path,
    /// The failure of a service, as opposed to a file that is shorter than recorded.
    failure: Option<StoreError>,
}

impl MetadataFetch for &mut Fetch {
    fn fetch(&mut self, range: Range<u64>) -> BoxFuture<'_, parquet::errors::Result<Bytes>> {
        async move {
            let read = self.store.get_range(&self.path, range).await;
            read.map_err(|error| {
                let message = ParquetError::General(error.to_string());
                self.failure = Some(error).filter(is_failed_service);
                message
            })
        }
        .boxed()
    }
}

/// Checks that the file has the columns of the schema of the backup.
fn require_columns(source: &ChunkSource, chunk: &ChunkMetadata, found: &SchemaRef) -> Result<()> {
    let expected = &source.columns;
    for field in expected.fields() {
        match found.field_with_name(field.name()) {
            Ok(column) if same_type(column.data_type(), field.data_type()) => {}
            Ok(column) => {
                let message = format!("column `{}` is {}, not {}", field.name(), column.data_type(), field.data_type());
                return Err(source.damaged(&chunk.path, message));
            }
            Err(_) => return Err(source.damaged(&chunk.path, format!("column `{}` is missing", field.name()))),
        }
    }
    if found.fields().len() != expected.fields().len() {
        let message = format!("{} columns, not {}", found.fields().len(), expected.fields().len());
        return Err(source.damaged(&chunk.path, message));
    }
    Ok(())
}

/// Returns whether two columns hold the same values, regardless of the names of the children of lists.
fn same_type(a: &DataType, b: &DataType) -> bool {
    match (a, b) {
        (DataType::List(a), DataType::List(b)) => same_type(a.data_type(), b.data_type()),
        (DataType::Struct(a), DataType::Struct(b)) => {
            a.len() == b.len()
                && a.iter().zip(b).all(|(a, b)| a.name() == b.name() && same_type(a.data_type(), b.data_type()))
        }
        (a, b) => a == b,
    }
}

/// Returns the byte range of the columns of a row group in the file.
fn byte_range(row_group: &RowGroupMetaData) -> Range<u64> {
    let ranges = || row_group.columns().iter().map(parquet::file::metadata::ColumnChunkMetaData::byte_range);
    let start = ranges().map(|(start, _)| start).min().unwrap_or(0);
    let end = ranges().map(|(start, length)| start + length).max().unwrap_or(0);
    start..end
}
