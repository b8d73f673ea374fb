//! An archive of the golden backup, for tests.

use std::path::Path;

use bytes::Bytes;
use futures::stream::BoxStream;
use futures::{StreamExt, TryStreamExt, stream};
use milvus_backup_core::{ArchivedBackup, BackupFiles, Result};
use milvus_backup_storage::Storage;
use tokio::runtime::{Builder, Runtime};

use super::head::{BLOCK_BYTES, head, padding};
use super::{OpenArchive, write};
use crate::handle::RepositoryHandle;

/// The golden backup, and its archive.
#[derive(Debug)]
pub(super) struct Sample {
    pub(super) runtime: Runtime,
    pub(super) files: BackupFiles,
    pub(super) bytes: Vec<u8>,
}

impl Sample {
    pub(super) fn new() -> Self {
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/compat/v1/milvus-2.3.5/root");
        let repository = RepositoryHandle::new(Storage::open(root.to_str().unwrap()).unwrap());
        let (files, bytes) = runtime.block_on(async {
            let newest = repository.list_backups(None).await.unwrap().backups.remove(0);
            let files = repository.files(&newest.collection().unwrap(), &newest.backup_id).await.unwrap();
            let pieces: Vec<Bytes> = write(&repository, &files).try_collect().await.unwrap();
            (files, pieces.concat())
        });
        Self { runtime, files, bytes }
    }

    /// Returns the members: the path and the content of each.
    pub(super) fn members(&self) -> Vec<(String, Vec<u8>)> {
        let mut archive = tar::Archive::new(self.bytes.as_slice());
        let member = |entry: std::io::Result<tar::Entry<'_, &[u8]>>| {
            let mut entry = entry.unwrap();
            let mut content = Vec::new();
            std::io::Read::read_to_end(&mut entry, &mut content).unwrap();
            (entry.path().unwrap().to_str().unwrap().to_owned(), content)
        };
        archive.entries().unwrap().map(member).collect()
    }

    /// Reads an archive that arrives in portions of this size.
    pub(super) fn read(&self, bytes: &[u8], portion: usize) -> Result<Vec<(String, Vec<u8>)>> {
        let portions: Vec<Result<Bytes>> = bytes.chunks(portion).map(|part| Ok(Bytes::copy_from_slice(part))).collect();
        let content: BoxStream<'static, Result<Bytes>> = stream::iter(portions).boxed();
        self.runtime.block_on(async {
            let mut archive = OpenArchive::open("sample.tar", content).await?;
            let mut found = Vec::new();
            while let Some(file) = archive.next().await? {
                let pieces: Vec<Bytes> = archive.content().try_collect().await?;
                found.push((file.path, pieces.concat()));
            }
            Ok(found)
        })
    }
}

/// Returns an archive with these members.
pub(super) fn archive(members: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for (path, content) in members {
        let size = content.len() as u64;
        bytes.extend(head(path, size, 0).unwrap());
        bytes.extend(content);
        bytes.resize(bytes.len() + padding(size), 0);
    }
    bytes.resize(bytes.len() + 2 * BLOCK_BYTES, 0);
    bytes
}
