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
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use milvus_backup_core::schema::{CollectionSchema, DataType, FieldSchema, arrow_schema};
use milvus_backup_core::{
    BackupPlan, BackupType, ChecksumAlgorithm, CollectionDescription, CollectionRef, Completion, CompressionCodec,
    FileNumbers, PartitionMetadata, PartitionPlan, ReadPoint, RowFormat, RowOrder, SourceKind, StoredBackup,
    Transaction, UnitFiles, WrittenRows,
};
use milvus_backup_repository::RepositoryHandle;
use milvus_backup_storage::Storage;
use milvus_backup_store_local::ParquetFormat;

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
        storage_type: milvus_backup_core::BackupStorageType::LocalFile,
        source: SourceKind::Query,
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
        set_id: None,
        milvus_version: String::new(),
        was_loaded: true,
        replica_number: None,
    }
}

fn encoding(criterion: &mut Criterion) {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let directory = tempfile::tempdir().unwrap();
    let repository = RepositoryHandle::new(Storage::open(directory.path().to_str().unwrap()).unwrap());
    let format = ParquetFormat::new(repository.clone());
    let schema = schema();
    let rows = rows(&schema);
    let mut group = criterion.benchmark_group("encode");
    group.throughput(Throughput::Bytes(rows.get_array_memory_size() as u64));
    for (name, codec) in [("zstd 6", CompressionCodec::Zstd), ("no compression", CompressionCodec::None)] {
        let encoding = plan(&schema, codec).encoding();
        group.bench_function(name, |bencher| {
            bencher.iter(|| runtime.block_on(format.estimate(&encoding, rows.clone())).unwrap());
        });
    }
    group.finish();
}

/// Writes the rows as the only data file of a backup, and commits it.
async fn back_up(repository: &RepositoryHandle, plan: &BackupPlan, rows: RecordBatch) -> StoredBackup {
    let transaction = Box::new(repository.begin(plan).await.unwrap());
    let writers =
        ParquetFormat::new(repository.clone()).writers(&plan.collection, &plan.backup_id, Arc::new(plan.encoding()));
    let mut writer = writers.writer(UnitFiles {
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
        row_digest: Some(chunk.row_digest.clone()),
        chunks: vec![chunk],
    };
    let written = WrittenRows { partitions: vec![partition], ..WrittenRows::default() };
    let completion = Completion { completed_at: plan.created_at, limitations: Vec::new(), lease_epoch: 1 };
    transaction.commit(written, completion).await.unwrap();
    repository.open(&plan.collection, &plan.backup_id).await.unwrap()
}

fn decoding(criterion: &mut Criterion) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let directory = tempfile::tempdir().unwrap();
    let repository = RepositoryHandle::new(Storage::open(directory.path().to_str().unwrap()).unwrap());
    let format = ParquetFormat::new(repository.clone());
    let schema = schema();
    let rows = rows(&schema);
    let plan = plan(&schema, CompressionCodec::Zstd);
    let backup = runtime.block_on(back_up(&repository, &plan, rows.clone()));
    let files = format.chunks(&backup, &schema, true).unwrap();
    let mut group = criterion.benchmark_group("decode");
    group.throughput(Throughput::Bytes(rows.get_array_memory_size() as u64));
    group.bench_function("zstd 6", |bencher| {
        let read = || async {
            let mut rows = 0;
            for chunk in backup.manifest.chunks() {
                let file = files.open(chunk).await.unwrap();
                for row_group in 0..file.row_groups() {
                    let batches = file.read(row_group).await.unwrap();
                    rows += batches.iter().map(RecordBatch::num_rows).sum::<usize>();
                }
            }
            assert_eq!(rows, usize::from(ROWS));
        };
        bencher.iter(|| runtime.block_on(read()));
    });
    group.finish();
}

criterion_group!(benches, encoding, decoding);
criterion_main!(benches);
