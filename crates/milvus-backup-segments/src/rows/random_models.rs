//! Random segments against a naive count of their rows.

use std::sync::Arc;

use arrow_array::RecordBatch;
use arrow_select::concat::concat_batches;
use futures::TryStreamExt;
use milvus_backup_core::schema::DataType;
use milvus_backup_core::schema::arrow_schema;
use milvus_backup_core::{Error, Result, ScanPosition};
use milvus_backup_testkit::columns::{Profile, table};
use milvus_backup_testkit::mutation::{mutate, mutation};
use proptest::prelude::*;
use tokio::runtime::{Builder, Runtime};

use super::segment_rows::{SegmentRows, SegmentRowsOptions};
use crate::fixtures::{Delete, Group, Layout, LogKind, MemoryLogs, Model, ModelPartition, Row, Segment, Style};
use crate::frozen::FrozenSegments;

/// The types that are in log files.
fn profile() -> Profile {
    let everything = Profile::everything();
    let numbers = [
        DataType::Bool,
        DataType::Int8,
        DataType::Int16,
        DataType::Int32,
        DataType::Int64,
        DataType::Float,
        DataType::Double,
        DataType::VarChar,
    ];
    Profile {
        scalars: numbers.into_iter().chain([DataType::Json]).collect(),
        elements: numbers.into(),
        structs: false,
        ..everything
    }
}

fn style() -> impl Strategy<Value = Style> {
    let dictionary = prop::sample::select(vec![0, 1, 100, 1 << 20]);
    (1..20_usize, 1..40_usize, any::<[bool; 3]>(), dictionary).prop_map(
        |(page_rows, group_rows, [compressed, version_2, delta], dictionary_bytes)| Style {
            page_rows,
            group_rows,
            compressed,
            dictionary_bytes,
            version_2,
            delta,
        },
    )
}

fn row() -> impl Strategy<Value = Row> {
    (any::<u16>(), 0..30_u8, 1..100_u64, 0..50_i64).prop_map(|(values, key, timestamp, id)| Row {
        values: usize::from(values),
        key,
        timestamp,
        id,
    })
}

fn group() -> impl Strategy<Value = Group> {
    let layout = prop::sample::select(vec![Layout::V1, Layout::V2]);
    let lacks = prop::option::weighted(0.3, 0..20_usize);
    (prop::collection::vec(row(), 0..40), layout, style(), lacks).prop_map(|(rows, layout, mut style, lacks)| {
        if layout == Layout::V1 {
            style.group_rows = usize::MAX;
        }
        Group { rows, layout, style, lacks }
    })
}

fn partition() -> impl Strategy<Value = ModelPartition> {
    let segment = prop::collection::vec(group(), 1..3).prop_map(|groups| Segment { groups });
    let delete = (0..30_u8, 1..100_u64).prop_map(|(key, timestamp)| Delete { key, timestamp });
    let kind = prop::sample::select(vec![LogKind::Delete, LogKind::DeleteColumns, LogKind::DeleteFile]);
    let deletes = prop::collection::vec((kind, prop::collection::vec(delete, 0..20)), 0..3);
    (prop::collection::vec(segment, 0..3), deletes).prop_map(|(segments, deletes)| ModelPartition { segments, deletes })
}

fn model() -> impl Strategy<Value = Model> {
    let moment = (50..100_u64, prop::option::of(1..40_u64));
    (table(profile()), any::<bool>(), prop::collection::vec(partition(), 1..3), moment).prop_map(
        |(table, text_keys, mut partitions, (read_point, expired_before))| {
            for group in partitions.iter_mut().flat_map(|partition| &mut partition.segments).flat_map(|s| &mut s.groups)
            {
                group.rows.iter_mut().for_each(|row| row.values %= table.rows);
            }
            Model { table, text_keys, partitions, read_point, expired_before }
        },
    )
}

pub(super) fn runtime() -> Runtime {
    Builder::new_current_thread().build().unwrap()
}

pub(super) async fn prepare(
    model: &Model,
    frozen: FrozenSegments,
    logs: Arc<MemoryLogs>,
    memory: u64,
) -> Result<SegmentRows> {
    let options = SegmentRowsOptions { memory_limit_bytes: memory, seed: 7 };
    SegmentRows::prepare(Arc::new(model.schema()), Arc::new(frozen), logs, options).await
}

/// Returns all rows of a partition, read in batches of this size.
async fn read(rows: &SegmentRows, partition: &str, batch_bytes: usize) -> Result<Vec<RecordBatch>> {
    let mut batches = Vec::new();
    for unit in rows.units(partition) {
        let read: Vec<RecordBatch> = rows.read(&unit, &ScanPosition::Start, batch_bytes).try_collect().await?;
        let count: usize = read.iter().map(RecordBatch::num_rows).sum();
        assert_eq!(count as u64, unit.estimated_rows());
        batches.extend(read);
    }
    Ok(batches)
}

fn joined(model: &Model, batches: &[RecordBatch]) -> RecordBatch {
    concat_batches(&Arc::new(arrow_schema(&model.schema()).unwrap()), batches).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn rows_are_those_of_the_moment(
        model in model(),
        batch_bytes in 1..5_000_usize,
        skip in 0..20_u64,
        memory in prop::sample::select(vec![0, 1000, 1 << 20]),
    ) {
        let (frozen, logs) = model.write();
        runtime().block_on(async {
            let rows = prepare(&model, frozen.clone(), logs, memory).await.unwrap();
            for (number, partition) in frozen.partitions.iter().enumerate() {
                let expected = joined(&model, &model.expected(number));
                let found = read(&rows, &partition.name, batch_bytes).await.unwrap();
                assert_eq!(joined(&model, &found), expected);
                assert_eq!(rows.visible_rows(&partition.name), expected.num_rows() as u64);
                for (segment, written) in partition.segments.iter().zip(&model.partitions[number].segments) {
                    let inserted: usize = written.groups.iter().map(|group| group.rows.len()).sum();
                    assert_eq!(rows.inserted_rows(segment.id), inserted as u64);
                }
                // From any position the rest is the same.
                let mut start = 0;
                for unit in rows.units(&partition.name) {
                    let count = unit.estimated_rows();
                    let after = skip.min(count);
                    let rest = rows.read(&unit, &ScanPosition::AfterRows(after), batch_bytes);
                    let rest: Vec<RecordBatch> = rest.try_collect().await.unwrap();
                    let place = |row: u64| usize::try_from(row).unwrap();
                    let (from, length) = (place(start + after), place(count - after));
                    assert_eq!(joined(&model, &rest), expected.slice(from, length));
                    start += count;
                }
            }
        });
    }

    /// Whatever is changed in a file, it is read as it was or refused by its name.
    #[test]
    fn untrusted_input_is_read_or_refused(
        model in model(),
        file in any::<prop::sample::Index>(),
        mutations in prop::collection::vec(mutation(), 1..3),
    ) {
        let (mut frozen, logs) = model.write();
        let paths = logs.paths();
        prop_assume!(!paths.is_empty());
        let path = file.get(&paths).clone();
        let changed = logs.put(path.clone(), mutate(logs.get(&path), &mutations));
        for partition in &mut frozen.partitions {
            let files = partition.segments.iter_mut().flat_map(|s| &mut s.groups).flat_map(|g| g.files.values_mut());
            files.chain(&mut partition.delete_logs).filter(|file| file.path == path).for_each(|file| *file = changed.clone());
        }
        let outcome = runtime().block_on(async {
            let rows = prepare(&model, frozen.clone(), logs, 1 << 20).await?;
            for partition in &frozen.partitions {
                read(&rows, &partition.name, 1000).await?;
            }
            Ok::<_, Error>(())
        });
        match outcome {
            Ok(()) | Err(Error::Unsupported { .. }) => {}
            Err(Error::Corrupted { failed_files, .. }) => prop_assert_eq!(failed_files.len(), 1),
            Err(other) => prop_assert!(false, "{other:?}"),
        }
    }
}
