//! Rows to the bytes of a data file: row digests, Parquet, compression and the digest of the file, in one thread.
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
    BackupPlan, BackupStore, BackupType, ChecksumAlgorithm, CollectionDescription, CollectionRef, CompressionCodec,
    Consistency, PartitionPlan, ReadPoint,
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
        description: CollectionDescription {
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
            split_keys: Vec::new(),
        }],
        read_point: ReadPoint { timestamp: None, consistency: Consistency::Fuzzy },
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
        let plan = plan(&schema, codec);
        group.bench_function(name, |bencher| {
            bencher.iter(|| runtime.block_on(store.encoded_bytes(&plan, rows.clone())).unwrap());
        });
    }
    group.finish();
}

criterion_group!(benches, encoding);
criterion_main!(benches);
