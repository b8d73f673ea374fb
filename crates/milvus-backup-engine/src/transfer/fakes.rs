//! A session, a transaction and writers in memory, for the tests of the transfer.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use arrow_array::{ArrayRef, Int64Array, RecordBatch};
use async_trait::async_trait;
use futures::StreamExt;
use futures::future::BoxFuture;
use futures::stream::BoxStream;
use milvus_backup_core::schema::{CollectionSchema, DataType, FieldSchema, PrimaryKey};
use milvus_backup_core::{
    BackupMetadata, BackupPlan, BackupType, ChecksumAlgorithm, ChunkBase, ChunkMetadata, Clock, CollectionDescription,
    CollectionRef, CompletedChunks, Completion, CompressionCodec, Entropy, Environment, Error, FileNumbers, Interrupt,
    PartitionPlan, PrimaryKeyRange, ReadPoint, Result, RowOrder, ScanPosition, ScanSession, ScanTarget, ScanUnit,
    SourceKind, Transaction, UnitFiles, UnitWriter, UnitWriters, WrittenRows,
};
use milvus_backup_integrity::RowDigest;

/// Rows of one page.
const PAGE_ROWS: usize = 10;

/// A partition with the keys from 0 up to a last one, which can be divided at some of them.
#[derive(Debug)]
pub(super) struct MemorySession {
    pub(super) last: i64,
    pub(super) split_keys: Vec<PrimaryKey>,
    /// Pages that are still returned before the source fails for good.
    pub(super) pages_left: AtomicUsize,
}

impl MemorySession {
    pub(super) fn new(last: i64, split_keys: impl IntoIterator<Item = i64>) -> Self {
        let split_keys = split_keys.into_iter().map(PrimaryKey::Int64).collect();
        Self { last, split_keys, pages_left: AtomicUsize::new(usize::MAX) }
    }
}

#[async_trait]
impl ScanSession for MemorySession {
    fn read_point(&self) -> ReadPoint {
        ReadPoint::Unknown
    }

    async fn count_rows(&self, _: &str) -> Result<u64> {
        Ok(self.last.unsigned_abs() + 1)
    }

    async fn plan(&self, _: &[ScanTarget]) -> Result<Vec<ScanUnit>> {
        Ok(Vec::new())
    }

    fn read(&self, unit: &ScanUnit, from: &ScanPosition, _: usize) -> BoxStream<'static, Result<RecordBatch>> {
        let first = match (from, unit.order) {
            (ScanPosition::AfterRows(rows), _) => i64::try_from(*rows).unwrap(),
            _ => match from.last_key(unit) {
                Some(PrimaryKey::Int64(after)) => after + 1,
                _ => 0,
            },
        };
        let last = match unit.keys().and_then(|keys| keys.up_to.clone()) {
            Some(PrimaryKey::Int64(up_to)) => up_to,
            _ => self.last,
        };
        // Without an order, the keys come from the last one to the first.
        let turned = |key: i64| if unit.order == RowOrder::Unordered { self.last - key } else { key };
        let keys: Vec<i64> = (first..=last).map(turned).collect();
        let pages: Vec<_> = keys.chunks(PAGE_ROWS).map(|keys| self.page(keys)).collect();
        futures::stream::iter(pages).boxed()
    }

    fn split(&self, unit: &ScanUnit, read: &ScanPosition) -> Option<(ScanUnit, ScanUnit)> {
        unit.split_at(read, &self.split_keys)
    }
}

impl MemorySession {
    fn page(&self, keys: &[i64]) -> Result<RecordBatch> {
        let left = self.pages_left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1));
        if left.is_err() {
            return Err(Error::Unreachable { uri: "memory".to_owned(), source: "on purpose".into() });
        }
        let ids: ArrayRef = Arc::new(Int64Array::from(keys.to_vec()));
        Ok(RecordBatch::try_from_iter([("id", ids)]).unwrap())
    }
}

/// The path of a file that is complete, and the keys in it.
pub(super) type MemoryFile = (String, Vec<i64>);

/// The files that are complete, and what becomes of the next appends.
#[derive(Debug, Default)]
pub(super) struct MemoryWriters {
    pub(super) files: Arc<Mutex<Vec<MemoryFile>>>,
    /// Appends that still work before one fails, once.
    pub(super) fails_after: Arc<Mutex<Option<usize>>>,
    pub(super) aborted: Arc<AtomicUsize>,
}

#[async_trait]
impl UnitWriters for MemoryWriters {
    fn writer(&self, unit: UnitFiles) -> Box<dyn UnitWriter> {
        Box::new(MemoryWriter {
            files: Arc::clone(&self.files),
            fails_after: Arc::clone(&self.fails_after),
            aborted: Arc::clone(&self.aborted),
            unit,
            open: None,
        })
    }

    async fn settle(&self) {}
}

struct MemoryWriter {
    files: Arc<Mutex<Vec<MemoryFile>>>,
    fails_after: Arc<Mutex<Option<usize>>>,
    aborted: Arc<AtomicUsize>,
    unit: UnitFiles,
    open: Option<(usize, Vec<i64>)>,
}

impl MemoryWriter {
    fn complete(&mut self) -> Option<ChunkMetadata> {
        let (number, keys) = self.open.take()?;
        let path = format!("data/{}.{number}", self.unit.partition);
        let chunk = chunk(&path, &keys, self.unit.order);
        self.files.lock().unwrap().push((path, keys));
        Some(chunk)
    }
}

#[async_trait]
impl UnitWriter for MemoryWriter {
    /// A file is complete with so many rows as the target size has bytes.
    async fn append(&mut self, rows: RecordBatch) -> Result<Option<ChunkMetadata>> {
        let left = self.fails_after.lock().unwrap().take();
        if left == Some(0) {
            return Err(unwritable());
        }
        *self.fails_after.lock().unwrap() = left.map(|left| left - 1);
        let numbers: &FileNumbers = &self.unit.numbers;
        let (_, keys) = self.open.get_or_insert_with(|| (numbers.take(), Vec::new()));
        keys.extend(rows.column(0).as_any().downcast_ref::<Int64Array>().unwrap().values());
        let is_full = keys.len() as u64 >= self.unit.chunk_size_bytes;
        Ok(if is_full { self.complete() } else { None })
    }

    async fn finish(mut self: Box<Self>) -> Result<Option<ChunkMetadata>> {
        Ok(self.complete())
    }

    async fn abort(mut self: Box<Self>) {
        self.aborted.fetch_add(1, Ordering::SeqCst);
        if let Some((number, _)) = self.open.take() {
            self.unit.numbers.give_back(number);
        }
    }
}

/// A chunk with these keys.
pub(super) fn chunk(path: &str, keys: &[i64], order: RowOrder) -> ChunkMetadata {
    let ids: ArrayRef = Arc::new(Int64Array::from(keys.to_vec()));
    let mut digest = RowDigest::default();
    digest.update(&RecordBatch::try_from_iter([("id", ids)]).unwrap()).unwrap();
    let ordered = order == RowOrder::PrimaryKey;
    let range = PrimaryKeyRange { min: keys[0].to_string(), max: keys[keys.len() - 1].to_string() };
    ChunkMetadata {
        base: ChunkBase::Backup,
        path: path.to_owned(),
        row_count: keys.len() as u64,
        size_bytes: keys.len() as u64,
        uncompressed_size_bytes: 8 * keys.len() as u64,
        checksum: String::new(),
        row_digest: digest.to_hex(),
        row_group_digests: vec![digest.to_hex()],
        ordered,
        content_key: None,
        primary_key_range: ordered.then_some(range),
        uncompressed_columns: Vec::new(),
        row_traits: Vec::new(),
    }
}

/// The error of a store that may recover.
fn unwritable() -> Error {
    Error::Storage {
        action: "write".to_owned(),
        path: "data".to_owned(),
        permission: false,
        retryable: true,
        source: "on purpose".into(),
    }
}

/// Remembers what was noted, and what was kept of earlier attempts.
#[derive(Debug, Default)]
pub(super) struct MemoryTransaction {
    pub(super) noted: Mutex<Vec<(Option<PrimaryKey>, ChunkMetadata)>>,
    /// How many of the next ones cannot be noted.
    pub(super) fails: AtomicUsize,
    pub(super) completed: Vec<CompletedChunks>,
    pub(super) retained: Mutex<Vec<String>>,
}

#[async_trait]
impl Transaction for MemoryTransaction {
    async fn note_chunk(&self, chunk: &ChunkMetadata, after: Option<&PrimaryKey>) -> Result<()> {
        let left = self.fails.load(Ordering::SeqCst);
        if left > 0 {
            self.fails.store(left - 1, Ordering::SeqCst);
            return Err(unwritable());
        }
        self.noted.lock().unwrap().push((after.cloned(), chunk.clone()));
        Ok(())
    }

    async fn completed_chunks(&self) -> Result<Vec<CompletedChunks>> {
        Ok(self.completed.clone())
    }

    async fn retain(&self, chunks: &[&ChunkMetadata]) -> Result<()> {
        self.retained.lock().unwrap().extend(chunks.iter().map(|chunk| chunk.path.clone()));
        Ok(())
    }

    async fn commit(self: Box<Self>, _: WrittenRows, _: Completion) -> Result<BackupMetadata> {
        Err(Error::Unsupported { what: "a commit".to_owned() })
    }
}

/// A clock on which no time passes while one sleeps.
#[derive(Debug)]
struct Stopped;

impl Clock for Stopped {
    fn now(&self) -> jiff::Timestamp {
        jiff::Timestamp::UNIX_EPOCH
    }

    fn elapsed(&self) -> Duration {
        Duration::ZERO
    }

    fn sleep(&self, _: Duration) -> BoxFuture<'static, ()> {
        Box::pin(async {})
    }
}

impl Entropy for Stopped {
    fn bytes(&self) -> Result<[u8; 4]> {
        Ok([0; 4])
    }
}

/// An environment in which no time passes.
pub(super) fn environment() -> Environment {
    Environment { clock: Arc::new(Stopped), entropy: Arc::new(Stopped), interrupt: Interrupt::never() }
}

/// The plan of a backup of one partition `p`, whose files have so many rows.
pub(super) fn plan(chunk_rows: u64, concurrency: usize) -> BackupPlan {
    let mut id = FieldSchema::new("id", DataType::Int64);
    id.is_primary = true;
    let name: milvus_backup_core::CollectionName = "items".parse().unwrap();
    BackupPlan {
        backup_id: "20261126T000000Z-00000000".parse().unwrap(),
        backup_name: "items".to_owned(),
        collection: CollectionRef::new("default", name.clone()).unwrap(),
        collection_id: None,
        milvus_uri: String::new(),
        created_at: jiff::Timestamp::UNIX_EPOCH,
        backup_type: BackupType::FullCollection,
        description: CollectionDescription {
            name,
            schema: CollectionSchema::new(vec![id]),
            partitions: vec!["p".to_owned()],
            indexes: Vec::new(),
            aliases: Vec::new(),
            limitations: Vec::new(),
        },
        database_properties: std::collections::BTreeMap::new(),
        partitions: vec![PartitionPlan { name: "p".to_owned(), addressable: true, expected_rows: 0 }],
        storage_type: milvus_backup_core::BackupStorageType::LocalFile,
        source: SourceKind::Query,
        read_point: ReadPoint::Unknown,
        compression_enabled: false,
        compression_codec: CompressionCodec::None,
        compression_level: 1,
        checksum_algorithm: ChecksumAlgorithm::Sha256,
        include_indexes: false,
        chunk_size_bytes: chunk_rows,
        concurrency,
        memory_limit_bytes: 512 << 20,
        skip_failed_partitions: false,
        tags: Vec::new(),
        set_id: None,
        milvus_version: String::new(),
        was_loaded: true,
        replica_number: None,
    }
}
