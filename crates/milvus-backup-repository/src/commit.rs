//! The commit, which makes written data files visible as a backup.
//!
//! Must always hold: `metadata.json` is created last and only if there is none. Before it exists there is no backup;
//! once it exists, everything it refers to is durable.

use std::collections::BTreeMap;
use std::sync::Arc;

use bytes::Bytes;
use milvus_backup_core::{
    BackupManifest, BackupMetadata, BackupPlan, BackupState, Completion, Error, FORMAT_VERSION, FailedPartition,
    NativePayload, PartitionMetadata, PayloadKind, Result, WrittenRows,
};
use milvus_backup_storage::Directory;

use crate::documents::{
    ChecksumsDocument, FileEntry, IndexesDocument, SchemaDocument, digest, metadata_to_bytes, to_bytes,
};
use crate::handle::RepositoryHandle;
use crate::layout::{CHECKSUMS, INDEXES, MANIFEST, METADATA, SCHEMA, document_limit};
use crate::stored_sizes::require_stored;

/// Durable data files, and everything needed to commit them.
#[derive(Debug)]
pub(crate) struct PendingCommit {
    repository: RepositoryHandle,
    directory: Directory,
    plan: Arc<BackupPlan>,
    partitions: Vec<PartitionMetadata>,
    failed: Vec<FailedPartition>,
    native: Option<NativePayload>,
}

impl PendingCommit {
    /// Creates the commit of partitions whose data files are durable, and of those that failed.
    pub(crate) fn new(repository: RepositoryHandle, plan: Arc<BackupPlan>, written: WrittenRows) -> Self {
        let directory = repository.backup(&plan.collection, &plan.backup_id);
        let WrittenRows { partitions, failed, native } = written;
        Self { repository, directory, plan, partitions, failed, native }
    }

    /// Makes the backup visible, complete and durable, in one step.
    pub(crate) async fn commit(self, completion: Completion) -> Result<BackupMetadata> {
        let manifest = self.manifest();
        let mut files = data_files(&manifest);
        self.write_covered(SCHEMA, to_bytes(&self.schema_document())?, &mut files).await?;
        if self.plan.include_indexes {
            self.write_covered(INDEXES, to_bytes(&self.indexes_document())?, &mut files).await?;
        }
        let manifest = to_bytes(&manifest)?;
        check_size(MANIFEST, &manifest)?;
        let manifest_checksum = digest(self.plan.checksum_algorithm, &manifest);
        self.write_covered(MANIFEST, manifest, &mut files).await?;
        let checksums = to_bytes(&ChecksumsDocument {
            format_version: FORMAT_VERSION,
            algorithm: self.plan.checksum_algorithm,
            files: files.clone(),
        })?;
        let checksum = digest(self.plan.checksum_algorithm, &checksums);
        let size_bytes = files.values().map(|file| file.size_bytes).sum::<u64>() + checksums.len() as u64;
        let size_of_checksums = checksums.len() as u64;
        self.directory.write_document(CHECKSUMS, checksums).await?;
        let written = files.iter().map(|(file, entry)| (file.as_str(), entry.size_bytes));
        let stored = require_stored(&self.directory, written.chain([(CHECKSUMS, size_of_checksums)])).await?;
        let directory = self.directory.clone();
        let repository = self.repository.clone();
        let metadata = self.metadata(completion, checksum, manifest_checksum, size_bytes);
        let bytes = metadata_to_bytes(&metadata)?;
        check_size(METADATA, &bytes)?;
        repository.create_marker().await?;
        directory.create_document(METADATA, bytes).await?;
        // The journal was needed only to resume the backup. Its remains do no harm.
        if let Err(error) = crate::journal::remove(&repository, &directory, stored).await {
            tracing::warn!(error = error.full_message(), "cannot remove the journal of a backup that is complete");
        }
        Ok(metadata)
    }

    /// Writes a document and records its digest.
    async fn write_covered(&self, file: &str, bytes: Bytes, files: &mut BTreeMap<String, FileEntry>) -> Result<()> {
        let checksum = digest(self.plan.checksum_algorithm, &bytes);
        files.insert(file.to_owned(), FileEntry { size_bytes: bytes.len() as u64, checksum });
        self.directory.write_document(file, bytes).await
    }

    fn schema_document(&self) -> SchemaDocument {
        SchemaDocument {
            format_version: FORMAT_VERSION,
            database: self.plan.collection.database.clone(),
            database_properties: self.plan.database_properties.clone(),
            collection_name: self.plan.collection.name.to_string(),
            schema: self.plan.description.schema.clone(),
            partitions: self.plan.description.partitions.clone(),
        }
    }

    fn manifest(&self) -> BackupManifest {
        BackupManifest {
            format_version: FORMAT_VERSION,
            kind: if self.native.is_some() { PayloadKind::MilvusBackup } else { PayloadKind::Parquet },
            partitions: self.partitions.clone(),
            native: self.native.clone(),
        }
    }

    fn indexes_document(&self) -> IndexesDocument {
        IndexesDocument { format_version: FORMAT_VERSION, indexes: self.plan.description.indexes.clone() }
    }

    fn metadata(
        self,
        completion: Completion,
        checksum: String,
        manifest_checksum: String,
        size_bytes: u64,
    ) -> BackupMetadata {
        let plan = Arc::unwrap_or_clone(self.plan);
        let chunks = || self.partitions.iter().flat_map(|partition| &partition.chunks);
        let objects = || self.native.iter().flat_map(|native| &native.objects);
        BackupMetadata {
            format_version: FORMAT_VERSION,
            backup_id: plan.backup_id,
            backup_name: plan.backup_name,
            database: plan.collection.database,
            collection_name: plan.collection.name,
            created_at: plan.created_at,
            completed_at: completion.completed_at,
            backup_type: plan.backup_type,
            state: if self.failed.is_empty() { BackupState::Completed } else { BackupState::PartiallyCompleted },
            storage_type: plan.storage_type,
            storage_path: self.directory.path().to_owned(),
            row_count: self.partitions.iter().map(|partition| partition.row_count).sum(),
            size_bytes,
            uncompressed_size_bytes: chunks().map(|chunk| chunk.uncompressed_size_bytes).sum(),
            compressed_size_bytes: chunks().map(|chunk| chunk.size_bytes).sum::<u64>()
                + objects().map(|object| object.size_bytes).sum::<u64>(),
            compression_enabled: plan.compression_enabled,
            compression_codec: plan.compression_codec,
            compression_level: plan.compression_level,
            include_indexes: plan.include_indexes,
            checksum_algorithm: plan.checksum_algorithm,
            checksum,
            manifest_checksum,
            lease_epoch: completion.lease_epoch,
            partition_names: self.partitions.iter().map(|partition| partition.name.clone()).collect(),
            failed_partitions: self.failed,
            source: plan.source,
            consistency: plan.read_point.consistency(),
            read_timestamp: plan.read_point.timestamp().map(|timestamp| timestamp.to_string()),
            milvus_uri: Some(plan.milvus_uri).filter(|uri| !uri.is_empty()),
            milvus_version: plan.milvus_version,
            created_by: concat!("milvus-br ", env!("CARGO_PKG_VERSION")).to_owned(),
            tags: plan.tags,
            set_id: plan.set_id,
            aliases: plan.description.aliases,
            was_loaded: plan.was_loaded,
            replica_number: plan.replica_number,
            limitations: completion.limitations,
            verification: None,
            earlier_verifications: Vec::new(),
            pin: None,
        }
    }
}

/// Returns the data files with their records.
fn data_files(manifest: &BackupManifest) -> BTreeMap<String, FileEntry> {
    let files = manifest.data_files();
    files
        .map(|(path, size_bytes, checksum)| (path.to_owned(), FileEntry { size_bytes, checksum: checksum.to_owned() }))
        .collect()
}

/// Checks that a document is not too large for readers.
fn check_size(file: &str, document: &[u8]) -> Result<()> {
    let (size, limit) = (document.len() as u64, document_limit(file));
    if size <= limit {
        return Ok(());
    }
    Err(Error::Refused {
        reason: format!("{file}: {size} bytes exceed the limit of {limit}"),
        hint: "use a larger chunk size, so that there are fewer data files".into(),
    })
}
