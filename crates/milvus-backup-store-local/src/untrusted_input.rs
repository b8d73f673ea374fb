//! The reader of data files against untrusted input: the files of golden backups, mutated.
//!
//! `PROPTEST_CASES` sets the number of mutations of each file; `cargo xtask fuzz` runs them for minutes. A reader may
//! reject a file; it must not panic, nor return rows other than those recorded.

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use milvus_backup_core::schema::CollectionSchema;
use milvus_backup_core::{BackupMetadata, ChunkMetadata, StoredBackup};
use milvus_backup_repository::RepositoryHandle;
use milvus_backup_storage::{Directory, Storage};
use milvus_backup_testkit::mutation::{mutate, mutation};
use object_store::ObjectStoreExt;
use object_store::memory::InMemory;
use proptest::prelude::*;
use tokio::runtime::{Builder, Runtime};

use crate::chunk::{ChunkReader, ChunkSource};

/// A golden backup, and the directory of its files.
#[derive(Debug)]
struct Golden {
    directory: PathBuf,
    backup: StoredBackup,
    schema: CollectionSchema,
}

/// Returns the golden backups of all versions.
fn golden() -> &'static [Golden] {
    static FOUND: OnceLock<Vec<Golden>> = OnceLock::new();
    FOUND.get_or_init(|| {
        let compat = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/compat/v1");
        let roots = std::fs::read_dir(compat).unwrap().map(|entry| entry.unwrap().path().join("root"));
        let found: Vec<_> = roots.flat_map(|root| runtime().block_on(read(&root))).collect();
        assert!(!found.is_empty());
        found
    })
}

fn runtime() -> Runtime {
    Builder::new_current_thread().build().unwrap()
}

async fn read(root: &Path) -> Vec<Golden> {
    let repository = RepositoryHandle::new(Storage::open(root.to_str().unwrap()).unwrap());
    let mut found = Vec::new();
    for metadata in repository.list_backups(None).await.unwrap().backups {
        let schema = repository.read_definition(&metadata).await.unwrap().schema;
        let directory = root.join(&metadata.storage_path);
        let manifest = repository.read_manifest(&metadata).await.unwrap();
        found.push(Golden { directory, backup: StoredBackup { metadata, manifest }, schema });
    }
    found
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// Reads every row group of a mutated file. With digests enabled, the rows must be those that were written.
    #[test]
    fn data_files_are_read_as_written_or_refused(
        backup in 0..golden().len(),
        mutations in prop::collection::vec(mutation(), 1..4),
    ) {
        let Golden { directory, backup, schema } = &golden()[backup];
        let chunk = backup.manifest.chunks().next().unwrap().clone();
        let bytes = mutate(std::fs::read(directory.join(&chunk.path)).unwrap(), &mutations);
        let chunk = ChunkMetadata { size_bytes: bytes.len() as u64, ..chunk };
        let rows = runtime().block_on(read_all(&backup.metadata, schema, &chunk, bytes));
        prop_assert!(rows.is_none_or(|rows| rows == chunk.row_count));
    }
}

/// Returns the number of rows, or `None` if the file is rejected.
async fn read_all(
    metadata: &BackupMetadata,
    schema: &CollectionSchema,
    chunk: &ChunkMetadata,
    bytes: Vec<u8>,
) -> Option<u64> {
    let directory = Directory::new(Arc::new(InMemory::new()), "items/backup");
    directory.store().put(&directory.object(&chunk.path).unwrap(), bytes.into()).await.unwrap();
    let source = ChunkSource::new(directory, &metadata.backup_id, schema, true).unwrap();
    let reader = Arc::new(ChunkReader::open(&Arc::new(source), chunk).await.ok()?);
    let mut rows = 0;
    for group in 0..reader.row_groups() {
        let batches = Arc::clone(&reader).read(group).await.ok()?;
        rows += batches.iter().map(|batch| batch.num_rows() as u64).sum::<u64>();
    }
    Some(rows)
}
