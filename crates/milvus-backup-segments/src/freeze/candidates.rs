//! The headers of logs, which tell whether a segment that is not complete has rows of the read point.

use std::collections::BTreeMap;

use milvus_backup_core::{Error, Result};
use milvus_backup_storage::error::is_gone;

use super::observation::Observation;
use super::settle::Chosen;
use super::unsettled::Unsettled;
use crate::frozen::{LogFile, LogGroup, LogStore};
use crate::listing::SegmentLogs;
use crate::log::log_header;
use crate::pin::PinnedLogs;

/// Number of bytes in which the header of a log lies.
const HEADER_BYTES: u64 = 64 << 10;

/// The field of the timestamps of rows.
const TIMESTAMP: i64 = 1;

/// Looks at segments whose rows may all be later than the read point.
#[derive(Debug)]
pub(super) struct Candidates<'a> {
    pub(super) pins: &'a PinnedLogs,
    pub(super) read_point: u64,
}

impl Candidates<'_> {
    /// Returns the logs of each segment that may have rows up to the read point.
    pub(super) async fn with_rows(
        &self,
        seen: &Observation,
        candidates: &[Chosen],
    ) -> Result<BTreeMap<Chosen, Vec<LogGroup>>, Unsettled> {
        let mut found = BTreeMap::new();
        for candidate in candidates {
            let mut groups = Vec::new();
            // A group that is not complete was started after the flush, and so has only later rows.
            let logs = seen.files.segment(candidate.partition, candidate.segment);
            for group in logs.map(SegmentLogs::complete_groups).unwrap_or_default() {
                if self.may_have_rows(&group).await? {
                    groups.push(group);
                }
            }
            if !groups.is_empty() {
                seen.files.require_known_layout(candidate.segment)?;
                found.insert(*candidate, groups);
            }
        }
        Ok(found)
    }

    /// Returns the first segment that may have rows up to the read point.
    pub(super) async fn first_with_rows(
        &self,
        seen: &Observation,
        candidates: &[Chosen],
    ) -> Result<Option<i64>, Unsettled> {
        let found = self.with_rows(seen, candidates).await?;
        Ok(found.keys().next().map(|found| found.segment))
    }

    async fn may_have_rows(&self, group: &LogGroup) -> Result<bool, Unsettled> {
        let file = group.files.get(&TIMESTAMP).or_else(|| group.files.values().next());
        let Some(file) = file else { return Ok(false) };
        match self.first_timestamp(file).await {
            Ok(first) => Ok(first <= self.read_point),
            // A file without such a header says nothing of its rows.
            Err(Error::Unsupported { .. }) => Ok(true),
            Err(error) if is_gone(&error) || matches!(error, Error::LogDamaged { .. }) => {
                Err(Unsettled::Again(format!("`{}` is being written or deleted", file.path)))
            }
            Err(error) => Err(error.into()),
        }
    }

    async fn first_timestamp(&self, file: &LogFile) -> Result<u64> {
        let bytes = self.pins.read(file, 0..file.size_bytes.min(HEADER_BYTES)).await?;
        Ok(log_header(&file.path, &bytes)?.start_ts)
    }
}
