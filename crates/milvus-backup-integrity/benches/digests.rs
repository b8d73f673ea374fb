//! Digests of bytes, and of the rows of a batch.
//!
//! `cargo bench -p milvus-backup-integrity`

#![allow(clippy::unwrap_used, reason = "a program for people to run and read")]

use std::sync::Arc;

use arrow_array::builder::{Float32Builder, ListBuilder};
use arrow_array::{Int64Array, RecordBatch, StringArray};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use milvus_backup_core::ChecksumAlgorithm;
use milvus_backup_integrity::{Hasher, RowHasher};

const ROWS: i64 = 2_000;
const DIM: u16 = 768;

fn bytes(criterion: &mut Criterion) {
    let data = vec![7; 8 << 20];
    let mut group = criterion.benchmark_group("bytes");
    group.throughput(Throughput::Bytes(data.len() as u64));
    for algorithm in [ChecksumAlgorithm::Sha256, ChecksumAlgorithm::Blake2b, ChecksumAlgorithm::Md5] {
        group.bench_function(algorithm.to_string(), |bencher| {
            bencher.iter(|| {
                let mut hasher = Hasher::new(algorithm);
                hasher.update(&data);
                hasher.finish()
            });
        });
    }
    group.finish();
}

fn rows(criterion: &mut Criterion) {
    let mut vectors = ListBuilder::new(Float32Builder::new());
    for row in 0..ROWS {
        vectors
            .values()
            .extend((0..DIM).map(|element| Some(f32::from(element) + f32::from(i16::try_from(row).unwrap()))));
        vectors.append(true);
    }
    let texts = StringArray::from_iter_values((0..ROWS).map(|row| format!("the text of row {row}")));
    let batch = RecordBatch::try_from_iter([
        ("id", Arc::new(Int64Array::from_iter_values(0..ROWS)) as arrow_array::ArrayRef),
        ("text", Arc::new(texts)),
        ("vector", Arc::new(vectors.finish())),
    ])
    .unwrap();
    let mut group = criterion.benchmark_group("rows");
    group.throughput(Throughput::Bytes(ROWS.unsigned_abs() * (u64::from(DIM) * 4 + 30)));
    group.bench_function("row digest", |bencher| {
        let mut hasher = RowHasher::new();
        bencher.iter(|| hasher.digest(&batch).unwrap());
    });
    group.finish();
}

criterion_group!(benches, bytes, rows);
criterion_main!(benches);
