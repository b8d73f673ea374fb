//! [`LocalStore`]: the repository as a [`BackupStore`].

use std::sync::Arc;

use arrow_array::RecordBatch;
use async_trait::async_trait;
use milvus_backup_core::{
    BackedUpDefinition, BackupId, BackupMetadata, BackupPlan, BackupStorageType, BackupStore, CollectionName,
    CollectionRef, Environment, IncompleteBackup, InterruptedBackup, Lease, Listing, Operation, OwnerState, Progress,
    RestorePlan, RestoredPartition, Result, RetryPolicy, RowEncoding, RowFormat, RowSink, StoredBackup, Transaction,
    UnfinishedCollection, UnitWriters, VerificationParams, VerificationRecord, VerificationResult,
};

use milvus_backup_repository::RepositoryHandle;
use milvus_backup_storage::Storage;
use object_store::ObjectStore;

use crate::sample::SampleCheck;
use crate::write::ParquetWriters;

/// A repository of backups as plain Parquet files. Cheap to clone.
#[derive(Debug, Clone)]
pub struct LocalStore {
    repository: RepositoryHandle,
}

impl LocalStore {
    /// Opens the repository below a directory. Nothing is created until a backup is written.
    ///
    /// # Errors
    /// [`Error::InvalidParameter`](milvus_backup_core::Error) for an empty root and for a URL.
    pub fn open(root: &str) -> Result<Self> {
        Ok(Self::new(Storage::open(root)?))
    }

    /// Uses the repository at the root of `storage`.
    pub fn new(storage: Storage) -> Self {
        Self { repository: RepositoryHandle::new(storage) }
    }

    /// Replaces the policy of retries: of calls to the object store, and of data files that could not be written.
    #[must_use]
    pub fn with_retries(self, retries: RetryPolicy) -> Self {
        Self::new(self.repository.storage().clone().with_retries(retries))
    }

    /// Puts a layer between the object store and the retries: to throttle, to count, or to let it fail.
    #[must_use]
    pub fn layered(self, layer: impl FnOnce(Arc<dyn ObjectStore>) -> Arc<dyn ObjectStore>) -> Self {
        Self::new(self.repository.storage().clone().layered(layer))
    }
}

#[async_trait]
impl RowFormat for LocalStore {
    fn storage_type(&self) -> BackupStorageType {
        BackupStorageType::LocalFile
    }

    async fn estimate(&self, encoding: &RowEncoding, rows: RecordBatch) -> Result<u64> {
        crate::write::encoded_bytes(encoding.clone(), rows).await
    }

    fn writers(
        &self,
        collection: &CollectionRef,
        backup_id: &BackupId,
        encoding: Arc<RowEncoding>,
    ) -> Arc<dyn UnitWriters> {
        let is_local = self.repository.storage().local_root().is_some();
        Arc::new(ParquetWriters::new(self.repository.backup(collection, backup_id), is_local, encoding))
    }
}

#[async_trait]
impl BackupStore for LocalStore {
    fn storage_type(&self) -> BackupStorageType {
        BackupStorageType::LocalFile
    }

    fn root(&self) -> &str {
        self.repository.storage().location()
    }

    async fn exists(&self) -> Result<bool> {
        self.repository.storage().exists()
    }

    async fn available_bytes(&self) -> Result<Option<u64>> {
        self.repository.storage().available_bytes()
    }

    async fn prepare(&self, environment: &Environment) -> Result<()> {
        self.repository.prepare(environment).await
    }

    async fn lease(
        &self,
        collection: &CollectionRef,
        operation: Operation,
        environment: &Environment,
    ) -> Result<Arc<dyn Lease>> {
        self.repository.lease(collection, operation, environment).await
    }

    fn format(&self) -> &dyn RowFormat {
        self
    }

    async fn begin(&self, plan: &BackupPlan) -> Result<Box<dyn Transaction>> {
        Ok(Box::new(self.repository.begin(plan).await?))
    }

    async fn resume(&self, plan: &BackupPlan) -> Result<Box<dyn Transaction>> {
        Ok(Box::new(self.repository.resume(plan).await?))
    }

    async fn interrupted(&self, collection: &CollectionRef, backup_id: &BackupId) -> Result<InterruptedBackup> {
        self.repository.find_interrupted(collection, backup_id).await
    }

    async fn discard(&self, collection: &CollectionRef, backup_id: &BackupId) -> Result<()> {
        self.repository.discard(collection, backup_id).await
    }

    async fn list(&self, collection: Option<&CollectionRef>) -> Result<Listing> {
        self.repository.list_backups(collection).await
    }

    async fn open(&self, collection: &CollectionRef, backup_id: &BackupId) -> Result<StoredBackup> {
        self.repository.open(collection, backup_id).await
    }

    async fn find(&self, backup_id: &BackupId) -> Result<Vec<CollectionRef>> {
        self.repository.find(backup_id).await
    }

    async fn definition(&self, metadata: &BackupMetadata) -> Result<BackedUpDefinition> {
        self.repository.read_definition(metadata).await
    }

    async fn verify(
        &self,
        collection: &CollectionRef,
        backup_id: &BackupId,
        params: &VerificationParams,
        now: jiff::Timestamp,
        progress: &dyn Progress,
    ) -> Result<VerificationResult> {
        let content = SampleCheck::new(self.repository.clone());
        self.repository.verify_backup(collection, backup_id, params, now, &content, progress).await
    }

    async fn keep_verification(
        &self,
        collection: &CollectionRef,
        backup_id: &BackupId,
        record: &VerificationRecord,
    ) -> Result<()> {
        self.repository.keep_verification(collection, backup_id, record.clone()).await
    }

    async fn restore_rows(
        &self,
        sink: Arc<dyn RowSink>,
        plan: RestorePlan,
        progress: Arc<dyn Progress>,
    ) -> Result<Vec<RestoredPartition>> {
        crate::restore::restore_rows(&self.repository, sink, plan, progress).await
    }

    async fn delete(&self, collection: &CollectionRef, backup_id: &BackupId) -> Result<()> {
        self.repository.delete(collection, backup_id).await
    }

    async fn incomplete(&self) -> Result<Vec<IncompleteBackup>> {
        self.repository.find_incomplete().await
    }

    async fn note_collection(&self, collection: &CollectionRef, unfinished: &UnfinishedCollection) -> Result<()> {
        self.repository.register_staging(collection, unfinished).await
    }

    async fn forget_collection(&self, collection: &CollectionRef, name: &CollectionName) -> Result<()> {
        self.repository.unregister_staging(collection, name).await
    }

    async fn unfinished_collections(&self) -> Result<Vec<(CollectionRef, UnfinishedCollection, OwnerState)>> {
        self.repository.list_staging().await
    }
}
