//! A backup that milvus-backup 0.5.16 made of a collection of Milvus 2.3.5: two partitions, arrays, a dynamic field, deletes and
//! upserts that were not flushed.
//!
//! The paths of the server in its metadata were replaced. Nothing else was changed.

use std::path::{Path, PathBuf};

use milvus_backup_core::{
    BackupRecoveryConfig, Clock, CollectionRef, Entropy, Environment, Error, Interrupt, Payload, PayloadRequest, Result,
};
use milvus_backup_core::{ChecksumAlgorithm, ForeignBackups, ForeignCollection, Silent};
use milvus_backup_repository::RepositoryHandle;
use milvus_backup_storage::Storage;
use milvus_backup_store_native::{NativeFormat, ToolRoot};
use tempfile::TempDir;

/// The name of the backup.
pub(crate) const NAME: &str = "shelf_backup";

/// A copy of the backup, and a repository beside it.
#[derive(Debug)]
pub(crate) struct Golden {
    directory: TempDir,
    pub(crate) repository: RepositoryHandle,
    pub(crate) root: ToolRoot,
}

impl Golden {
    pub(crate) fn copied() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let original = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(NAME);
        copy(&original, &directory.path().join("tool").join(NAME));
        let open = |name: &str| Storage::open(directory.path().join(name).to_str().unwrap()).unwrap();
        let repository = RepositoryHandle::new(open("repository"));
        let memory = BackupRecoveryConfig::default().memory_limit_bytes;
        let format = NativeFormat::new(repository.clone(), memory, &environment()).unwrap();
        let root = ToolRoot::new(open("tool"), repository.clone(), format);
        Self { directory, repository, root }
    }

    /// The path of a file of the tool.
    pub(crate) fn path(&self, file: &str) -> PathBuf {
        self.directory.path().join("tool").join(NAME).join(file)
    }

    /// All log files, relative to the backup, in ascending order.
    pub(crate) fn logs(&self) -> Vec<String> {
        let mut found = Vec::new();
        collect(&self.path("binlogs"), &mut found);
        let base = self.path("");
        let mut files: Vec<String> =
            found.iter().map(|file| file.strip_prefix(&base).unwrap().to_str().unwrap().to_owned()).collect();
        files.sort();
        files
    }

    /// Replaces a text in the metadata.
    pub(crate) fn edit_meta(&self, change: impl FnOnce(&mut serde_json::Value)) {
        let path = self.path("meta/full_meta.json");
        let mut meta = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
        change(&mut meta);
        std::fs::write(&path, serde_json::to_vec(&meta).unwrap()).unwrap();
    }

    pub(crate) async fn described(&self) -> Result<ForeignCollection> {
        self.root.describe(NAME, &collection()).await
    }

    /// Takes the collection in.
    pub(crate) async fn taken(&self) -> Result<Payload> {
        let found = self.described().await?;
        let backup_id = "20261128T211028Z-00000001".parse().unwrap();
        let request = PayloadRequest {
            collection: &collection(),
            backup_id: &backup_id,
            description: &found.description,
            checksum_algorithm: ChecksumAlgorithm::Sha256,
        };
        self.root.take(NAME, &request, &Silent).await
    }

    /// The error for a backup that was damaged. Its message, and the file that it names.
    pub(crate) async fn refusal(&self) -> (String, String) {
        match self.taken().await {
            Err(Error::Corrupted { message, failed_files, .. }) => (message, failed_files.concat()),
            Err(error) => (error.to_string(), String::new()),
            Ok(taken) => (format!("taken in: {taken:?}"), String::new()),
        }
    }
}

pub(crate) fn collection() -> CollectionRef {
    CollectionRef::new("default", "shelf".parse().unwrap()).unwrap()
}

fn environment() -> Environment {
    Environment {
        clock: std::sync::Arc::new(Stopped),
        entropy: std::sync::Arc::new(Same),
        interrupt: Interrupt::never(),
    }
}

/// A clock that stands still.
#[derive(Debug)]
struct Stopped;

impl Clock for Stopped {
    fn now(&self) -> jiff::Timestamp {
        jiff::Timestamp::UNIX_EPOCH
    }

    fn elapsed(&self) -> std::time::Duration {
        std::time::Duration::ZERO
    }

    fn sleep(&self, _: std::time::Duration) -> futures::future::BoxFuture<'static, ()> {
        Box::pin(std::future::ready(()))
    }
}

/// The same bytes each time.
#[derive(Debug)]
struct Same;

impl Entropy for Same {
    fn bytes(&self) -> Result<[u8; 4]> {
        Ok([7; 4])
    }
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let (from, to) = (entry.path(), to.join(entry.file_name()));
        if from.is_dir() { copy(&from, &to) } else { std::fs::copy(&from, &to).map(drop).unwrap() }
    }
}

fn collect(directory: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { collect(&path, found) } else { found.push(path) }
    }
}
