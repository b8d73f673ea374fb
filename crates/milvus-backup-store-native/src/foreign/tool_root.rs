//! [`ToolRoot`]: the directory or bucket in which the tool keeps its backups.

use std::collections::BTreeMap;

use async_trait::async_trait;
use futures::TryStreamExt;
use milvus_backup_core::{
    CollectionRef, Error, ForeignBackup, ForeignBackups, ForeignCollection, NativeObject, NativePayload,
    PartitionMetadata, Payload, PayloadRequest, Progress, ProgressEvent, Result, ScanPosition, ScanSession, ScanTarget,
};
use milvus_backup_repository::{RepositoryHandle, copy_object};
use milvus_backup_storage::{AbandonedUploads, Directory, Storage};

use crate::directory::{ToolDirectory, tool_path};
use crate::name::NativeBackupName;
use crate::rows::NativeFormat;

/// Size of one batch in bytes.
const BATCH_BYTES: usize = 4 << 20;

/// The version of the tool of a foreign backup, which the tool does not record.
const UNKNOWN_VERSION: &str = "unknown";

/// The root of the backups that the tool made, and the repository that can take them in.
#[derive(Debug, Clone)]
pub struct ToolRoot {
    storage: Storage,
    repository: RepositoryHandle,
    format: NativeFormat,
}

impl ToolRoot {
    /// Names the backups at the root of `storage`, which has one directory for each. Nothing is read yet.
    pub fn new(storage: Storage, repository: RepositoryHandle, format: NativeFormat) -> Self {
        Self { storage, repository, format }
    }

    /// Opens the directory of a backup.
    async fn open(&self, name: &str) -> Result<ToolDirectory> {
        let name: NativeBackupName = name.parse()?;
        let below = self.storage.directory(name.as_str()).list().await?;
        if below.is_empty() {
            let path = self.storage.location().to_owned();
            return Err(Error::BackupNotFound { backup: name.to_string(), path });
        }
        let files = below.into_iter().map(|(file, size)| (format!("{name}/{file}"), size)).collect();
        ToolDirectory::at(&self.storage.directory(""), name.to_string(), files).await
    }

    /// Copies the files of a collection, and returns them with their digests.
    async fn copy(
        &self,
        tool: &ToolDirectory,
        (name, directory): (&NativeBackupName, &Directory),
        request: &PayloadRequest<'_>,
        progress: &dyn Progress,
    ) -> Result<Vec<NativeObject>> {
        let (source, uploads) = (self.storage.directory(""), AbandonedUploads::default());
        let mut objects = Vec::new();
        for (file, size_bytes) in tool.files_of(request.collection)? {
            let path = format!("{}{}", tool_path(name.as_str()), file.strip_prefix(name.as_str()).unwrap_or(file));
            let (from, to) = ((&source, file), (directory, path.as_str()));
            let checksum = copy_object(from, size_bytes, to, request.checksum_algorithm, &uploads).await?;
            progress.event(ProgressEvent::Advanced { partition: path.clone(), rows: 0, bytes: size_bytes });
            objects.push(NativeObject { path, size_bytes, checksum });
        }
        Ok(objects)
    }
}

#[async_trait]
impl ForeignBackups for ToolRoot {
    fn location(&self) -> &str {
        self.storage.location()
    }

    async fn list(&self) -> Result<Vec<ForeignBackup>> {
        let mut names = self.storage.subdirectories("").await?;
        names.retain(|name| name.parse::<NativeBackupName>().is_ok());
        names.sort();
        let mut found = Vec::new();
        for name in names {
            let backup = match self.find(&name).await {
                Err(error @ (Error::Corrupted { .. } | Error::BackupNotFound { .. })) => ForeignBackup {
                    problem: Some(error.full_message()),
                    name,
                    collections: Vec::new(),
                    size_bytes: 0,
                    milvus_version: String::new(),
                },
                found => found?,
            };
            found.push(backup);
        }
        Ok(found)
    }

    async fn find(&self, name: &str) -> Result<ForeignBackup> {
        let tool = self.open(name).await?;
        Ok(ForeignBackup {
            name: name.to_owned(),
            collections: tool.collections().iter().map(|(database, name)| format!("{database}.{name}")).collect(),
            size_bytes: tool.files().values().sum(),
            milvus_version: tool.milvus_version().to_owned(),
            problem: None,
        })
    }

    async fn describe(&self, name: &str, collection: &CollectionRef) -> Result<ForeignCollection> {
        self.open(name).await?.describe(collection)
    }

    async fn take(&self, name: &str, request: &PayloadRequest<'_>, progress: &dyn Progress) -> Result<Payload> {
        let tool = self.open(name).await?;
        let name: NativeBackupName = name.parse()?;
        let directory = self.repository.backup(request.collection, request.backup_id);
        let objects = self.copy(&tool, (&name, &directory), request, progress).await?;
        let files: BTreeMap<String, u64> =
            objects.iter().map(|object| (object.path.clone(), object.size_bytes)).collect();
        let copied = ToolDirectory::open(&directory, name.as_str(), files).await?;
        let frozen = copied.frozen(request.collection)?;
        let session = self.format.open_directory(&directory, frozen, &request.description.schema).await?;
        let mut partitions = Vec::new();
        for partition in &request.description.partitions {
            partitions.push(read_whole(session.as_ref(), partition, progress).await?);
        }
        let native = NativePayload {
            name: name.to_string(),
            tool_version: UNKNOWN_VERSION.to_owned(),
            objects,
            segments: copied.segments(request.collection)?,
        };
        Ok(Payload { partitions, native, limitations: Vec::new() })
    }
}

/// Decodes all rows of a partition, and counts them.
async fn read_whole(session: &dyn ScanSession, partition: &str, progress: &dyn Progress) -> Result<PartitionMetadata> {
    let mut row_count = 0;
    let rows = session.count_rows(partition).await?;
    for unit in session.plan(&[ScanTarget { partition: partition.to_owned(), rows, parts: 1 }]).await? {
        let mut batches = session.read(&unit, &ScanPosition::Start, BATCH_BYTES);
        while let Some(batch) = batches.try_next().await? {
            let rows = batch.num_rows() as u64;
            row_count += rows;
            progress.event(ProgressEvent::Advanced { partition: partition.to_owned(), rows, bytes: 0 });
        }
    }
    progress.event(ProgressEvent::PartitionFinished { partition: partition.to_owned(), rows: row_count });
    Ok(PartitionMetadata { name: partition.to_owned(), row_count, row_digest: None, chunks: Vec::new() })
}
