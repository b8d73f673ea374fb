//! Every codec at every level, on text and on embeddings: how fast, and (printed first) how small.
//!
//! `cargo bench -p milvus-backup-codec`

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a program for people to run and read")]

use std::io::{Read, Write};

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use milvus_backup_codec::{Codec, Decoder, Encoder, Level};
use milvus_backup_testkit::wordnet;

const BYTES: usize = 4 << 20;

fn text() -> Vec<u8> {
    let glosses = wordnet::glosses().unwrap();
    let mut text: Vec<u8> = glosses.iter().flat_map(|gloss| format!("{}\n", gloss.text).into_bytes()).collect();
    text.truncate(BYTES);
    text
}

/// Unit vectors of 768 dimensions with normally distributed elements, as embeddings nearly are.
fn vectors() -> Vec<u8> {
    let mut random = fastrand::Rng::with_seed(1);
    let mut bytes = Vec::with_capacity(BYTES);
    while bytes.len() < BYTES {
        let elements: Vec<f32> = (0..768).map(|_| (0..12).map(|_| random.f32()).sum::<f32>() - 6.0).collect();
        let norm = elements.iter().map(|element| element * element).sum::<f32>().sqrt();
        bytes.extend(elements.iter().flat_map(|element| (element / norm).to_le_bytes()));
    }
    bytes.truncate(BYTES);
    bytes
}

fn compressed(codec: Codec, level: Level, data: &[u8]) -> Vec<u8> {
    let mut encoder = Encoder::new(codec, level, Vec::new()).unwrap();
    encoder.write_all(data).unwrap();
    encoder.finish().unwrap()
}

fn levels(criterion: &mut Criterion) {
    let zstd = (1..=9).map(|level| (Codec::Zstd, level));
    let settings: Vec<_> =
        zstd.chain([(Codec::Lz4, 1), (Codec::Gzip, 1), (Codec::Gzip, 6), (Codec::Gzip, 9)]).collect();
    for (name, data) in [("text", text()), ("vectors", vectors())] {
        let mut group = criterion.benchmark_group(name);
        group.sample_size(10).throughput(Throughput::Bytes(data.len() as u64));
        for &(codec, level) in &settings {
            let label = format!("{codec:?} {level}");
            let level = Level::new(level).unwrap();
            let small = compressed(codec, level, &data);
            println!("{name} {label}: {} of {} bytes", small.len(), data.len());
            group.bench_with_input(BenchmarkId::new("compress", &label), &data, |bencher, data| {
                bencher.iter(|| compressed(codec, level, data));
            });
            group.bench_with_input(BenchmarkId::new("decompress", &label), &small, |bencher, small| {
                bencher.iter(|| {
                    let mut all = Vec::with_capacity(BYTES);
                    Decoder::new(codec, small.as_slice(), BYTES as u64).unwrap().read_to_end(&mut all).unwrap();
                    all
                });
            });
        }
        group.finish();
    }
}

criterion_group!(benches, levels);
criterion_main!(benches);
