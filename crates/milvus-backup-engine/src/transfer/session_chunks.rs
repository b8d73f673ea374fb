//! [`SessionChunks`]: the rows of a scan, in the form of data files, so that a restore inserts them like those of a logical
//! backup.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow_array::RecordBatch;
use async_trait::async_trait;
use futures::TryStreamExt;
use futures::stream::BoxStream;
use milvus_backup_core::{
    ChunkBase, ChunkFiles, ChunkMetadata, ChunkRows, Error, Result, ScanPosition, ScanSession, ScanTarget, ScanUnit,
    StoredBackup,
};
use tokio::sync::Mutex;

/// Size of one batch in bytes.
const BATCH_BYTES: u64 = 2 << 20;

/// Size of what is read at once, in bytes.
const GROUP_BYTES: u64 = 8 << 20;

/// The units of a scan, each of which stands for a data file.
#[derive(Debug)]
pub(crate) struct SessionChunks {
    session: Arc<dyn ScanSession>,
    /// The units by the paths of the data files that they stand for.
    units: BTreeMap<String, ScanUnit>,
}

impl SessionChunks {
    /// Plans the scan of a backup. Returns it with the backup as it would be if its rows were in data files.
    pub(crate) async fn plan(session: Arc<dyn ScanSession>, backup: &StoredBackup) -> Result<(Self, StoredBackup)> {
        let mut backup = backup.clone();
        let mut units = BTreeMap::new();
        for partition in &mut backup.manifest.partitions {
            let target = ScanTarget { partition: partition.name.clone(), rows: partition.row_count, parts: 1 };
            for unit in session.plan(&[target]).await? {
                let path = format!("unit {} of partition {}", unit.id.0, partition.name);
                partition.chunks.push(chunk(path.clone(), &unit));
                units.insert(path, unit);
            }
        }
        Ok((Self { session, units }, backup))
    }
}

/// Returns the data file that a unit stands for.
fn chunk(path: String, unit: &ScanUnit) -> ChunkMetadata {
    let bytes = unit.estimate.and_then(|estimate| estimate.bytes).unwrap_or_default();
    let groups = usize::try_from(bytes.div_ceil(GROUP_BYTES)).unwrap_or(usize::MAX).max(1);
    ChunkMetadata {
        base: ChunkBase::Backup,
        path,
        row_count: unit.estimated_rows(),
        size_bytes: bytes,
        uncompressed_size_bytes: bytes,
        checksum: String::new(),
        row_digest: String::new(),
        row_group_digests: vec![String::new(); groups],
        ordered: false,
        primary_key_range: None,
        content_key: None,
        uncompressed_columns: Vec::new(),
        row_traits: Vec::new(),
    }
}

#[async_trait]
impl ChunkFiles for SessionChunks {
    fn batch_bytes(&self) -> u64 {
        BATCH_BYTES
    }

    async fn open(&self, chunk: &ChunkMetadata) -> Result<Box<dyn ChunkRows>> {
        let unit = self.units.get(&chunk.path).ok_or_else(|| Error::Internal {
            action: format!("read {}", chunk.path),
            source: "it was not planned".into(),
        })?;
        let batches = self.session.read(unit, &ScanPosition::Start, usize::try_from(BATCH_BYTES).unwrap_or(usize::MAX));
        let groups = chunk.row_group_digests.len();
        let rows_of_group = chunk.row_count.div_ceil(groups as u64).max(1);
        Ok(Box::new(UnitRows { groups, rows_of_group, reading: Mutex::new(Reading { batches, read: 0 }) }))
    }

    /// The files of the backup, whose digests were compared, are not those that units stand for.
    async fn require_digest(&self, _chunk: &ChunkMetadata) -> Result<()> {
        Ok(())
    }

    fn path_for_import(&self, _chunk: &ChunkMetadata) -> Result<String> {
        Err(Error::Unsupported { what: "imports of the files of milvus-backup".to_owned() })
    }
}

/// The rows of a unit, which are read once, in ascending order of groups.
struct UnitRows {
    groups: usize,
    rows_of_group: u64,
    reading: Mutex<Reading>,
}

struct Reading {
    batches: BoxStream<'static, Result<RecordBatch>>,
    /// Number of rows that were read.
    read: u64,
}

#[async_trait]
impl ChunkRows for UnitRows {
    fn row_groups(&self) -> usize {
        self.groups
    }

    /// Returns the batches up to the end of a group, or to the end of the unit for the last one. Groups that are requested
    /// at the same time are read in the order of the requests.
    async fn read(&self, group: usize) -> Result<Vec<RecordBatch>> {
        let is_last = group + 1 >= self.groups;
        let end = self.rows_of_group.saturating_mul(group as u64 + 1);
        let mut reading = self.reading.lock().await;
        let mut batches = Vec::new();
        while is_last || reading.read < end {
            let Some(batch) = reading.batches.try_next().await? else { break };
            reading.read += batch.num_rows() as u64;
            batches.push(batch);
        }
        Ok(batches)
    }
}
