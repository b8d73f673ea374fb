//! One attempt to freeze the segments of a collection, in an order of calls from which completeness follows.

use std::collections::BTreeMap;
use std::time::Duration;

use milvus_backup_core::schema::CollectionSchema;
use milvus_backup_core::{CollectionName, Environment, Error, RequestedFlush, Result, SegmentCatalog};
use milvus_backup_storage::Directory;

use super::candidates::Candidates;
use super::expiry::expired_before;
use super::observation::Observation;
use super::seen::Seen;
use super::settle::{Chosen, settle};
use super::unsettled::Unsettled;
use crate::frozen::{FrozenPartition, FrozenSegment, FrozenSegments, LogFile, LogGroup};
use crate::listing::{EVERY_PARTITION, Listing, list_logs};
use crate::pin::PinnedLogs;

/// Time between the read point and the flush. An insert that got its timestamp before the read point arrives within it
/// in the segment that the flush seals. One that comes later is found by the headers of the logs.
const WAIT: Duration = Duration::from_secs(1);

/// Time between two listings of the segments by the server. A segment is listed for longer than that before it can be
/// compacted.
const POLL: Duration = Duration::from_millis(250);

/// An attempt to freeze the segments of a collection.
#[derive(Debug)]
pub(crate) struct Attempt<'a> {
    pub(crate) catalog: &'a dyn SegmentCatalog,
    pub(crate) storage: &'a Directory,
    pub(crate) environment: &'a Environment,
    pub(crate) collection: &'a CollectionName,
    pub(crate) schema: &'a CollectionSchema,
}

impl Attempt<'_> {
    /// Freezes the segments at a new read point, and pins their files.
    pub(crate) async fn freeze(&self, pins: &mut PinnedLogs) -> Result<FrozenSegments, Unsettled> {
        let seen = self.observe(pins).await?;
        let settled = settle(&seen)?;
        let candidates = Candidates { pins, read_point: seen.read_point };
        if let Some(segment) = candidates.first_with_rows(&seen, &settled.unfinished).await? {
            return Err(Unsettled::Again(format!("segment {segment} is being filled, as by an import")));
        }
        let late = candidates.with_rows(&seen, &settled.candidates).await?;
        let frozen = FrozenSegments {
            read_point: seen.read_point,
            expired_before: expired_before(self.schema, seen.read_point),
            repeated: settled.compacted || !late.is_empty(),
            field_ids: seen.collection.fields.clone(),
            partitions: partitions(&seen, &settled.segments, late)?,
        };
        pins.pin_all(&frozen).await?;
        Ok(frozen)
    }

    /// Makes the calls. The order matters, see [`Observation`].
    async fn observe(&self, pins: &mut PinnedLogs) -> Result<Observation, Unsettled> {
        let collection = self.catalog.stored_collection(self.collection).await?;
        let files_before = self.list(collection.id).await?;
        let mut seen = Seen::default();
        self.list_segments(&mut seen).await?;
        pins.pin_segments(&files_before, seen.segments().map(|segment| segment.id)).await?;
        let read_point = self.catalog.allocate_timestamp().await?;
        self.watch_for(WAIT, &mut seen).await?;
        let flush = self.flush(read_point, &mut seen).await?;
        let files = self.list(collection.id).await?;
        if self.catalog.stored_collection(self.collection).await? != collection {
            return Err(Unsettled::Again("the collection or its partitions changed".to_owned()));
        }
        let sealed = flush.sealed.into_iter().collect();
        Ok(Observation { collection, files_before, seen, read_point, sealed, files })
    }

    /// Lists the files, from which logs disappear only while a compacted segment is deleted.
    async fn list(&self, collection: i64) -> Result<Listing, Unsettled> {
        let listed = list_logs(self.storage, collection).await?;
        listed.ok_or_else(|| Unsettled::Again("files were deleted while they were listed".to_owned()))
    }

    async fn list_segments(&self, seen: &mut Seen) -> Result<()> {
        seen.add(&self.catalog.stored_segments(self.collection).await?);
        Ok(())
    }

    /// Waits for a time, and lists the segments meanwhile.
    async fn watch_for(&self, time: Duration, seen: &mut Seen) -> Result<()> {
        let started = self.environment.elapsed();
        while self.environment.elapsed().saturating_sub(started) < time {
            self.environment.sleep(POLL).await;
            self.list_segments(seen).await?;
        }
        Ok(())
    }

    /// Flushes, and lists the segments until and after the flush is complete.
    async fn flush(&self, read_point: u64, seen: &mut Seen) -> Result<RequestedFlush> {
        let flush = self.catalog.request_flush(self.collection).await?;
        if flush.timestamp < read_point {
            // Whether everything up to the read point is in storage would be unknown.
            return Err(Error::Unsupported { what: "a flush whose time the server does not report".to_owned() });
        }
        loop {
            let flushed = self.catalog.is_flushed(self.collection, &flush).await?;
            self.list_segments(seen).await?;
            if flushed {
                return Ok(flush);
            }
            self.environment.sleep(POLL).await;
        }
    }
}

/// Returns the partitions with the chosen segments, the late ones, and all delete logs.
fn partitions(
    seen: &Observation,
    chosen: &[Chosen],
    mut late: BTreeMap<Chosen, Vec<LogGroup>>,
) -> Result<Vec<FrozenPartition>, Unsettled> {
    let mut partitions = Vec::new();
    for partition in &seen.collection.partitions {
        let mut segments = Vec::new();
        for chosen in chosen.iter().filter(|chosen| chosen.partition == partition.id) {
            let logs = seen.logs(chosen.partition, chosen.segment);
            let Some(groups) = logs.and_then(|logs| logs.groups()) else {
                let message = format!("segment {} has a different number of logs for each field", chosen.segment);
                return Err(Unsettled::Again(message));
            };
            segments.push(FrozenSegment { id: chosen.segment, rows: chosen.rows, groups });
        }
        let others = late.extract_if(.., |late, _| late.partition == partition.id);
        segments.extend(others.map(|(late, groups)| FrozenSegment { id: late.segment, rows: None, groups }));
        let delete_logs = delete_logs(seen, partition.id);
        partitions.push(FrozenPartition { name: partition.name.clone(), segments, delete_logs });
    }
    Ok(partitions)
}

/// Returns the delete logs that apply to the rows of a partition: also those of segments that are not read, since the
/// deletes in them were made in the partition, too.
fn delete_logs(seen: &Observation, partition: i64) -> Vec<LogFile> {
    let mut logs: BTreeMap<&str, &LogFile> = BTreeMap::new();
    for id in [partition, EVERY_PARTITION] {
        // The files of a segment that was acknowledged count even if they are deleted by now.
        let before = seen.files_before.partition(id).into_iter().flat_map(|logs| &logs.deletes);
        let before = before.filter(|(segment, _)| seen.is_acknowledged(**segment));
        let after = seen.files.partition(id).into_iter().flat_map(|logs| &logs.deletes);
        for (_, files) in before.chain(after) {
            logs.extend(files.values().map(|file| (file.path.as_str(), file)));
        }
    }
    logs.into_values().cloned().collect()
}
