//! [`SegmentSource`]: the segment files of Milvus as a [`RowSource`].

use std::collections::HashSet;
use std::sync::Arc;

use async_trait::async_trait;
use milvus_backup_core::schema::CollectionSchema;
use milvus_backup_core::{
    CollectionName, Environment, Error, ReadPoint, Result, RowSource, ScanOptions, ScanSession, SegmentCatalog,
    SourceRequirements,
};
use milvus_backup_storage::Storage;

use crate::freeze::{Attempt, Unsettled};
use crate::frozen::{FrozenSegments, LogFile};
use crate::listing::list_logs;
use crate::pin::PinnedLogs;
use crate::preflight::require_segments;
use crate::rows::{SegmentRows, SegmentRowsOptions};
use crate::session::SegmentSession;

/// Number of moments that are tried.
const ATTEMPTS: usize = 4;

/// The segment files of Milvus as a source of rows, together with the server that owns them.
///
/// Rows are read as they were at exactly one moment, and without loading the collection. The storage is only read.
#[derive(Debug, Clone)]
pub struct SegmentSource {
    catalog: Arc<dyn SegmentCatalog>,
    storage: Storage,
    environment: Environment,
    memory_limit_bytes: u64,
}

impl SegmentSource {
    /// Creates a source of the collections of a server, whose storage has the directories `insert_log` and `delta_log`
    /// at its root. Keys and deletes take up to `memory_limit_bytes`.
    pub fn new(
        catalog: Arc<dyn SegmentCatalog>,
        storage: Storage,
        environment: Environment,
        memory_limit_bytes: u64,
    ) -> Self {
        Self { catalog, storage, environment, memory_limit_bytes }
    }

    fn options(&self) -> Result<SegmentRowsOptions> {
        let [high, low] =
            [self.environment.entropy.bytes()?, self.environment.entropy.bytes()?].map(u32::from_le_bytes);
        let seed = u64::from(high) << 32 | u64::from(low);
        Ok(SegmentRowsOptions { memory_limit_bytes: self.memory_limit_bytes, seed })
    }

    /// Freezes the segments at a new moment, and determines their visible rows.
    async fn attempt(
        &self,
        collection: &CollectionName,
        schema: &Arc<CollectionSchema>,
    ) -> Result<SegmentSession, Unsettled> {
        let mut pins = PinnedLogs::new(&self.storage);
        let attempt = Attempt {
            catalog: self.catalog.as_ref(),
            storage: &self.storage.directory(""),
            environment: &self.environment,
            collection,
            schema,
        };
        let frozen = Arc::new(attempt.freeze(&mut pins).await?);
        let pins = Arc::new(pins);
        let logs = Arc::<PinnedLogs>::clone(&pins);
        let prepared = SegmentRows::prepare(Arc::clone(schema), Arc::clone(&frozen), logs, self.options()?).await;
        let rows = match prepared {
            Ok(rows) => rows,
            Err(error @ Error::Storage { .. }) if pins.is_any_gone() => {
                return Err(Unsettled::Again(error.full_message()));
            }
            // Files that are being deleted look like damage.
            Err(error @ Error::LogDamaged { .. }) if !self.has_all(collection, &frozen).await? => {
                return Err(Unsettled::Again(error.full_message()));
            }
            Err(error) => return Err(error.into()),
        };
        require_rows(&frozen, &rows)?;
        Ok(SegmentSession::new(&frozen, rows, schema.has_partition_key()))
    }
}

impl SegmentSource {
    /// Returns whether all files of frozen segments still are in the storage.
    async fn has_all(&self, collection: &CollectionName, frozen: &FrozenSegments) -> Result<bool> {
        let id = self.catalog.stored_collection(collection).await?.id;
        let Some(listing) = list_logs(&self.storage.directory(""), id).await? else { return Ok(false) };
        let found: HashSet<&LogFile> = listing.files().collect();
        Ok(frozen.files().all(|file| found.contains(file)))
    }
}

#[async_trait]
impl RowSource for SegmentSource {
    /// The flush is a part of the determination of the moment.
    fn requirements(&self) -> SourceRequirements {
        SourceRequirements { loaded: false, flushed: false }
    }

    /// Checks that the storage is the one of the server.
    async fn require_readable(
        &self,
        collection: &CollectionName,
        _schema: &CollectionSchema,
        _partitions: &[String],
    ) -> Result<()> {
        require_segments(self.catalog.as_ref(), &self.storage, collection).await
    }

    async fn open(
        &self,
        collection: &CollectionName,
        schema: &CollectionSchema,
        options: ScanOptions,
    ) -> Result<Arc<dyn ScanSession>> {
        if let Some(ReadPoint::Snapshot(_)) = options.read_point {
            return Err(Error::Unsupported {
                what: "reading segment files as they were at an earlier moment".to_owned(),
            });
        }
        let schema = Arc::new(schema.clone());
        let mut reasons = Vec::new();
        for _ in 0..ATTEMPTS {
            match self.attempt(collection, &schema).await {
                Ok(session) => return Ok(Arc::new(session)),
                Err(Unsettled::Failed(error)) => return Err(error),
                Err(Unsettled::Again(reason)) => {
                    tracing::warn!(reason, %collection, "the segments changed; trying again at a later moment");
                    reasons.push(reason);
                }
            }
        }
        require_segments(self.catalog.as_ref(), &self.storage, collection).await?;
        reasons.dedup();
        Err(Error::SegmentsUnsettled { collection: collection.to_string(), reasons })
    }
}

/// Compares the rows in the logs with those that the server counted when it flushed them.
fn require_rows(frozen: &FrozenSegments, rows: &SegmentRows) -> Result<(), Unsettled> {
    let Some((segment, reported)) = frozen.other_rows(rows) else { return Ok(()) };
    let found = rows.inserted_rows(segment.id);
    Err(Unsettled::Again(format!("segment {} has {found} rows in its files, and {reported} by the server", segment.id)))
}
