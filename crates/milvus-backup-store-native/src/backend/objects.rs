//! The durable files of a backup, with their digests.

use futures::{StreamExt, TryStreamExt};
use milvus_backup_core::{Error, NativeObject, PayloadRequest, Progress, ProgressEvent, Result};
use milvus_backup_repository::digest_object;

use super::NativeBackend;
use super::durable::make_durable;
use super::early::{EarlyDigests, HASHED_AT_ONCE};
use crate::directory::ToolDirectory;

impl NativeBackend {
    /// Computes the digests of all files that have none yet, and makes all durable.
    pub(super) async fn durable_objects(
        &self,
        written: &ToolDirectory,
        early: EarlyDigests<'_>,
        request: &PayloadRequest<'_>,
        progress: &dyn Progress,
    ) -> Result<Vec<NativeObject>> {
        let directory = early.backup;
        let any_partition = &request.description.partitions.first().cloned().unwrap_or_default();
        let mut digests = early.into_unchanged().await?;
        let hash = |(path, size): (&String, &u64)| {
            let (path, size_bytes, known) = (path.clone(), *size, digests.remove(path));
            async move {
                let checksum = match known {
                    Some(checksum) => checksum,
                    None => digest_object(directory, &path, size_bytes, request.checksum_algorithm).await?,
                };
                // The bytes were counted when they were written; this is still not a stall.
                progress.event(ProgressEvent::Advanced { partition: any_partition.clone(), rows: 0, bytes: 0 });
                Ok::<_, Error>(NativeObject { path, size_bytes, checksum })
            }
        };
        let files = futures::stream::iter(written.files().iter().map(hash).collect::<Vec<_>>());
        let objects = files.buffered(HASHED_AT_ONCE).try_collect();
        let (objects, ()) =
            futures::try_join!(objects, make_durable(self.parts.repository.storage(), directory.path()))?;
        Ok(objects)
    }
}
