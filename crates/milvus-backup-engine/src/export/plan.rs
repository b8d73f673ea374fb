//! The plan of an export: the collection as it was when the backup was made, and the parameters of writing.

use futures::future::try_join_all;
use milvus_backup_core::{
    BackupId, BackupPlan, BackupType, CollectionDescription, CompressionCodec, PartitionPlan, ReadPoint, Result,
    SourceKind,
};

use super::job::ExportJob;

impl ExportJob<'_> {
    /// Returns the plan of the logical backup.
    pub(super) async fn plan(&self) -> Result<BackupPlan> {
        let (params, config) = (self.params, &self.destination.config);
        let metadata = self.backup.metadata.clone();
        let definition = self.source.store.definition(&metadata).await?;
        let names = || self.backup.manifest.partitions.iter().map(|partition| &partition.name);
        let counts = try_join_all(names().map(|name| self.session.count_rows(name))).await?;
        let addressable = !definition.schema.has_partition_key();
        let partition =
            |(name, expected_rows): (&String, u64)| PartitionPlan { name: name.clone(), addressable, expected_rows };
        let timestamp = metadata.read_timestamp.as_ref().and_then(|timestamp| timestamp.parse().ok());
        let codec = params.compression_codec.unwrap_or(config.compression_codec);
        let compression_enabled =
            params.compression_enabled.unwrap_or(config.compression_enabled) && codec != CompressionCodec::None;
        Ok(BackupPlan {
            backup_id: BackupId::new(metadata.created_at, self.destination.environment.entropy.bytes()?),
            backup_name: params.backup_name.clone().unwrap_or(metadata.backup_name.clone()),
            collection: metadata.collection()?,
            collection_id: None,
            milvus_uri: metadata.milvus_uri.clone().unwrap_or_default(),
            created_at: metadata.created_at,
            backup_type: BackupType::FullCollection,
            partitions: names().zip(counts).map(partition).collect(),
            description: CollectionDescription {
                name: metadata.collection_name.clone(),
                schema: definition.schema,
                partitions: definition.partitions,
                indexes: definition.indexes.unwrap_or_default(),
                aliases: metadata.aliases,
                limitations: Vec::new(),
            },
            database_properties: definition.database_properties,
            storage_type: self.destination.format.storage_type(),
            source: SourceKind::Segments,
            read_point: ReadPoint::new(timestamp, metadata.consistency),
            compression_enabled,
            compression_codec: if compression_enabled { codec } else { CompressionCodec::None },
            compression_level: params.compression_level.unwrap_or(config.compression_level),
            checksum_algorithm: params.checksum_algorithm.unwrap_or(config.checksum_algorithm),
            include_indexes: metadata.include_indexes,
            chunk_size_bytes: params.chunk_size_bytes.unwrap_or_else(|| config.chunk_size_bytes()),
            concurrency: params.concurrency.unwrap_or(config.max_concurrent_chunks),
            memory_limit_bytes: config.memory_limit_bytes,
            skip_failed_partitions: false,
            tags: if params.tags.is_empty() { metadata.tags } else { params.tags.clone() },
            set_id: None,
            milvus_version: metadata.milvus_version,
            was_loaded: metadata.was_loaded,
            replica_number: metadata.replica_number,
        })
    }
}
