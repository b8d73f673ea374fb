//! [`SegmentSession`]: a scan of frozen segments.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use arrow_array::RecordBatch;
use async_trait::async_trait;
use futures::StreamExt;
use futures::stream::BoxStream;
use milvus_backup_core::schema::CollectionSchema;
use milvus_backup_core::{Error, ReadPoint, Result, ScanPosition, ScanSession, ScanTarget, ScanUnit, UnitId};

use crate::error::damaged;
use crate::frozen::{FrozenSegments, LogStore};
use crate::rows::{SegmentRows, SegmentRowsOptions};

/// A scan of frozen segments, which holds their files until it is closed.
#[derive(Debug)]
pub(crate) struct SegmentSession {
    read_point: u64,
    /// The partitions on the server, whose names are not those of a plan if a partition key distributes rows.
    partitions: Vec<String>,
    /// Whether the one partition of a plan stands for all of the server.
    distributed: bool,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    /// `None` after the end.
    rows: Option<SegmentRows>,
    /// The planned units, with the partitions of the server.
    units: BTreeMap<UnitId, ScanUnit>,
}

impl SegmentSession {
    pub(crate) fn new(frozen: &FrozenSegments, rows: SegmentRows, distributed: bool) -> Self {
        Self {
            read_point: frozen.read_point,
            partitions: frozen.partitions.iter().map(|partition| partition.name.clone()).collect(),
            distributed,
            state: Mutex::new(State { rows: Some(rows), units: BTreeMap::new() }),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn rows(&self) -> Result<SegmentRows> {
        self.state().rows.clone().ok_or_else(closed)
    }

    /// Returns the partitions of the server that a partition of a plan stands for.
    fn stored<'a>(&'a self, partition: &'a str) -> Vec<&'a str> {
        if self.distributed { self.partitions.iter().map(String::as_str).collect() } else { vec![partition] }
    }
}

#[async_trait]
impl ScanSession for SegmentSession {
    fn read_point(&self) -> ReadPoint {
        ReadPoint::Snapshot(self.read_point)
    }

    /// Returns the number of rows that are visible at the read point, by the timestamps of rows and deletes.
    async fn count_rows(&self, partition: &str) -> Result<u64> {
        let rows = self.rows()?;
        Ok(self.stored(partition).into_iter().map(|partition| rows.visible_rows(partition)).sum())
    }

    async fn plan(&self, targets: &[ScanTarget]) -> Result<Vec<ScanUnit>> {
        let rows = self.rows()?;
        let mut planned = Vec::new();
        for target in targets {
            for stored in self.stored(&target.partition) {
                for unit in rows.units(stored) {
                    planned.push(ScanUnit { partition: target.partition.clone(), ..unit.clone() });
                    self.state().units.insert(unit.id, unit);
                }
            }
        }
        Ok(planned)
    }

    fn read(
        &self,
        unit: &ScanUnit,
        from: &ScanPosition,
        batch_bytes: usize,
    ) -> BoxStream<'static, Result<RecordBatch>> {
        let state = self.state();
        match (&state.rows, state.units.get(&unit.id)) {
            (Some(rows), Some(unit)) => rows.read(unit, from, batch_bytes),
            (Some(_), None) => futures::stream::iter([Err(unplanned())]).boxed(),
            (None, _) => futures::stream::iter([Err(closed())]).boxed(),
        }
    }

    /// Lets go of the files. They are closed when the last stream over them ends.
    async fn close(&self) -> Result<()> {
        self.state().rows = None;
        Ok(())
    }
}

/// Opens a scan of frozen segments: reads timestamps, keys and deletes of all logs, and determines the visible rows.
///
/// # Errors
/// Those of [`SegmentRows::prepare`], and [`Error::LogDamaged`] for a segment whose logs do not have the number of rows
/// that is reported for it.
pub async fn scan_frozen(
    schema: Arc<CollectionSchema>,
    frozen: Arc<FrozenSegments>,
    logs: Arc<dyn LogStore>,
    options: SegmentRowsOptions,
) -> Result<Arc<dyn ScanSession>> {
    let rows = SegmentRows::prepare(Arc::clone(&schema), Arc::clone(&frozen), logs, options).await?;
    if let Some((segment, reported)) = frozen.other_rows(&rows) {
        let found = rows.inserted_rows(segment.id);
        let file = segment.files().next().map_or_else(|| segment.id.to_string(), |file| file.path.clone());
        return Err(damaged(
            &file,
            format_args!("belongs to a segment of {reported} rows, of which {found} are there"),
        ));
    }
    Ok(Arc::new(SegmentSession::new(&frozen, rows, schema.has_partition_key())))
}

fn closed() -> Error {
    Error::Unsupported { what: "reading segments after the end of their scan".to_owned() }
}

fn unplanned() -> Error {
    Error::Unsupported { what: "reading a unit of another source".to_owned() }
}
