//! The journal of a backup in progress: one document per complete data file, so that an interrupted create can be
//! resumed.
//!
//! Must always hold: a document is written only after its data file is durable, and it is used only after the digest of
//! the file has been recomputed. It is removed after the commit, and has no meaning from then on.

use milvus_backup_core::schema::{FieldSchema, PrimaryKey};
use milvus_backup_core::{BackupPlan, ChunkMetadata, CompletedChunks, FORMAT_VERSION, KeyRange, PartitionPlan, Result};
use milvus_backup_storage::Directory;
use serde::{Deserialize, Serialize};

use crate::documents::{from_bytes, to_bytes};
use crate::handle::{RepositoryHandle, read_document};
use crate::layout::{DATA, JOURNAL, chunk_number, is_of_unfinished};
use crate::verify::digest_object;

/// The content of a document of the journal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct ChunkDocument {
    format_version: u32,
    /// The primary key after which its rows start; `None` if they start with the first of all.
    after: Option<String>,
    chunk: ChunkMetadata,
}

/// Records that a data file is complete, whose rows are all those from after this key up to its last one.
pub(crate) async fn note_chunk(directory: &Directory, chunk: &ChunkMetadata, after: Option<&PrimaryKey>) -> Result<()> {
    let after = after.map(PrimaryKey::to_string);
    let document = ChunkDocument { format_version: FORMAT_VERSION, after, chunk: chunk.clone() };
    directory.write_document(&journal_file(&chunk.path), to_bytes(&document)?).await
}

/// Reads the valid part of the journal: a chunk counts only if its file has the recorded digest. `files` are those of
/// the backup, as [`Directory::list`] returns them.
pub(crate) async fn find_completed(
    directory: &Directory,
    files: &[(String, u64)],
    plan: &BackupPlan,
    partition: &PartitionPlan,
) -> Result<CompletedChunks> {
    let mut noted = Vec::new();
    let mut next_file = 0;
    for (file, _) in files {
        let Some(number) = chunk_number(&partition.name, file) else { continue };
        next_file = next_file.max(number + 1);
        if let Some(ChunkDocument { after, chunk, .. }) = noted_of(directory, file).await?
            && is_intact(directory, plan, &chunk).await?
        {
            noted.push((after, chunk));
        }
    }
    let primary_key = plan.description.schema.primary_key()?;
    let (chunks, missing) = covered(noted, primary_key)?;
    Ok(CompletedChunks { chunks, missing, next_file })
}

/// Returns the chunks in ascending order of keys, and the ranges that none of them covers. Each chunk has all rows
/// after a key, up to its last one. A chunk that overlaps with another one is dropped: its rows are read again.
fn covered(
    noted: Vec<(Option<String>, ChunkMetadata)>,
    primary_key: &FieldSchema,
) -> Result<(Vec<ChunkMetadata>, Vec<KeyRange<PrimaryKey>>)> {
    let key = |text: &str| PrimaryKey::from_text(text, primary_key);
    let mut ascending = Vec::with_capacity(noted.len());
    for (after, chunk) in noted {
        // A chunk without a known range of keys covers nothing.
        let Some(range) = chunk.primary_key_range.as_ref().filter(|_| chunk.ordered) else { continue };
        ascending.push((after.as_deref().map(key).transpose()?, key(&range.max)?, chunk));
    }
    ascending.sort_by(|(one, ..), (other, ..)| one.cmp(other));
    let (mut chunks, mut missing, mut last) = (Vec::new(), Vec::new(), None);
    for (after, max, chunk) in ascending {
        if after < last || after.as_ref().is_some_and(|after| max <= *after) {
            continue;
        }
        if after > last {
            missing.push(KeyRange { after: last, up_to: after });
        }
        last = Some(max);
        chunks.push(chunk);
    }
    missing.push(KeyRange { after: last, up_to: None });
    Ok((chunks, missing))
}

/// Removes the journal, and the record of the process that writes the backup, whose files are `stored`.
pub(crate) async fn remove(repository: &RepositoryHandle, directory: &Directory, stored: Vec<String>) -> Result<()> {
    directory.delete(stored.into_iter().filter(|file| is_of_unfinished(file))).await?;
    repository.storage().remove_empty(&format!("{}/{JOURNAL}", directory.path()));
    Ok(())
}

/// Returns the record of a data file. A document that cannot be parsed counts as missing: the rows are read again.
async fn noted_of(directory: &Directory, path: &str) -> Result<Option<ChunkDocument>> {
    let file = journal_file(path);
    let Some(bytes) = read_document(directory, &file).await? else { return Ok(None) };
    let document = from_bytes::<ChunkDocument>(directory.path(), &file, &bytes);
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

#[cfg(test)]
mod tests {
    use milvus_backup_core::schema::DataType;
    use milvus_backup_core::{ChunkBase, PrimaryKeyRange};

    use super::*;

    /// Covers keys by chunks, each given as the key before its rows and its last key.
    fn covered_by(noted: &[(Option<i64>, i64)]) -> (Vec<String>, Vec<[Option<i64>; 2]>) {
        let noted = noted.iter().map(|(after, max)| {
            let max = max.to_string();
            let chunk = ChunkMetadata {
                path: max.clone(),
                row_count: 1,
                size_bytes: 1,
                uncompressed_size_bytes: 1,
                checksum: String::new(),
                row_digest: String::new(),
                row_group_digests: Vec::new(),
                base: ChunkBase::Backup,
                ordered: true,
                content_key: None,
                primary_key_range: Some(PrimaryKeyRange { min: max.clone(), max }),
                uncompressed_columns: Vec::new(),
                row_traits: Vec::new(),
            };
            (after.map(|after| after.to_string()), chunk)
        });
        let field = FieldSchema::new("id", DataType::Int64);
        let (chunks, missing) = covered(noted.collect(), &field).unwrap();
        let number = |key: Option<PrimaryKey>| key.map(|key| key.to_string().parse().unwrap());
        let missing = missing.into_iter().map(|range| [number(range.after), number(range.up_to)]).collect();
        (chunks.into_iter().map(|chunk| chunk.path).collect(), missing)
    }

    #[test]
    fn what_no_chunk_covers_is_missing() {
        assert_eq!(covered_by(&[]), (vec![], vec![[None, None]]));
        assert_eq!(covered_by(&[(None, 9)]), (vec!["9".to_owned()], vec![[Some(9), None]]));
        let noted = [(Some(10), 19), (None, 7), (Some(19), 30), (Some(100), 120)];
        let (chunks, missing) = covered_by(&noted);
        assert_eq!(chunks, ["7", "19", "30", "120"]);
        assert_eq!(missing, [[Some(7), Some(10)], [Some(30), Some(100)], [Some(120), None]]);
        assert_eq!(covered_by(&[(Some(9), 20)]).1, [[None, Some(9)], [Some(20), None]]);
    }

    #[test]
    fn chunks_that_overlap_or_are_turned_around_are_left_out() {
        assert_eq!(covered_by(&[(None, 10), (None, 20)]), (vec!["10".to_owned()], vec![[Some(10), None]]));
        assert_eq!(covered_by(&[(None, 10), (Some(5), 20)]), (vec!["10".to_owned()], vec![[Some(10), None]]));
        assert_eq!(covered_by(&[(Some(30), 20)]), (vec![], vec![[None, None]]));
    }
}
