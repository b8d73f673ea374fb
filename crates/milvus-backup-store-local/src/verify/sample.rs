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

/// Opens every data file, and compares the rows of the sampled row groups with their recorded digests.
pub(super) async fn compare_rows(
    store: &LocalStore,
    directory: &Directory,
    metadata: &BackupMetadata,
    params: &VerificationParams,
    findings: &mut Findings,
) -> Result<()> {
    // A damaged definition was found by its digest already.
    let definition = match store.read_definition(metadata).await {
        Err(Error::Corrupted { .. }) => return Ok(()),
        definition => definition?,
    };
    let source = ChunkSource::new(directory.clone(), &metadata.backup_id, &definition.schema, true)?;
    let source = Arc::new(source);
    let sample = sample(metadata, params.sample_size, params.seed.unwrap_or_default());
    for chunk in metadata.partitions.iter().flat_map(|partition| &partition.chunks) {
        let groups = sample.iter().filter(|(path, _)| *path == chunk.path).map(|(_, group)| *group).collect();
        compare_chunk(&source, chunk, groups, findings).await;
        if findings.enough() {
            break;
        }
    }
    Ok(())
}

async fn compare_chunk(source: &Arc<ChunkSource>, chunk: &ChunkMetadata, groups: Vec<usize>, findings: &mut Findings) {
    let reader = match ChunkReader::open(source, chunk).await {
        Ok(reader) => Arc::new(reader),
        Err(error) => return findings.add_error(&chunk.path, &error),
    };
    findings.checked(&chunk.path, 0);
    let read = |group| Arc::clone(&reader).read(group);
    let mut decoded = futures::stream::iter(groups).map(read).buffer_unordered(DECODERS);
    while let Some(rows) = decoded.next().await {
        findings.decoded(&chunk.path);
        if let Err(error) = rows {
            findings.add_error(&chunk.path, &error);
        }
        if findings.enough() {
            return;
        }
    }
}

/// `percent` of all row groups, rounded up: those with the smallest XXH3-64 of `FILE:INDEX` under the seed, so that
/// a seed chooses the same ones on every machine and in every version.
fn sample(metadata: &BackupMetadata, percent: f64, seed: u64) -> Vec<(&str, usize)> {
    let mut groups: Vec<(u64, &str, usize)> = metadata
        .partitions
        .iter()
        .flat_map(|partition| &partition.chunks)
        .flat_map(|chunk| (0..chunk.row_group_digests.len()).map(|group| (chunk.path.as_str(), group)))
        .map(|(path, group)| (xxh3_64_with_seed(format!("{path}:{group}").as_bytes(), seed), path, group))
        .collect();
    groups.sort_unstable();
    groups.truncate(share(groups.len(), percent));
    groups.into_iter().map(|(_, path, group)| (path, group)).collect()
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
