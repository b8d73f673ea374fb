//! Decoders against hostile bytes: the files of golden backups, mutated.
//!
//! `PROPTEST_CASES` sets the number of mutations of each file; `cargo xtask fuzz` runs them for minutes. A decoder may
//! refuse, and may accept what still means something; it must not panic, nor return rows other than those recorded.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use milvus_backup_core::{BackupMetadata, ChunkMetadata};
use milvus_backup_testkit::mutation::{mutate, mutation};
use object_store::ObjectStoreExt;
use object_store::memory::InMemory;
use proptest::prelude::*;

use crate::chunk::{ChunkReader, ChunkSource};
use crate::documents::{
    ChecksumsDocument, IndexesDocument, SchemaDocument, VerificationDocument, from_bytes, has_own_layout,
    metadata_from_bytes,
};
use crate::layout::{CHECKSUMS, INDEXES, METADATA, SCHEMA, VERIFICATION};
use crate::objects::Directory;

/// The directories of the golden backups of all versions.
fn golden() -> Vec<PathBuf> {
    let compat = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/compat");
    let mut pending = vec![compat];
    let mut found = Vec::new();
    while let Some(directory) = pending.pop() {
        if directory.join(METADATA).is_file() {
            found.push(directory.clone());
        }
        let entries = std::fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path());
        pending.extend(entries.filter(|path| path.is_dir()));
    }
    found.sort();
    assert!(!found.is_empty());
    found
}

/// Every document of a backup, by every decoder: a file may lie in another's place.
fn decode_everything(bytes: &[u8]) {
    drop(metadata_from_bytes("backup", bytes));
    drop(serde_json::from_slice::<BackupMetadata>(bytes));
    drop(from_bytes::<SchemaDocument>("backup", SCHEMA, bytes));
    drop(from_bytes::<IndexesDocument>("backup", INDEXES, bytes));
    drop(from_bytes::<ChecksumsDocument>("backup", CHECKSUMS, bytes));
    drop(from_bytes::<VerificationDocument>("backup", VERIFICATION, bytes));
    let _ = has_own_layout(bytes);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn documents_are_decoded_or_refused(
        backup in 0..golden().len(),
        file in prop::sample::select(vec![METADATA, SCHEMA, INDEXES, CHECKSUMS, VERIFICATION]),
        mutations in prop::collection::vec(mutation(), 1..6),
    ) {
        let bytes = std::fs::read(golden()[backup].join(file)).unwrap_or_default();
        decode_everything(&mutate(bytes, &mutations));
    }

    #[test]
    fn any_bytes_are_decoded_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        decode_everything(&bytes);
    }

    /// Reads every row group of a mutated file. With digests on, what is read is what was written.
    #[test]
    fn data_files_are_read_as_written_or_refused(
        backup in 0..golden().len(),
        mutations in prop::collection::vec(mutation(), 1..4),
    ) {
        let directory = &golden()[backup];
        let metadata = metadata_from_bytes("backup", &std::fs::read(directory.join(METADATA)).unwrap()).unwrap();
        let schema: SchemaDocument =
            from_bytes("backup", SCHEMA, &std::fs::read(directory.join(SCHEMA)).unwrap()).unwrap();
        let chunk = metadata.partitions.iter().flat_map(|partition| &partition.chunks).next().unwrap().clone();
        let bytes = mutate(std::fs::read(directory.join(&chunk.path)).unwrap(), &mutations);
        let chunk = ChunkMetadata { size_bytes: bytes.len() as u64, ..chunk };
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let rows = runtime.block_on(read_all(&metadata, &schema, &chunk, bytes));
        prop_assert!(rows.is_none_or(|rows| rows == chunk.row_count));
    }
}

/// The number of rows, or `None` when the file is refused.
async fn read_all(
    metadata: &BackupMetadata,
    schema: &SchemaDocument,
    chunk: &ChunkMetadata,
    bytes: Vec<u8>,
) -> Option<u64> {
    let directory = Directory { store: Arc::new(InMemory::new()), path: "items/backup".to_owned() };
    directory.store.put(&directory.object(&chunk.path).unwrap(), bytes.into()).await.unwrap();
    let source = ChunkSource::new(directory, &metadata.backup_id, &schema.schema, true).unwrap();
    let reader = Arc::new(ChunkReader::open(&Arc::new(source), chunk).await.ok()?);
    let mut rows = 0;
    for group in 0..reader.row_groups() {
        let batches = Arc::clone(&reader).read(group).await.ok()?;
        rows += batches.iter().map(|batch| batch.num_rows() as u64).sum::<u64>();
    }
    Some(rows)
}
