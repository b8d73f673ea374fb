//! The row checks of a quick verification: a sample of the segments is decoded.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use async_trait::async_trait;
use futures::TryStreamExt;
use milvus_backup_core::schema::CollectionSchema;
use milvus_backup_core::{
    ContentCheck, Error, Findings, Result, SampledGroup, ScanPosition, ScanTarget, StoredBackup, VerificationParams,
};
use milvus_backup_repository::{RepositoryHandle, choose_sample};
use milvus_backup_segments::{
    DirectoryLogs, FrozenPartition, FrozenSegment, FrozenSegments, SegmentRowsOptions, scan_frozen,
};
use milvus_backup_storage::Directory;

use crate::directory::segment_of_log;
use crate::rows::{frozen_segments, of_backup};

/// Size of one batch in bytes.
const BATCH_BYTES: usize = 4 << 20;

/// Decodes all columns of the sampled segments, and compares the number of their rows with the metadata of the tool.
#[derive(Debug, Clone)]
pub(crate) struct SegmentCheck {
    repository: RepositoryHandle,
    options: SegmentRowsOptions,
}

impl SegmentCheck {
    pub(crate) fn new(repository: RepositoryHandle, options: SegmentRowsOptions) -> Self {
        Self { repository, options }
    }

    /// Decodes one segment without its deletes.
    async fn decode(
        &self,
        directory: &Directory,
        schema: &Arc<CollectionSchema>,
        (all, partition, segment): (&FrozenSegments, &str, &FrozenSegment),
    ) -> Result<()> {
        let alone =
            FrozenPartition { name: partition.to_owned(), segments: vec![segment.clone()], delete_logs: Vec::new() };
        let frozen = FrozenSegments { partitions: vec![alone], ..all.clone() };
        let logs = Arc::new(DirectoryLogs::new(directory.clone()));
        let session = scan_frozen(Arc::clone(schema), Arc::new(frozen), logs, self.options).await?;
        let target = ScanTarget { partition: partition.to_owned(), rows: segment.rows.unwrap_or_default(), parts: 1 };
        for unit in session.plan(&[target]).await? {
            session.read(&unit, &ScanPosition::Start, BATCH_BYTES).try_for_each(|_| std::future::ready(Ok(()))).await?;
        }
        Ok(())
    }
}

#[async_trait]
impl ContentCheck for SegmentCheck {
    /// Returns one row group for each sampled segment, which stands for all its files.
    fn sample(&self, backup: &StoredBackup, params: &VerificationParams, present: &HashSet<&str>) -> Vec<SampledGroup> {
        let mut groups: BTreeMap<i64, SampledGroup> = BTreeMap::new();
        for object in backup.manifest.native.iter().flat_map(|native| &native.objects) {
            let Some(segment) = segment_of_log(&object.path) else { continue };
            let first = || SampledGroup { file: object.path.clone(), index: 0, bytes: 0 };
            groups.entry(segment).or_insert_with(first).bytes += object.size_bytes;
        }
        let mut sample = choose_sample(groups.into_values(), params);
        sample.retain(|group| present.contains(group.file.as_str()));
        sample
    }

    async fn check(&self, backup: &StoredBackup, sample: &[SampledGroup], findings: &mut Findings<'_>) -> Result<()> {
        let directory = self.repository.directory_of(&backup.metadata)?;
        // A damaged definition has already been reported by its digest.
        let definition = match self.repository.read_definition(&backup.metadata).await {
            Err(Error::Corrupted { .. }) => return Ok(()),
            definition => definition?,
        };
        let all = match frozen_segments(&directory, backup).await {
            Ok(all) => all,
            Err(error) => return findings.add_error(&damaged_file(&error, "data"), "", error),
        };
        let schema = Arc::new(definition.schema);
        let wanted: BTreeMap<i64, &SampledGroup> =
            sample.iter().filter_map(|group| Some((segment_of_log(&group.file)?, group))).collect();
        for partition in &all.partitions {
            for segment in &partition.segments {
                let Some(group) = wanted.get(&segment.id) else { continue };
                let decoded = self.decode(&directory, &schema, (&all, &partition.name, segment)).await;
                findings.decoded(&group.file, group.bytes);
                if let Err(error) = decoded.map_err(|error| of_backup(&directory, error)) {
                    findings.add_error(&damaged_file(&error, &group.file), "", error)?;
                }
                if findings.enough() {
                    return Ok(());
                }
            }
        }
        Ok(())
    }
}

/// Returns the file that an error names, or else the other one.
fn damaged_file(error: &Error, other: &str) -> String {
    match error {
        Error::Corrupted { failed_files, .. } => failed_files.first().cloned(),
        _ => None,
    }
    .unwrap_or_else(|| other.to_owned())
}
