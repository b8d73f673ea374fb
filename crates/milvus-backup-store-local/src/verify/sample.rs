//! The rows of a quick verification: every footer, and a sample of the row groups decoded.

use std::sync::Arc;

use futures::StreamExt;
use milvus_backup_core::{BackupMetadata, ChunkMetadata, Error, Result, VerificationParams};
use xxhash_rust::xxh3::xxh3_64_with_seed;

use super::findings::Findings;
use crate::chunk::{ChunkReader, ChunkSource};
use crate::objects::Directory;
use crate::store::LocalStore;

/// Row groups that are decoded at the same time.
const DECODERS: usize = 2;

/// A row group of the sample.
pub(super) struct SampledGroup<'a> {
    pub(super) file: &'a str,
    index: usize,
    /// Its share of the file.
    pub(super) bytes: u64,
}

/// Opens every data file, and compares the rows of the sampled row groups with their recorded digests.
pub(super) async fn compare_rows(
    store: &LocalStore,
    directory: &Directory,
    metadata: &BackupMetadata,
    sample: &[SampledGroup<'_>],
    findings: &mut Findings<'_>,
) -> Result<()> {
    // A damaged definition was found by its digest already.
    let definition = match store.read_definition(metadata).await {
        Err(Error::Corrupted { .. }) => return Ok(()),
        definition => definition?,
    };
    let source = ChunkSource::new(directory.clone(), &metadata.backup_id, &definition.schema, true)?;
    let source = Arc::new(source);
    for chunk in metadata.partitions.iter().flat_map(|partition| &partition.chunks) {
        let groups = sample.iter().filter(|group| group.file == chunk.path).collect();
        compare_chunk(&source, chunk, groups, findings).await?;
        if findings.enough() {
            break;
        }
    }
    Ok(())
}

async fn compare_chunk(
    source: &Arc<ChunkSource>,
    chunk: &ChunkMetadata,
    groups: Vec<&SampledGroup<'_>>,
    findings: &mut Findings<'_>,
) -> Result<()> {
    let reader = match ChunkReader::open(source, chunk).await {
        Ok(reader) => Arc::new(reader),
        Err(error) => return findings.add_error(&chunk.path, "", error),
    };
    findings.checked(&chunk.path, 0);
    let read = |group: &SampledGroup<'_>| {
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

/// A percentage of all row groups, rounded up: those with the smallest XXH3-64 of `FILE:INDEX` under the seed, so that
/// a seed chooses the same ones on every machine and in every version.
pub(super) fn of<'a>(metadata: &'a BackupMetadata, params: &VerificationParams) -> Vec<SampledGroup<'a>> {
    let seed = params.seed.unwrap_or_default();
    let rank = |file: &str, index| xxh3_64_with_seed(format!("{file}:{index}").as_bytes(), seed);
    let groups_of = |chunk: &'a ChunkMetadata| {
        let groups = chunk.row_group_digests.len();
        let bytes = chunk.size_bytes / (groups.max(1) as u64);
        (0..groups).map(move |index| SampledGroup { file: &chunk.path, index, bytes })
    };
    let chunks = metadata.partitions.iter().flat_map(|partition| &partition.chunks);
    let mut groups: Vec<SampledGroup<'a>> = chunks.flat_map(groups_of).collect();
    groups.sort_by_cached_key(|group| (rank(group.file, group.index), group.file, group.index));
    groups.truncate(share(groups.len(), params.sample_size));
    groups
}

#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a percentage of a count of row groups"
)]
fn share(count: usize, percent: f64) -> usize {
    ((count as f64 * percent / 100.0).ceil() as usize).min(count)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_rounded_up_and_never_more_than_there_is() {
        assert_eq!(share(0, 10.0), 0);
        assert_eq!(share(1, 0.001), 1);
        assert_eq!(share(30, 10.0), 3);
        assert_eq!(share(31, 10.0), 4);
        assert_eq!(share(7, 100.0), 7);
    }
}
