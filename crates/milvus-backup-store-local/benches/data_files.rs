//! Rows to the bytes of a data file, in one thread: row digests, Parquet, compression and the digest of the file. And back,
//! as a restore reads them: Parquet and row digests of one row group, from a file that is in memory.
//!
//! `cargo bench -p milvus-backup-store-local`

#![allow(clippy::unwrap_used, reason = "a program for people to run and read")]

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow_array::{Float32Array, Int64Array, ListArray, RecordBatch, StringArray};
use arrow_buffer::OffsetBuffer;
use arrow_schema::DataType as ArrowType;
use async_trait::async_trait;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use milvus_backup_core::schema::{CollectionSchema, DataType, FieldSchema, arrow_schema};
use milvus_backup_core::{
    BackupPlan, BackupStore, BackupType, ChecksumAlgorithm, CollectionDescription, CollectionName, CollectionRef,
    Completion, CompressionCodec, FileNumbers, PartitionMetadata, PartitionPlan, ReadPoint, RestoreMethod, RestorePlan,
    Result, RowFormat, RowOrder, RowSink, Silent, StoredBackup, UnitFiles, WrittenRows,
};
use milvus_backup_store_local::LocalStore;

const ROWS: u16 = 4_000;
const DIM: usize = 768;

fn schema() -> CollectionSchema {
    let mut id = FieldSchema::new("id", DataType::Int64);
    id.is_primary = true;
    let mut text = FieldSchema::new("text", DataType::VarChar);
    text.type_params.insert("max_length".to_owned(), "200".to_owned());
    let mut vector = FieldSchema::new("vector", DataType::FloatVector);
    vector.type_params.insert("dim".to_owned(), DIM.to_string());
    CollectionSchema::new(vec![id, text, vector])
}

/// Vectors of noise, which no codec makes smaller by much, as it is with embeddings.
fn rows(schema: &CollectionSchema) -> RecordBatch {
    let arrow = Arc::new(arrow_schema(schema).unwrap());
    let mut state = 1_u32;
    let mut noise = || {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        f32::from_bits(0x3F80_0000 | state >> 9) - 1.5
    };
    let rows = usize::from(ROWS);
    let elements: Float32Array = (0..rows * DIM).map(|_| noise()).collect();
    let ArrowType::List(element) = arrow.field(2).data_type() else { unreachable!("vectors are lists") };
    let lengths = OffsetBuffer::from_lengths(std::iter::repeat_n(DIM, rows));
    let vectors = ListArray::new(Arc::clone(element), lengths, Arc::new(elements), None);
    let texts: StringArray = (0..ROWS).map(|row| Some(format!("the text of row {row}, which is not long"))).collect();
    let ids: Int64Array = (0..i64::from(ROWS)).collect();
    RecordBatch::try_new(arrow, vec![Arc::new(ids), Arc::new(texts), Arc::new(vectors)]).unwrap()
}

fn plan(schema: &CollectionSchema, compression_codec: CompressionCodec) -> BackupPlan {
    BackupPlan {
        backup_id: "20261126T000000Z-00000000".parse().unwrap(),
        backup_name: "measured".to_owned(),
        collection: CollectionRef::new("default", "measured".parse().unwrap()).unwrap(),
        created_at: jiff::Timestamp::UNIX_EPOCH,
        backup_type: BackupType::FullCollection,
        collection_id: None,
        milvus_uri: String::new(),
        description: CollectionDescription {
            name: "measured".parse().unwrap(),
            schema: schema.clone(),
            partitions: vec!["_default".to_owned()],
            indexes: Vec::new(),
            aliases: Vec::new(),
            limitations: Vec::new(),
        },
        database_properties: BTreeMap::new(),
        partitions: vec![PartitionPlan {
            name: "_default".to_owned(),
            addressable: true,
            expected_rows: u64::from(ROWS),
        }],
        read_point: ReadPoint::Unknown,
        compression_enabled: compression_codec != CompressionCodec::None,
        compression_codec,
        compression_level: 6,
        checksum_algorithm: ChecksumAlgorithm::Sha256,
        include_indexes: false,
        chunk_size_bytes: 256 << 20,
        concurrency: 1,
        memory_limit_bytes: 512 << 20,
        skip_failed_partitions: false,
        tags: Vec::new(),
        milvus_version: String::new(),
        was_loaded: true,
        replica_number: None,
    }
}

fn encoding(criterion: &mut Criterion) {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let directory = tempfile::tempdir().unwrap();
    let store = LocalStore::open(directory.path().to_str().unwrap()).unwrap();
    let schema = schema();
    let rows = rows(&schema);
    let mut group = criterion.benchmark_group("encode");
    group.throughput(Throughput::Bytes(rows.get_array_memory_size() as u64));
    for (name, codec) in [("zstd 6", CompressionCodec::Zstd), ("no compression", CompressionCodec::None)] {
        let encoding = plan(&schema, codec).encoding();
        group.bench_function(name, |bencher| {
            bencher.iter(|| runtime.block_on(store.estimate(&encoding, rows.clone())).unwrap());
        });
    }
    group.finish();
}

/// A batch of rows, and what takes rows and drops them.
#[derive(Debug)]
struct Memory(RecordBatch);

#[async_trait]
impl RowSink for Memory {
    async fn insert(
        &self,
        _: &CollectionName,
        _: &CollectionSchema,
        _: Option<&str>,
        batch: RecordBatch,
    ) -> Result<u64> {
        Ok(batch.num_rows() as u64)
    }

    async fn import_file(&self, _: &CollectionName, _: Option<&str>, _: &str) -> Result<u64> {
        Ok(0)
    }

    async fn flush(&self, _: &CollectionName) -> Result<()> {
        Ok(())
    }

    async fn stored_rows(&self, _: &CollectionName, _: Option<&str>) -> Result<u64> {
        Ok(self.0.num_rows() as u64)
    }
}

fn restore_plan(schema: &CollectionSchema, backup: StoredBackup) -> RestorePlan {
    RestorePlan {
        target: "measured".parse().unwrap(),
        stored_schema: schema.clone(),
        schema: schema.clone(),
        omit_columns: Vec::new(),
        partitions: backup.metadata.partition_names.clone(),
        skip_failed_partitions: false,
        flush_between_partitions: false,
        verify_checksums: true,
        method: RestoreMethod::Insert,
        concurrency: 4,
        memory_limit_bytes: 512 << 20,
        backup,
    }
}

/// Writes the rows as the only data file of a backup, and commits it.
async fn back_up(store: &LocalStore, plan: &BackupPlan, rows: RecordBatch) -> StoredBackup {
    let transaction = store.begin(plan).await.unwrap();
    let mut writer = store.writers(&plan.collection, &plan.backup_id, Arc::new(plan.encoding())).writer(UnitFiles {
        partition: "_default".to_owned(),
        numbers: Arc::new(FileNumbers::starting_at(0)),
        order: RowOrder::PrimaryKey,
        chunk_size_bytes: plan.chunk_size_bytes,
        row_group_bytes: 32 << 20,
    });
    writer.append(rows).await.unwrap();
    let chunk = writer.finish().await.unwrap().unwrap();
    let partition = PartitionMetadata {
        name: "_default".to_owned(),
        row_count: chunk.row_count,
        row_digest: chunk.row_digest.clone(),
        chunks: vec![chunk],
    };
    let written = WrittenRows { partitions: vec![partition], failed: Vec::new() };
    let completion = Completion { completed_at: plan.created_at, limitations: Vec::new(), lease_epoch: 1 };
    transaction.commit(written, completion).await.unwrap();
    store.open(&plan.collection, &plan.backup_id).await.unwrap()
}

fn decoding(criterion: &mut Criterion) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let directory = tempfile::tempdir().unwrap();
    let store = LocalStore::open(directory.path().to_str().unwrap()).unwrap();
    let schema = schema();
    let memory = Arc::new(Memory(rows(&schema)));
    let backed_up = runtime.block_on(back_up(&store, &plan(&schema, CompressionCodec::Zstd), memory.0.clone()));
    let plan = restore_plan(&schema, backed_up);
    let mut group = criterion.benchmark_group("decode");
    group.throughput(Throughput::Bytes(memory.0.get_array_memory_size() as u64));
    group.bench_function("zstd 6", |bencher| {
        let restore = || async {
            let restored = store.restore_rows(memory.clone(), plan.clone(), Arc::new(Silent)).await.unwrap();
            assert_eq!(restored[0].rows, u64::from(ROWS));
        };
        bencher.iter(|| runtime.block_on(restore()));
    });
    group.finish();
}

criterion_group!(benches, encoding, decoding);
criterion_main!(benches);
