//! [`EarlyDigests`]: the digests of files that are complete while the tool still writes others.
//!
//! Must always hold: a digest is used only for a file that was complete before it was read, and has not changed since.

use std::collections::BTreeMap;
use std::pin::pin;
use std::time::Duration;

use futures::StreamExt;
use futures::future::{Either, select};
use milvus_backup_core::{ChecksumAlgorithm, Environment, Result};
use milvus_backup_repository::digest_object;
use milvus_backup_storage::{Directory, Storage};
use tokio::sync::Notify;

use super::durable::make_file_durable;

/// Number of files that are hashed at the same time.
pub(super) const HASHED_AT_ONCE: usize = 4;

const INTERVAL: Duration = Duration::from_millis(200);

/// Interval between two listings over a network.
const REMOTE_INTERVAL: Duration = Duration::from_secs(3);

/// The digest of a file, and the entity tag that the file had before it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
struct EarlyDigest {
    e_tag: String,
    checksum: String,
}

/// Computes digests, and makes files durable, meanwhile.
#[derive(Debug)]
pub(super) struct EarlyDigests<'a> {
    /// The directory of the backup.
    pub(super) backup: &'a Directory,
    /// The path of the directory of the tool, relative to that of the backup.
    pub(super) tool: String,
    /// The storage of the repository.
    pub(super) storage: &'a Storage,
    /// The root of the storage of the server.
    pub(super) source: Directory,
    pub(super) collection: i64,
    pub(super) algorithm: ChecksumAlgorithm,
    /// The sizes of the logs of the server, by their paths.
    sizes: BTreeMap<String, u64>,
    done: BTreeMap<String, EarlyDigest>,
}

impl<'a> EarlyDigests<'a> {
    pub(super) fn new(
        backup: &'a Directory,
        tool: String,
        storage: &'a Storage,
        source: Directory,
        collection: i64,
        algorithm: ChecksumAlgorithm,
    ) -> Self {
        let (sizes, done) = (BTreeMap::new(), BTreeMap::new());
        Self { backup, tool, storage, source, collection, algorithm, sizes, done }
    }

    /// Hashes what is complete until it is told to stop. Files that are being hashed are finished.
    pub(super) async fn watch(&mut self, environment: &Environment, stop: &Notify) {
        let interval = if self.storage.is_remote() { REMOTE_INTERVAL } else { INTERVAL };
        loop {
            let (pause, stopped) = (pin!(environment.sleep(interval)), pin!(stop.notified()));
            if let Either::Right(_) = select(pause, stopped).await {
                return;
            }
            if let Err(error) = self.advance().await {
                // All files are hashed after the end, unless they were before.
                tracing::debug!(%error, "cannot hash files of milvus-backup yet");
            }
        }
    }

    async fn advance(&mut self) -> Result<()> {
        let mut complete = Vec::new();
        let mut listed = false;
        for entry in self.entries().await? {
            let path = format!("{}/{}", self.tool, entry.file);
            let (Some(e_tag), Some(log)) = (entry.e_tag, log_of(&entry.file)) else { continue };
            if self.done.contains_key(&path) {
                continue;
            }
            if !self.sizes.contains_key(&log) && !listed {
                self.list_source().await?;
                listed = true;
            }
            if self.sizes.get(&log) == Some(&entry.size) {
                complete.push((path, entry.size, e_tag));
            }
        }
        let (backup, storage, algorithm) = (self.backup, self.storage, self.algorithm);
        let hash = |(path, size, e_tag): (String, u64, String)| async move {
            let checksum = digest_object(backup, &path, size, algorithm).await?;
            make_file_durable(storage, &format!("{}/{path}", backup.path())).await?;
            Ok::<_, milvus_backup_core::Error>((path, EarlyDigest { e_tag, checksum }))
        };
        let mut hashed = futures::stream::iter(complete.into_iter().map(hash)).buffer_unordered(HASHED_AT_ONCE);
        while let Some(digest) = hashed.next().await {
            let (path, digest) = digest?;
            self.done.insert(path, digest);
        }
        Ok(())
    }

    async fn list_source(&mut self) -> Result<()> {
        for kind in ["insert_log", "delta_log"] {
            let logs = self.source.list_versions(&format!("{kind}/{}", self.collection)).await?;
            self.sizes.extend(logs.into_iter().map(|log| (log.path, log.size_bytes)));
        }
        Ok(())
    }

    async fn entries(&self) -> Result<Vec<milvus_backup_storage::Entry>> {
        self.storage.directory(format!("{}/{}", self.backup.path(), self.tool)).entries().await
    }

    /// Returns the digests of the files that have not changed since they were hashed, by their paths relative to the
    /// directory of the backup.
    pub(super) async fn into_unchanged(self) -> Result<BTreeMap<String, String>> {
        let mut unchanged = BTreeMap::new();
        for entry in self.entries().await? {
            let path = format!("{}/{}", self.tool, entry.file);
            if let Some(digest) = self.done.get(&path).filter(|digest| Some(&digest.e_tag) == entry.e_tag.as_ref()) {
                unchanged.insert(path, digest.checksum.clone());
            }
        }
        Ok(unchanged)
    }
}

/// Returns the path of the log in the storage of the server that a file of the tool is a copy of: the tool inserts the group
/// of the segment.
fn log_of(file: &str) -> Option<String> {
    let parts: Vec<&str> = file.strip_prefix("binlogs/")?.split('/').collect();
    match parts.as_slice() {
        ["insert_log", collection, partition, _, segment, field, log] => {
            Some(format!("insert_log/{collection}/{partition}/{segment}/{field}/{log}"))
        }
        ["delta_log", collection, partition, _, segment, log] => {
            Some(format!("delta_log/{collection}/{partition}/{segment}/{log}"))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;

    #[test]
    fn the_group_is_not_in_the_path_of_the_server() {
        assert_eq!(log_of("binlogs/insert_log/1/2/3/3/100/5").as_deref(), Some("insert_log/1/2/3/100/5"));
        assert_eq!(log_of("binlogs/delta_log/1/2/3/3/5").as_deref(), Some("delta_log/1/2/3/5"));
        assert_eq!((log_of("meta/full_meta.json"), log_of("binlogs/insert_log/1/2")), (None, None));
    }

    #[tokio::test]
    async fn only_a_complete_file_that_does_not_change_has_an_early_digest() {
        let root = tempfile::tempdir().unwrap();
        let storage = Storage::open(root.path().to_str().unwrap()).unwrap();
        let (source, backup) = (storage.directory("milvus"), storage.directory("backups/one"));
        let write = async |directory: &Directory, file: &str, text: &'static str| {
            directory.write_document(file, Bytes::from_static(text.as_bytes())).await.unwrap();
        };
        for log in ["10", "11", "12"] {
            write(&source, &format!("insert_log/1/2/3/100/{log}"), "whole").await;
        }
        let copy = |log: &str| format!("data/mbr/binlogs/insert_log/1/2/3/3/100/{log}");
        write(&backup, &copy("10"), "whole").await;
        write(&backup, &copy("11"), "who").await;
        write(&backup, &copy("12"), "whole").await;
        let algorithm = ChecksumAlgorithm::Md5;
        let mut early = EarlyDigests::new(&backup, "data/mbr".to_owned(), &storage, source, 1, algorithm);
        early.advance().await.unwrap();
        write(&backup, &copy("12"), "other").await;
        let unchanged = early.into_unchanged().await.unwrap();
        assert_eq!(unchanged.keys().collect::<Vec<_>>(), [&copy("10")]);
        let digest = digest_object(&backup, &copy("10"), 5, algorithm).await.unwrap();
        assert_eq!(unchanged[&copy("10")], digest);
    }
}
