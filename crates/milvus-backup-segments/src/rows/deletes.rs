//! The deletes of one partition up to the read point: for each key the last one.

use std::cmp::Reverse;
use std::sync::Arc;

use futures::stream::{self, StreamExt, TryStreamExt};
use milvus_backup_core::{Result, spawn_compute};

use super::drive::{Part, drive};
use super::key_hash::KeyHash;
use super::key_range::HashRange;
use crate::error::{LogError, damaged};
use crate::frozen::{LogFile, LogStore};
use crate::log::{DeleteForm, OpenLog, PageSource, Values, parse_delete, slices};

/// The smallest number of deletes for which there is always memory.
const MIN_DELETES: usize = 16;

/// Delete logs that are opened ahead of those that are read.
const LOGS_AHEAD: usize = 2;

/// The deletes whose keys are in a range of hashes.
#[derive(Debug)]
pub(super) struct Deletes<K> {
    pub(super) range: HashRange<K>,
    /// For each key the last delete, in the order of hashes.
    last: Vec<(K, u64)>,
    /// The largest number of deletes in memory.
    limit: usize,
    read_point: u64,
    seed: u64,
}

impl<K: KeyHash> Deletes<K> {
    /// Reads the deletes of keys in a range, which shrinks if they need more memory than allowed.
    pub(super) async fn read(
        store: &Arc<dyn LogStore>,
        logs: &[LogFile],
        range: HashRange<K>,
        limits: DeleteLimits,
    ) -> Result<Self> {
        let limit = usize::try_from(limits.memory_bytes).unwrap_or(usize::MAX) / size_of::<(K, u64)>();
        let mut deletes = Self {
            range,
            last: Vec::new(),
            limit: limit.max(MIN_DELETES),
            read_point: limits.read_point,
            seed: limits.seed,
        };
        let opened = stream::iter(logs.iter().cloned()).map(|log| OpenLog::open(Arc::clone(store), log));
        let mut opened = opened.buffered(LOGS_AHEAD);
        while let Some(log) = opened.try_next().await? {
            deletes = deletes.read_log(log).await?;
        }
        spawn_compute(move || {
            deletes.compact();
            Ok(deletes)
        })
        .await
    }

    async fn read_log(self, log: OpenLog) -> Result<Self> {
        let form = DeleteForm::of(&log, K::KEY_TYPE).map_err(|error| error.of_file(&log.file.path))?;
        let columns = match form {
            DeleteForm::Texts => vec![0],
            DeleteForm::Columns { keys, timestamps } => vec![keys, timestamps],
        };
        let log = Arc::new(log);
        let rows: Vec<usize> = columns.iter().map(|column| log.columns[*column].rows()).collect();
        if rows.windows(2).any(|rows| rows[0] != rows[1]) {
            return Err(damaged(&log.file.path, "has another number of keys than of timestamps"));
        }
        let columns = columns.into_iter().map(|column| PageSource::new(Arc::clone(&log), column)).collect();
        let add = |deletes: &mut Self, part: &Part| deletes.add(part).map_err(|error| error.of_file(&part.path));
        drive(columns, rows.first().copied().unwrap_or(0), self, add).await
    }

    fn add(&mut self, part: &Part) -> Result<(), LogError> {
        match part.columns.as_slice() {
            [texts] => {
                let Values::Variable { ends, bytes } = &texts.values else { return Err(LogError::ended()) };
                for text in slices(ends, bytes.as_slice()) {
                    let (key, timestamp) = parse_delete(text, K::KEY_TYPE)?;
                    self.push(K::of_delete(&key, self.seed)?, timestamp);
                }
            }
            [keys, timestamps] => {
                let Values::Fixed { bytes, .. } = &timestamps.values else { return Err(LogError::ended()) };
                let (timestamps, _) = bytes.as_slice().as_chunks();
                for (hash, timestamp) in K::of_rows(keys, self.seed)?.into_iter().zip(timestamps) {
                    self.push(hash, u64::from_le_bytes(*timestamp));
                }
            }
            _ => return Err(LogError::ended()),
        }
        Ok(())
    }

    fn push(&mut self, hash: K, timestamp: u64) {
        if timestamp > self.read_point || !self.range.contains(hash) {
            return;
        }
        if self.last.len() == self.limit {
            self.compact();
            while self.last.len() > self.limit / 2 && self.range.halve() {
                self.shrink(self.range);
            }
            if !self.range.contains(hash) {
                return;
            }
        }
        if self.last.len() == self.last.capacity() {
            self.last.reserve_exact((self.last.len().max(1024)).min(self.limit - self.last.len()));
        }
        self.last.push((hash, timestamp));
    }

    /// Keeps the last delete of each key.
    fn compact(&mut self) {
        self.last.sort_unstable_by_key(|(hash, timestamp)| (*hash, Reverse(*timestamp)));
        self.last.dedup_by_key(|(hash, _)| *hash);
    }

    /// Forgets the deletes of keys outside of a range.
    pub(super) fn shrink(&mut self, range: HashRange<K>) {
        self.range = range;
        self.last.retain(|(hash, _)| range.contains(*hash));
    }

    /// Returns whether a row with this key and timestamp was deleted.
    pub(super) fn covers(&self, hash: K, timestamp: u64) -> bool {
        let found = self.last.binary_search_by_key(&hash, |(hash, _)| *hash);
        // An upsert is a delete and an insert with the same timestamp.
        found.is_ok_and(|place| timestamp < self.last[place].1)
    }

    /// Returns the number of bytes in use.
    pub(super) fn memory_bytes(&self) -> u64 {
        (self.last.capacity() * size_of::<(K, u64)>()) as u64
    }
}

/// What limits the deletes that are read.
#[derive(Debug, Clone, Copy)]
pub(super) struct DeleteLimits {
    pub(super) memory_bytes: u64,
    /// Later deletes are not read.
    pub(super) read_point: u64,
    pub(super) seed: u64,
}
