//! The journal of a backup that is being written: one document for each data file that is complete, so that a create
//! that was cut off is continued from there.
//!
//! Must always hold: a document is written only after its data file is durable, and what it says is believed only
//! after the file was hashed again. It is removed after the commit, and means nothing from then on.

use std::collections::BTreeMap;

use milvus_backup_core::{BackupPlan, ChunkMetadata, FORMAT_VERSION, PartitionPlan, Result};
use serde::{Deserialize, Serialize};

use crate::documents::{from_bytes, to_bytes};
use crate::layout::{DATA, JOURNAL, chunk_number, is_of_unfinished};
use crate::objects::Directory;
use crate::store::LocalStore;
use crate::verify::digest_object;

/// A document of the journal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct ChunkDocument {
    format_version: u32,
    /// The primary key after which its rows begin; none for the first of all.
    after: Option<String>,
    chunk: ChunkMetadata,
}

/// Notes that a data file is complete, whose rows are all that come after this key, up to its last one.
pub(super) async fn note_chunk(directory: &Directory, chunk: &ChunkMetadata, after: Option<String>) -> Result<()> {
    let document = ChunkDocument { format_version: FORMAT_VERSION, after, chunk: chunk.clone() };
    directory.write_document(&journal_file(&chunk.path), to_bytes(&document)?).await
}

/// What is complete of a partition.
#[derive(Debug)]
pub(super) struct Completed {
    /// The chunks of each of its ranges, in ascending order of keys and without a gap, from the start of the range to the
    /// last before one that is missing or differs from what was noted of it.
    pub(super) ranges: Vec<Vec<ChunkMetadata>>,
    /// A number that no file of the partition has.
    pub(super) next_file: usize,
}

impl Completed {
    /// Nothing.
    pub(super) fn nothing(partition: &PartitionPlan) -> Self {
        Self { ranges: partition.ranges().iter().map(|_| Vec::new()).collect(), next_file: 0 }
    }

    /// What the journal says, as far as it is still true. `files` are those of the backup.
    pub(super) async fn find(
        directory: &Directory,
        files: &[(String, u64)],
        plan: &BackupPlan,
        partition: &PartitionPlan,
    ) -> Result<Self> {
        let mut noted = BTreeMap::new();
        let mut next_file = 0;
        for (file, _) in files {
            let Some(number) = chunk_number(&partition.name, file) else { continue };
            next_file = next_file.max(number + 1);
            if let Some(document) = noted_of(directory, file).await? {
                noted.insert(document.after, document.chunk);
            }
        }
        let mut ranges = Vec::new();
        for range in partition.ranges() {
            let (mut chunks, mut last) = (Vec::new(), range.after);
            // What begins at the end of the range is the first one of the next.
            while last.is_none() || last != range.up_to {
                let Some(chunk) = noted.remove(&last) else { break };
                if !is_intact(directory, plan, &chunk).await? {
                    break;
                }
                last = Some(chunk.primary_key_range.max.clone());
                chunks.push(chunk);
            }
            ranges.push(chunks);
        }
        Ok(Self { ranges, next_file })
    }

    /// Every chunk.
    pub(super) fn chunks(&self) -> impl Iterator<Item = &ChunkMetadata> {
        self.ranges.iter().flatten()
    }
}

/// Removes the journal, and the note of who writes the backup.
pub(crate) async fn remove(store: &LocalStore, directory: &Directory) -> Result<()> {
    let files = directory.list().await?.into_iter().map(|(file, _)| file);
    directory.delete(files.filter(|file| is_of_unfinished(file)).collect::<Vec<_>>()).await?;
    store.remove_empty(&format!("{}/{JOURNAL}", directory.path));
    Ok(())
}

/// What is noted of a data file. A document that cannot be read counts as none: the rows are read again.
async fn noted_of(directory: &Directory, path: &str) -> Result<Option<ChunkDocument>> {
    let file = journal_file(path);
    let Some(bytes) = directory.read_document(&file).await? else { return Ok(None) };
    let document = from_bytes::<ChunkDocument>(&directory.path, &file, &bytes);
    Ok(document.ok().filter(|document| document.chunk.path == path))
}

async fn is_intact(directory: &Directory, plan: &BackupPlan, chunk: &ChunkMetadata) -> Result<bool> {
    if directory.size(&chunk.path).await? != Some(chunk.size_bytes) {
        return Ok(false);
    }
    let found = digest_object(directory, &chunk.path, chunk.size_bytes, plan.checksum_algorithm).await?;
    Ok(found == chunk.checksum)
}

fn journal_file(chunk: &str) -> String {
    format!("{JOURNAL}{}.json", chunk.trim_start_matches(DATA))
}
