//! The journal of a backup that is being written: one document for each data file that is complete, so that a create
//! that was cut off is continued from there.
//!
//! Must always hold: a document is written only after its data file is durable, and what it says is believed only
//! after the file was hashed again. It is removed after the commit, and means nothing from then on.

use milvus_backup_core::{BackupPlan, ChunkMetadata, FORMAT_VERSION, PartitionPlan, Result};
use serde::{Deserialize, Serialize};

use crate::documents::{from_bytes, to_bytes};
use crate::layout::{DATA, JOURNAL, chunk_file, is_of_unfinished};
use crate::objects::Directory;
use crate::store::LocalStore;
use crate::verify::digest_object;

/// A document of the journal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct ChunkDocument {
    format_version: u32,
    chunk: ChunkMetadata,
}

/// Notes that a data file is complete.
pub(super) async fn note_chunk(directory: &Directory, chunk: &ChunkMetadata) -> Result<()> {
    let document = ChunkDocument { format_version: FORMAT_VERSION, chunk: chunk.clone() };
    directory.write_document(&journal_file(&chunk.path), to_bytes(&document)?).await
}

/// The data files of a partition that are complete, from the first to the last before one that is missing or
/// differs from what was noted of it.
pub(super) async fn completed_chunks(
    directory: &Directory,
    plan: &BackupPlan,
    partition: &PartitionPlan,
) -> Result<Vec<ChunkMetadata>> {
    let mut chunks = Vec::new();
    loop {
        let path = chunk_file(&partition.name, chunks.len());
        match noted(directory, &path).await? {
            Some(chunk) if is_intact(directory, plan, &chunk).await? => chunks.push(chunk),
            _ => return Ok(chunks),
        }
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
async fn noted(directory: &Directory, path: &str) -> Result<Option<ChunkMetadata>> {
    let file = journal_file(path);
    let Some(bytes) = directory.read_document(&file).await? else { return Ok(None) };
    let document = from_bytes::<ChunkDocument>(&directory.path, &file, &bytes);
    Ok(document.ok().map(|document| document.chunk).filter(|chunk| chunk.path == path))
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
