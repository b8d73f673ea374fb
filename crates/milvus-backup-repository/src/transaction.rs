//! [`BackupTransaction`]: a backup from its first record to its commit.

use std::collections::HashSet;
use std::sync::Arc;

use async_trait::async_trait;
use milvus_backup_core::schema::PrimaryKey;
use milvus_backup_core::{
    BackupMetadata, BackupPlan, ChunkMetadata, CompletedChunks, Completion, Result, Transaction, WrittenRows,
};
use milvus_backup_storage::Directory;

use crate::commit::PendingCommit;
use crate::handle::RepositoryHandle;
use crate::journal::{find_completed, note_chunk};
use crate::layout::DATA;

/// A backup in progress, from its start to its commit.
#[derive(Debug)]
pub struct BackupTransaction {
    repository: RepositoryHandle,
    directory: Directory,
    plan: Arc<BackupPlan>,
}

impl RepositoryHandle {
    /// Starts a backup, and records its plan before anything else is written.
    ///
    /// # Errors
    /// [`milvus_backup_core::Error::Storage`] if the plan cannot be recorded.
    pub async fn begin(&self, plan: &BackupPlan) -> Result<BackupTransaction> {
        self.note_plan(plan).await?;
        Ok(self.transaction(plan))
    }

    /// Resumes an interrupted backup, and aborts its uploads.
    ///
    /// # Errors
    /// [`milvus_backup_core::Error::Storage`], and [`milvus_backup_core::Error::Corrupted`] with the path of a symbolic
    /// link.
    pub async fn resume(&self, plan: &BackupPlan) -> Result<BackupTransaction> {
        let transaction = self.transaction(plan);
        self.storage().refuse_links(transaction.directory.path()).await?;
        self.note_plan(plan).await?;
        self.abort_uploads(&transaction.directory).await?;
        Ok(transaction)
    }

    fn transaction(&self, plan: &BackupPlan) -> BackupTransaction {
        BackupTransaction {
            repository: self.clone(),
            directory: self.backup(&plan.collection, &plan.backup_id),
            plan: Arc::new(plan.clone()),
        }
    }
}

#[async_trait]
impl Transaction for BackupTransaction {
    async fn note_chunk(&self, chunk: &ChunkMetadata, after: Option<&PrimaryKey>) -> Result<()> {
        note_chunk(&self.directory, chunk, after).await
    }

    async fn completed_chunks(&self) -> Result<Vec<CompletedChunks>> {
        let files = self.directory.list().await?;
        let mut completed = Vec::with_capacity(self.plan.partitions.len());
        for partition in &self.plan.partitions {
            completed.push(find_completed(&self.directory, &files, &self.plan, partition).await?);
        }
        Ok(completed)
    }

    async fn retain(&self, chunks: &[&ChunkMetadata]) -> Result<()> {
        let kept: HashSet<&str> = chunks.iter().map(|chunk| chunk.path.as_str()).collect();
        let files = self.directory.list().await?.into_iter().map(|(file, _)| file);
        let others = files.filter(|file| file.starts_with(DATA) && !kept.contains(file.as_str()));
        self.directory.delete(others.collect::<Vec<_>>()).await
    }

    async fn commit(self: Box<Self>, written: WrittenRows, completion: Completion) -> Result<BackupMetadata> {
        PendingCommit::new(self.repository, self.plan, written).commit(completion).await
    }
}
