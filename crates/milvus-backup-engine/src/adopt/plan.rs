//! The plan of an adoption: the collection as the foreign backup describes it.

use std::collections::BTreeMap;

use milvus_backup_core::{
    BackupId, BackupParams, BackupPlan, BackupStorageType, BackupType, CollectionRef, CompressionCodec,
    ForeignCollection, PartitionPlan, ReadPoint, Result, SourceKind,
};

use crate::BackupRepository;

/// Returns the plan of the backup that a collection of a foreign backup becomes. It has the time of the foreign backup, so
/// that retention treats it by its age.
pub(super) fn adoption_plan(
    repository: &BackupRepository,
    collection: &CollectionRef,
    name: &str,
    found: ForeignCollection,
    params: &BackupParams,
) -> Result<BackupPlan> {
    let environment = &repository.environment;
    let created_at = found.created_at.unwrap_or_else(|| environment.clock.now());
    let addressable = !found.description.schema.has_partition_key();
    let partition = |name: &String| PartitionPlan { name: name.clone(), addressable, expected_rows: 0 };
    Ok(BackupPlan {
        backup_id: BackupId::new(created_at, environment.entropy.bytes()?),
        backup_name: params.backup_name.clone().unwrap_or_else(|| name.to_owned()),
        collection: collection.clone(),
        collection_id: None,
        milvus_uri: String::new(),
        created_at,
        backup_type: BackupType::FullCollection,
        partitions: found.description.partitions.iter().map(partition).collect(),
        database_properties: BTreeMap::new(),
        storage_type: BackupStorageType::MilvusNative,
        source: SourceKind::Segments,
        read_point: ReadPoint::Unknown,
        compression_enabled: false,
        compression_codec: CompressionCodec::None,
        compression_level: repository.config.compression_level,
        checksum_algorithm: params.checksum_algorithm.unwrap_or(repository.config.checksum_algorithm),
        include_indexes: true,
        chunk_size_bytes: repository.config.chunk_size_bytes(),
        concurrency: repository.config.max_concurrent_chunks,
        memory_limit_bytes: repository.config.memory_limit_bytes,
        skip_failed_partitions: false,
        tags: params.tags.clone(),
        set_id: None,
        milvus_version: found.milvus_version,
        was_loaded: found.was_loaded,
        replica_number: None,
        description: found.description,
    })
}
