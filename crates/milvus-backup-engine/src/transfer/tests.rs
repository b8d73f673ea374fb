//! The transfer of a backup over doubles in memory.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use futures::executor::block_on;
use milvus_backup_core::schema::PrimaryKey;
use milvus_backup_core::{
    BackupPlan, CompletedChunks, Environment, Error, KeyRange, Result, RetryPolicy, RowOrder, ScanUnit, Silent,
    UnitEstimate, UnitId, UnitSpan, WrittenRows,
};

use super::backup::BackupTransfer;
use super::fakes::{MemorySession, MemoryTransaction, MemoryWriters, chunk, environment, plan};

fn key(key: i64) -> PrimaryKey {
    PrimaryKey::Int64(key)
}

fn unit(session: &MemorySession) -> ScanUnit {
    ScanUnit {
        id: UnitId(0),
        partition: "p".to_owned(),
        span: UnitSpan::Keys(KeyRange::default()),
        order: RowOrder::PrimaryKey,
        estimate: Some(UnitEstimate { rows: session.last.unsigned_abs() + 1, bytes: None }),
        parts: session.split_keys.len() + 1,
        content: None,
    }
}

fn segment(session: &MemorySession) -> ScanUnit {
    ScanUnit { span: UnitSpan::Segment(7), order: RowOrder::Unordered, parts: 1, ..unit(session) }
}

struct Doubles {
    plan: BackupPlan,
    environment: Environment,
    session: MemorySession,
    transaction: MemoryTransaction,
    writers: MemoryWriters,
}

impl Doubles {
    fn new(session: MemorySession, chunk_rows: u64, concurrency: usize) -> Self {
        let (transaction, writers) = (MemoryTransaction::default(), MemoryWriters::default());
        Self { plan: plan(chunk_rows, concurrency), environment: environment(), session, transaction, writers }
    }

    fn transfer(&self) -> BackupTransfer<'_> {
        BackupTransfer {
            plan: &self.plan,
            session: &self.session,
            transaction: &self.transaction,
            writers: &self.writers,
            retries: RetryPolicy { max_retries: 2, delay: Duration::from_secs(1) },
            environment: &self.environment,
            progress: Arc::new(Silent),
        }
    }

    fn write(&self, unit: ScanUnit) -> Result<WrittenRows> {
        block_on(self.transfer().write(&[unit]))
    }

    /// All keys in complete files, ascending.
    fn keys(&self) -> Vec<i64> {
        let mut keys: Vec<i64> = self.writers.files.lock().unwrap().iter().flat_map(|(_, keys)| keys.clone()).collect();
        keys.sort_unstable();
        keys
    }
}

#[test]
fn every_row_is_in_one_file_however_units_are_divided() {
    for concurrency in 1..=4 {
        let doubles = Doubles::new(MemorySession::new(199, (1..20).map(|number| number * 10)), 30, concurrency);
        let written = doubles.write(unit(&doubles.session)).unwrap();
        assert_eq!(doubles.keys(), (0..=199).collect::<Vec<_>>());
        assert_eq!(written.rows_of("p"), Some(200));
        let mins = written.partitions[0].chunks.iter().map(|chunk| chunk.primary_key_range.clone().unwrap().min);
        assert!(mins.map(|min| min.parse::<i64>().unwrap()).is_sorted());
        assert_eq!(doubles.transaction.noted.lock().unwrap().len(), written.partitions[0].chunks.len());
    }
}

#[test]
fn a_file_that_fails_is_written_again_after_the_last_complete_one() {
    let doubles = Doubles::new(MemorySession::new(99, []), 30, 1);
    *doubles.writers.fails_after.lock().unwrap() = Some(5);
    doubles.write(unit(&doubles.session)).unwrap();
    assert_eq!(doubles.keys(), (0..=99).collect::<Vec<_>>());
    assert_eq!(doubles.writers.aborted.load(Ordering::SeqCst), 1);
    let paths: Vec<String> = doubles.writers.files.lock().unwrap().iter().map(|(path, _)| path.clone()).collect();
    assert_eq!(paths, ["data/p.0", "data/p.1", "data/p.2", "data/p.3"]);
    let afters: Vec<_> = doubles.transaction.noted.lock().unwrap().iter().map(|(after, _)| after.clone()).collect();
    assert_eq!(afters, [None, Some(key(29)), Some(key(59)), Some(key(89))]);
}

/// Its rows would be in two files, one of which nothing refers to.
#[test]
fn a_file_that_cannot_be_noted_is_not_written_again() {
    let doubles = Doubles::new(MemorySession::new(99, []), 30, 1);
    doubles.transaction.fails.store(1, Ordering::SeqCst);
    let written = doubles.write(unit(&doubles.session)).unwrap();
    assert_eq!(doubles.keys(), (0..=99).collect::<Vec<_>>());
    let mut files: Vec<String> = doubles.writers.files.lock().unwrap().iter().map(|(path, _)| path.clone()).collect();
    files.sort_unstable();
    let chunks: Vec<String> = written.partitions[0].chunks.iter().map(|chunk| chunk.path.clone()).collect();
    assert_eq!(chunks, files);
    let afters: Vec<_> = doubles.transaction.noted.lock().unwrap().iter().map(|(after, _)| after.clone()).collect();
    assert_eq!(afters, [Some(key(29)), Some(key(59)), Some(key(89))]);
}

#[test]
fn a_resumed_transfer_reads_what_no_file_has() {
    let mut doubles = Doubles::new(MemorySession::new(99, []), 30, 1);
    doubles.transaction.completed = vec![CompletedChunks {
        chunks: vec![chunk("data/p.4", &(20..50).collect::<Vec<_>>(), RowOrder::PrimaryKey)],
        missing: vec![KeyRange { after: None, up_to: Some(key(19)) }, KeyRange { after: Some(key(49)), up_to: None }],
        next_file: 5,
    }];
    let written = block_on(doubles.transfer().resume(&[unit(&doubles.session)])).unwrap();
    assert_eq!(written.rows_of("p"), Some(100));
    assert_eq!(doubles.keys(), (0..20).chain(50..=99).collect::<Vec<_>>());
    assert_eq!(*doubles.transaction.retained.lock().unwrap(), ["data/p.4"]);
    assert_eq!(doubles.writers.files.lock().unwrap()[0].0, "data/p.5");
}

#[test]
fn rows_without_an_order_are_written_and_not_noted() {
    let doubles = Doubles::new(MemorySession::new(99, []), 30, 4);
    *doubles.writers.fails_after.lock().unwrap() = Some(5);
    let written = doubles.write(segment(&doubles.session)).unwrap();
    assert_eq!(doubles.keys(), (0..=99).collect::<Vec<_>>());
    assert!(written.partitions[0].chunks.iter().all(|chunk| !chunk.ordered));
    assert!(doubles.transaction.noted.lock().unwrap().is_empty());
}

#[test]
fn a_source_that_fails_ends_the_transfer() {
    let mut doubles = Doubles::new(MemorySession::new(99, []), 30, 1);
    doubles.session.pages_left = AtomicUsize::new(4);
    let error = doubles.write(unit(&doubles.session)).unwrap_err();
    assert!(matches!(error, Error::Unreachable { .. }), "{error}");
    assert_eq!(doubles.writers.aborted.load(Ordering::SeqCst), 1);
    assert_eq!(doubles.transaction.noted.lock().unwrap().len(), 1);
}
