//! A backup that the tool writes.

use std::collections::BTreeMap;

use futures::future::join;
use milvus_backup_core::{
    CollectionRef, Error, NativePayload, NativeSegment, PartitionMetadata, Payload, PayloadRequest, Progress,
    ProgressEvent, Result, StoredCollection, StoredSegment,
};
use milvus_backup_storage::Directory;
use tokio::sync::Notify;

use super::NativeBackend;
use super::comparison::difference;
use super::early::EarlyDigests;
use super::growth::{ExpectedPartition, WrittenBytes};
use crate::commands::{BackupFormat, CreateOptions, Strategy};
use crate::directory::{ToolDirectory, tool_path};
use crate::name::NativeBackupName;
use crate::namespace::Namespace;
use crate::process::while_running;

const ACTION: &str = "create a backup";

/// The collection as the server stored it before the tool was run.
struct Before {
    collection: StoredCollection,
    segments: Vec<StoredSegment>,
}

impl NativeBackend {
    /// Lets the tool write the files, compares them with what the server reports, and makes them durable.
    pub(super) async fn created(&self, request: &PayloadRequest<'_>, progress: &dyn Progress) -> Result<Payload> {
        let (collection, catalog) = (request.collection, self.parts.catalog.as_ref());
        let directory = self.parts.repository.backup(collection, request.backup_id);
        let name = NativeBackupName::from(request.backup_id);
        let before = Before {
            collection: catalog.stored_collection(&collection.name).await?,
            segments: catalog.stored_segments(&collection.name).await?,
        };
        let expected = self.expected(&before, request).await?;
        let source = self.parts.milvus_storage.directory("");
        let (tool, algorithm) = (tool_path(name.as_str()), request.checksum_algorithm);
        let storage = self.parts.repository.storage();
        let mut early = EarlyDigests::new(&directory, tool, storage, source, before.collection.id, algorithm);
        let tool_version = self.run_create(request, &name, expected, &mut early, progress).await?;
        let written = ToolDirectory::list(&directory, name.as_str()).await?;
        let wrong = |message: String| self.wrong(request, &message);
        let segments = self.compared(&written, &before, collection).await?.map_err(wrong)?;
        let (partitions, objects) = futures::try_join!(
            self.visible_partitions(&directory, &written, request),
            self.durable_objects(&written, early, request, progress),
        )?;
        for partition in &partitions {
            let (partition, rows) = (partition.name.clone(), partition.row_count);
            progress.event(ProgressEvent::PartitionFinished { partition, rows });
        }
        let native = NativePayload { name: name.to_string(), tool_version, objects, segments };
        Ok(Payload { partitions, native, limitations: Vec::new() })
    }

    /// Runs the tool. Returns its version.
    async fn run_create(
        &self,
        request: &PayloadRequest<'_>,
        name: &NativeBackupName,
        partitions: BTreeMap<i64, ExpectedPartition>,
        early: &mut EarlyDigests<'_>,
        progress: &dyn Progress,
    ) -> Result<String> {
        let session = self.session(early.backup).await?;
        let options = CreateOptions { strategy: Some(Strategy::SerialFlush), format: Some(BackupFormat::Binlog) };
        let invocation = session.commands.create(name, &[Namespace::try_from(request.collection)?], &options)?;
        let storage = self.parts.repository.storage();
        let mut written = WrittenBytes {
            directory: storage.directory(format!("{}/{}", early.backup.path(), early.tool)),
            is_remote: storage.is_remote(),
            progress,
            partitions,
        };
        let (environment, stop) = (&self.parts.environment, Notify::new());
        let run = async {
            let ended = while_running(session.run(&invocation), written.watch(environment)).await;
            stop.notify_one();
            ended
        };
        let (ended, ()) = join(run, early.watch(environment, &stop)).await;
        let ended = ended?;
        written.measure().await;
        if ended.claims_success() {
            return Ok(session.version());
        }
        Err(self.failure(ACTION, request.collection, request.backup_id.as_str(), |context| context.error(&ended)))
    }

    /// Returns what the tool is expected to copy, by the partitions on the server: the insert logs of the live segments.
    async fn expected(
        &self,
        before: &Before,
        request: &PayloadRequest<'_>,
    ) -> Result<BTreeMap<i64, ExpectedPartition>> {
        let names = &request.description.partitions;
        let mut partitions: BTreeMap<i64, ExpectedPartition> = BTreeMap::new();
        for partition in &before.collection.partitions {
            // Those of a partition key have other names in the description.
            let name = names.iter().find(|name| **name == partition.name).or_else(|| names.first());
            let name = name.cloned().unwrap_or_default();
            partitions.insert(partition.id, ExpectedPartition { name, ..ExpectedPartition::default() });
        }
        let live: BTreeMap<i64, u64> = before.segments.iter().map(|segment| (segment.id, segment.rows)).collect();
        for segment in &before.segments {
            if let Some(partition) = partitions.get_mut(&segment.partition) {
                partition.rows += segment.rows;
            }
        }
        let logs = self.parts.milvus_storage.directory("");
        for log in logs.list_versions(&format!("insert_log/{}", before.collection.id)).await? {
            let mut parts = log.path.split('/').skip(2).map(|part| part.parse::<i64>().ok());
            if let (Some(Some(partition)), Some(Some(segment))) = (parts.next(), parts.next())
                && live.contains_key(&segment)
                && let Some(partition) = partitions.get_mut(&partition)
            {
                partition.bytes += log.size_bytes;
            }
        }
        Ok(partitions)
    }

    /// Compares what the tool wrote with what the server had before and has now. The inner error says what is wrong.
    async fn compared(
        &self,
        written: &ToolDirectory,
        before: &Before,
        collection: &CollectionRef,
    ) -> Result<Result<Vec<NativeSegment>, String>> {
        let (found, wanted) = (written.collections(), (collection.database.clone(), collection.name.to_string()));
        if found != [wanted] {
            return Ok(Err(format!("it wrote {} collections, and not only `{collection}`", found.len())));
        }
        let id = written.collection_id(collection)?;
        if id != before.collection.id {
            return Ok(Err(format!("it wrote collection {id}, which is not {} of the server", before.collection.id)));
        }
        let segments = written.segments(collection)?;
        if written.size_bytes() == 0 && segments.iter().any(|segment| segment.inserted_rows > 0) {
            return Ok(Err("it wrote no bytes for the rows of the collection".to_owned()));
        }
        let after = self.parts.catalog.stored_segments(&collection.name).await?;
        Ok(difference(&segments, &before.segments, &after).map_or(Ok(segments), Err))
    }

    fn wrong(&self, request: &PayloadRequest<'_>, message: &str) -> Error {
        self.failure(ACTION, request.collection, request.backup_id.as_str(), |context| {
            context.failed(format!("it reported success, but {message}"))
        })
    }

    /// Returns the partitions of the description, with the rows that are visible after all deletes.
    async fn visible_partitions(
        &self,
        directory: &Directory,
        written: &ToolDirectory,
        request: &PayloadRequest<'_>,
    ) -> Result<Vec<PartitionMetadata>> {
        let frozen = written.frozen(request.collection)?;
        let session = self.parts.format.open_directory(directory, frozen, &request.description.schema).await?;
        let mut partitions = Vec::new();
        for name in &request.description.partitions {
            let row_count = session.count_rows(name).await?;
            let name = name.clone();
            partitions.push(PartitionMetadata { name, row_count, row_digest: None, chunks: Vec::new() });
        }
        session.close().await?;
        Ok(partitions)
    }
}
