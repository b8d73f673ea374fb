//! The implementation of [`Repository`] for [`RepositoryHandle`], which delegates to the methods of the handle.

use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use futures::stream::BoxStream;
use milvus_backup_core::{
    ArchivedBackup, BackedUpDefinition, BackupFiles, BackupId, BackupMetadata, BackupPlan, CollectionName,
    CollectionRef, ContentCheck, Diagnosis, Environment, IncomingCopy, IncompleteBackup, InterruptedBackup, Lease,
    Listing, Operation, OwnerState, Pin, Progress, Repository, Result, StagingCollection, StoredBackup, StoredFile,
    Transaction, VerificationParams, VerificationRecord, VerificationResult, VerifiedBackup,
};

use crate::archive;
use crate::handle::RepositoryHandle;

#[async_trait]
impl Repository for RepositoryHandle {
    fn location(&self) -> &str {
        self.storage().location()
    }

    async fn exists(&self) -> Result<bool> {
        self.storage().exists()
    }

    async fn available_bytes(&self) -> Result<Option<u64>> {
        self.storage().available_bytes()
    }

    async fn prepare(&self, environment: &Environment) -> Result<()> {
        self.prepare(environment).await
    }

    async fn diagnose(&self, environment: &Environment) -> Result<Vec<Diagnosis>> {
        self.diagnose(environment).await
    }

    async fn lease(
        &self,
        collection: &CollectionRef,
        operation: Operation,
        environment: &Environment,
    ) -> Result<Arc<dyn Lease>> {
        self.lease(collection, operation, environment).await
    }

    async fn begin(&self, plan: &BackupPlan) -> Result<Box<dyn Transaction>> {
        Ok(Box::new(self.begin(plan).await?))
    }

    async fn resume(&self, plan: &BackupPlan) -> Result<Box<dyn Transaction>> {
        Ok(Box::new(self.resume(plan).await?))
    }

    async fn interrupted(&self, collection: &CollectionRef, backup_id: &BackupId) -> Result<InterruptedBackup> {
        self.find_interrupted(collection, backup_id).await
    }

    async fn discard(&self, collection: &CollectionRef, backup_id: &BackupId) -> Result<()> {
        self.discard(collection, backup_id).await
    }

    async fn list(&self, collection: Option<&CollectionRef>) -> Result<Listing> {
        self.list_backups(collection).await
    }

    async fn list_committed(&self, collection: &CollectionRef) -> Result<Listing> {
        self.list_committed(collection).await
    }

    async fn open(&self, collection: &CollectionRef, backup_id: &BackupId) -> Result<StoredBackup> {
        self.open(collection, backup_id).await
    }

    async fn summary(&self, collection: &CollectionRef, backup_id: &BackupId) -> Result<BackupMetadata> {
        self.summary(collection, backup_id).await
    }

    async fn find(&self, backup_id: &BackupId) -> Result<Vec<CollectionRef>> {
        self.find(backup_id).await
    }

    async fn definition(&self, metadata: &BackupMetadata) -> Result<BackedUpDefinition> {
        self.read_definition(metadata).await
    }

    async fn verify(
        &self,
        collection: &CollectionRef,
        backup_id: &BackupId,
        params: &VerificationParams,
        now: jiff::Timestamp,
        content: &dyn ContentCheck,
        progress: &dyn Progress,
    ) -> Result<VerificationResult> {
        self.verify_backup(collection, backup_id, params, now, content, progress).await
    }

    async fn keep_verification(
        &self,
        collection: &CollectionRef,
        backup_id: &BackupId,
        record: &VerificationRecord,
        owner: VerifiedBackup,
    ) -> Result<()> {
        self.keep_verification(collection, backup_id, record.clone(), owner).await
    }

    async fn delete(&self, collection: &CollectionRef, backup_id: &BackupId) -> Result<()> {
        self.delete(collection, backup_id).await
    }

    async fn pin(
        &self,
        collection: &CollectionRef,
        backup_id: &BackupId,
        pin: &Pin,
        now: jiff::Timestamp,
    ) -> Result<Option<Pin>> {
        self.pin(collection, backup_id, pin, now).await
    }

    async fn unpin(&self, collection: &CollectionRef, backup_id: &BackupId) -> Result<Option<Pin>> {
        self.unpin(collection, backup_id).await
    }

    async fn files(&self, collection: &CollectionRef, backup_id: &BackupId) -> Result<BackupFiles> {
        self.files(collection, backup_id).await
    }

    fn read_file(&self, backup: &BackupFiles, file: &StoredFile) -> BoxStream<'static, Result<Bytes>> {
        self.read_file(backup, file)
    }

    async fn holds(&self, backup: &BackupFiles) -> Result<bool> {
        self.holds(backup).await
    }

    async fn receive(&self, backup: &BackupFiles) -> Result<Box<dyn IncomingCopy>> {
        self.receive(backup).await
    }

    fn archive(&self, backup: &BackupFiles) -> BoxStream<'static, Result<Bytes>> {
        archive::write(self, backup)
    }

    async fn open_archive(
        &self,
        name: &str,
        content: BoxStream<'static, Result<Bytes>>,
    ) -> Result<Box<dyn ArchivedBackup>> {
        Ok(Box::new(archive::OpenArchive::open(name, content).await?))
    }

    async fn incomplete(&self) -> Result<Vec<IncompleteBackup>> {
        self.find_incomplete().await
    }

    async fn dead_leases(&self, environment: &Environment) -> Result<Vec<CollectionRef>> {
        self.dead_leases(environment).await
    }

    async fn abandoned_probes(&self, environment: &Environment) -> Result<Vec<String>> {
        self.storage().abandoned_probes(environment.clock.now()).await
    }

    async fn remove_probe(&self, name: &str) -> Result<()> {
        self.storage().remove_probe(name).await
    }

    async fn register_staging(&self, source: &CollectionRef, staging: &StagingCollection) -> Result<()> {
        self.register_staging(source, staging).await
    }

    async fn unregister_staging(&self, source: &CollectionRef, name: &CollectionName) -> Result<()> {
        self.unregister_staging(source, name).await
    }

    async fn list_staging(&self) -> Result<Vec<(CollectionRef, StagingCollection, OwnerState)>> {
        self.list_staging().await
    }
}
