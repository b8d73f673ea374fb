//! A program that writes backups by itself, and the reader of its files: the rows of a Milvus in memory.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use bytes::Bytes;
use milvus_backup_core::schema::CollectionSchema;
use milvus_backup_core::{
    Backend, BackupStorageType, Catalog, CollectionRef, ContentCheck, Diagnosis, Error, Findings, ForeignBackup,
    ForeignBackups, ForeignCollection, NativeObject, NativePayload, Operation, PartitionMetadata, Payload,
    PayloadRequest, PayloadRestore, PhysicalFormat, Progress, ProgressEvent, Result, RowSink, RowSource, SampledGroup,
    ScanOptions, ScanSession, StoredBackup, VerificationParams,
};
use milvus_backup_integrity::ChecksumCalculator;
use milvus_backup_repository::RepositoryHandle;
use milvus_backup_testkit::fakes::{InMemoryMilvus, samples};

use object_store::memory::InMemory;

use crate::environment::TestClock;
use crate::frozen_source::FrozenSource;
use crate::world::{World, take_over};

/// What the program does wrong.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Fault {
    #[default]
    None,
    /// It fails after its first file.
    Fails,
    /// It never ends.
    Hangs,
    /// It says that it is done, and has left out a partition.
    LeavesOut,
    /// While it writes, another operation takes over the lease.
    LosesLease,
    /// It restores one row less, and says that it is done.
    LosesRow,
}

/// The program, which copies the rows of a Milvus in memory, and restores copies of them.
#[derive(Debug)]
pub(crate) struct Program {
    milvus: InMemoryMilvus,
    repository: RepositoryHandle,
    pub(crate) fault: Mutex<Fault>,
    store: Arc<InMemory>,
    clock: Arc<TestClock>,
    /// The store as it was when the program began to hang.
    pub(crate) midway: Mutex<Option<InMemory>>,
    /// Why it cannot restore.
    pub(crate) obstacle: Option<String>,
}

impl Program {
    pub(crate) fn of(world: &World) -> Self {
        Self {
            milvus: world.milvus.clone(),
            repository: world.repository.clone(),
            fault: Mutex::default(),
            store: Arc::clone(&world.store),
            clock: Arc::clone(&world.clock),
            midway: Mutex::default(),
            obstacle: None,
        }
    }

    pub(crate) fn with_fault(world: &World, fault: Fault) -> Self {
        Self { fault: Mutex::new(fault), ..Self::of(world) }
    }

    fn fault(&self) -> Fault {
        *self.fault.lock().unwrap()
    }

    async fn write(&self, request: &PayloadRequest<'_>, progress: &dyn Progress) -> Result<Payload> {
        let directory = self.repository.backup(request.collection, request.backup_id);
        let (mut partitions, mut objects) = (Vec::new(), Vec::new());
        for name in &request.description.partitions {
            let rows = self.milvus.rows(&request.collection.name, Some(name)).unwrap();
            let bytes = Bytes::from(samples::texts(&rows).join("\n"));
            let path = format!("data/copy/{name}.log");
            directory.write_document(&path, bytes.clone()).await?;
            progress.event(ProgressEvent::Advanced { partition: name.clone(), rows: 0, bytes: bytes.len() as u64 });
            match self.fault() {
                Fault::Fails => return Err(Error::Protocol { message: "the program failed".to_owned() }),
                Fault::Hangs => {
                    *self.midway.lock().unwrap() = Some(self.store.fork());
                    self.clock.advance(std::time::Duration::from_mins(10));
                    std::future::pending::<()>().await;
                }
                _ => {}
            }
            let checksum = ChecksumCalculator::new(request.checksum_algorithm).calculate_data_checksum(&bytes);
            objects.push(NativeObject { path, size_bytes: bytes.len() as u64, checksum });
            partitions.push(PartitionMetadata {
                name: name.clone(),
                row_count: rows.num_rows() as u64,
                row_digest: None,
                chunks: Vec::new(),
            });
        }
        if self.fault() == Fault::LosesLease {
            take_over(&self.store, &request.collection.name).await;
        }
        if self.fault() == Fault::LeavesOut {
            partitions.pop();
        }
        let (name, tool_version) = ("copy".to_owned(), "1.0".to_owned());
        let native = NativePayload { name, tool_version, objects, segments: Vec::new() };
        Ok(Payload { partitions, native, limitations: vec!["made by a program".to_owned()] })
    }
}

#[async_trait]
impl Backend for Program {
    fn storage_type(&self) -> BackupStorageType {
        BackupStorageType::MilvusNative
    }

    async fn require_usable(&self, _: Operation, _: &CollectionRef) -> Result<()> {
        Ok(())
    }

    async fn diagnose(&self) -> Vec<Diagnosis> {
        Vec::new()
    }

    async fn create(&self, request: &PayloadRequest<'_>, progress: &dyn Progress) -> Result<Payload> {
        self.write(request, progress).await
    }

    async fn obstacle_to_restore(&self, _: &StoredBackup) -> Result<Option<String>> {
        Ok(self.obstacle.clone())
    }

    async fn restore(&self, request: &PayloadRestore<'_>, _: &dyn Progress) -> Result<()> {
        let (source, target) = (&request.backup.metadata.collection_name, &request.target.name);
        let schema = samples::schema();
        self.milvus.create_collection(target, &schema).await?;
        for name in request.partitions {
            if name != "_default" {
                self.milvus.create_partition(target, name).await?;
            }
            let rows = self.milvus.rows(source, Some(name)).unwrap();
            let kept = if self.fault() == Fault::LosesRow { rows.num_rows() - 1 } else { rows.num_rows() };
            self.milvus.insert(target, &schema, Some(name), rows.slice(0, kept)).await?;
        }
        self.milvus.flush(target).await
    }
}

/// The reader of its files. It finds the rows in the Milvus in memory.
#[derive(Debug)]
pub(crate) struct Reader(pub(crate) FrozenSource);

impl Reader {
    pub(crate) fn of(world: &World) -> Arc<Self> {
        Arc::new(Self(FrozenSource::of(&world.milvus)))
    }
}

#[async_trait]
impl PhysicalFormat for Reader {
    async fn open_rows(&self, backup: &StoredBackup, schema: &CollectionSchema) -> Result<Arc<dyn ScanSession>> {
        self.0.open(&backup.metadata.collection_name, schema, ScanOptions::default()).await
    }

    fn content_check(&self) -> &dyn ContentCheck {
        self
    }
}

#[async_trait]
impl ContentCheck for Reader {
    fn sample(
        &self,
        backup: &StoredBackup,
        _: &VerificationParams,
        _: &std::collections::HashSet<&str>,
    ) -> Vec<SampledGroup> {
        let objects = backup.manifest.native.iter().flat_map(|native| &native.objects);
        objects.map(|object| SampledGroup { file: object.path.clone(), index: 0, bytes: object.size_bytes }).collect()
    }

    async fn check(&self, _: &StoredBackup, sample: &[SampledGroup], findings: &mut Findings<'_>) -> Result<()> {
        for group in sample {
            findings.decoded(&group.file, group.bytes);
        }
        Ok(())
    }
}

#[async_trait]
impl ForeignBackups for Program {
    fn location(&self) -> &'static str {
        "elsewhere"
    }

    async fn list(&self) -> Result<Vec<ForeignBackup>> {
        Ok(Vec::new())
    }

    async fn find(&self, name: &str) -> Result<ForeignBackup> {
        Err(Error::BackupNotFound { backup: name.to_owned(), path: self.location().to_owned() })
    }

    async fn describe(&self, _: &str, collection: &CollectionRef) -> Result<ForeignCollection> {
        let description = self.milvus.describe_collection(&collection.name).await?;
        let created_at = Some("2026-01-02T03:04:05Z".parse().unwrap());
        Ok(ForeignCollection { description, milvus_version: "2.3.5".to_owned(), created_at, was_loaded: true })
    }

    async fn take(&self, _: &str, request: &PayloadRequest<'_>, progress: &dyn Progress) -> Result<Payload> {
        self.write(request, progress).await
    }
}
