//! The row checks of a quick verification: every footer, and a decoded sample of the row groups.

use std::collections::HashSet;
use std::sync::Arc;

use async_trait::async_trait;
use futures::StreamExt;
use milvus_backup_core::{
    ChunkMetadata, ContentCheck, Error, Findings, Result, SampledGroup, StoredBackup, VerificationParams,
};
use milvus_backup_repository::{RepositoryHandle, choose_sample};

use crate::chunk::{ChunkReader, ChunkSource};

/// Number of row groups that are decoded concurrently.
const DECODERS: usize = 2;

/// Opens every data file, and compares the rows of the sampled row groups with their recorded digests.
#[derive(Debug, Clone)]
pub(crate) struct SampleCheck {
    repository: RepositoryHandle,
}

impl SampleCheck {
    pub(crate) fn new(repository: RepositoryHandle) -> Self {
        Self { repository }
    }
}

#[async_trait]
impl ContentCheck for SampleCheck {
    /// Returns the part of the sample in existing files: others cannot be decoded.
    fn sample(&self, backup: &StoredBackup, params: &VerificationParams, present: &HashSet<&str>) -> Vec<SampledGroup> {
        let groups_of = |chunk: &ChunkMetadata| {
            let groups = chunk.row_group_digests.len();
            let (file, bytes) = (chunk.path.clone(), chunk.size_bytes / (groups.max(1) as u64));
            (0..groups).map(move |index| SampledGroup { file: file.clone(), index, bytes })
        };
        let mut sample = choose_sample(backup.manifest.chunks().flat_map(groups_of), params);
        sample.retain(|group| present.contains(group.file.as_str()));
        sample
    }

    async fn check(&self, backup: &StoredBackup, sample: &[SampledGroup], findings: &mut Findings<'_>) -> Result<()> {
        // A damaged definition has already been reported by its digest.
        let definition = match self.repository.read_definition(&backup.metadata).await {
            Err(Error::Corrupted { .. }) => return Ok(()),
            definition => definition?,
        };
        let directory = self.repository.directory_of(&backup.metadata)?;
        let source = Arc::new(ChunkSource::new(directory, &backup.metadata.backup_id, &definition.schema, true)?);
        for chunk in backup.manifest.chunks() {
            let groups = sample.iter().filter(|group| group.file == chunk.path).collect();
            compare_chunk(&source, chunk, groups, findings).await?;
            if findings.enough() {
                break;
            }
        }
        Ok(())
    }
}

async fn compare_chunk(
    source: &Arc<ChunkSource>,
    chunk: &ChunkMetadata,
    groups: Vec<&SampledGroup>,
    findings: &mut Findings<'_>,
) -> Result<()> {
    let reader = match ChunkReader::open(source, chunk).await {
        Ok(reader) => Arc::new(reader),
        Err(error) => return findings.add_error(&chunk.path, "", error),
    };
    findings.checked(&chunk.path, 0);
    let read = |group: &SampledGroup| {
        let (read, bytes) = (Arc::clone(&reader).read(group.index), group.bytes);
        async move { (read.await, bytes) }
    };
    let mut decoded = futures::stream::iter(groups).map(read).buffer_unordered(DECODERS);
    while let Some((rows, bytes)) = decoded.next().await {
        findings.decoded(&chunk.path, bytes);
        if let Err(error) = rows {
            findings.add_error(&chunk.path, "", error)?;
        }
        if findings.enough() {
            break;
        }
    }
    Ok(())
}
