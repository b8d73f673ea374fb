//! The plan of a backup: what Milvus has, and how it is to be read and written.

use std::collections::BTreeMap;

use futures::future::try_join_all;
use milvus_backup_core::{
    BackupParams, BackupPlan, CollectionDescription, CollectionName, CompressionCodec, Error, PartitionPlan, Result,
};

use super::attempt::Attempt;
use crate::BackupManager;

impl BackupManager {
    /// What to write, from what Milvus says now.
    pub(super) async fn plan(
        &self,
        attempt: &Attempt,
        params: &BackupParams,
        mut description: CollectionDescription,
        partitions: Vec<String>,
        backup_name: String,
        was_loaded: bool,
    ) -> Result<BackupPlan> {
        let name = &attempt.collection.name;
        let database_properties = self.database_properties(&mut description).await?;
        let read_point = self.milvus.read_point(name).await?;
        let schema = &description.schema;
        let addressable = !schema.has_partition_key();
        let counts = try_join_all(partitions.iter().map(|partition| {
            let partition = addressable.then_some(partition.as_str());
            self.milvus.count_rows(name, schema, partition, read_point)
        }))
        .await?;
        let chunk_size_bytes = params.chunk_size_bytes.unwrap_or_else(|| self.repository.config.chunk_size_bytes());
        let concurrency = params.concurrency.unwrap_or(self.repository.config.max_concurrent_chunks);
        let splits = try_join_all(partitions.iter().zip(&counts).map(|(partition, rows)| async move {
            let partition = addressable.then_some(partition.as_str());
            let bytes = rows.saturating_mul(schema.estimated_row_bytes());
            match parts(bytes, chunk_size_bytes) {
                parts if parts > 1 && concurrency > 1 => {
                    self.milvus.split_keys(name, schema, partition, *rows, parts).await
                }
                _ => Ok(Vec::new()),
            }
        }))
        .await?;
        let codec = params.compression_codec.unwrap_or(self.repository.config.compression_codec);
        let compression_enabled = params.compression_enabled.unwrap_or(self.repository.config.compression_enabled)
            && codec != CompressionCodec::None;
        Ok(BackupPlan {
            backup_id: attempt.backup_id.clone(),
            backup_name,
            collection: attempt.collection.clone(),
            collection_id: attempt.pin.mark.id(),
            milvus_uri: self.milvus.uri().to_owned(),
            created_at: attempt.created_at,
            backup_type: params.backup_type,
            partitions: partitions
                .into_iter()
                .zip(counts)
                .zip(splits)
                .map(|((name, expected_rows), split_keys)| PartitionPlan {
                    name,
                    addressable,
                    expected_rows,
                    split_keys,
                })
                .collect(),
            description,
            database_properties,
            read_point,
            compression_enabled,
            compression_codec: if compression_enabled { codec } else { CompressionCodec::None },
            compression_level: params.compression_level.unwrap_or(self.repository.config.compression_level),
            checksum_algorithm: params.checksum_algorithm.unwrap_or(self.repository.config.checksum_algorithm),
            include_indexes: params.include_indexes,
            chunk_size_bytes,
            concurrency,
            memory_limit_bytes: self.repository.config.memory_limit_bytes,
            skip_failed_partitions: params.skip_failed_partitions,
            tags: params.tags.clone(),
            milvus_version: self.milvus.server_version().await?,
            was_loaded,
            replica_number: if was_loaded { self.milvus.replica_number(name).await? } else { None },
        })
    }

    /// The collection does not depend on them: a server that does not let this user see them is no reason to fail.
    async fn database_properties(&self, description: &mut CollectionDescription) -> Result<BTreeMap<String, String>> {
        match self.milvus.database_properties().await {
            Err(error @ (Error::PermissionDenied { .. } | Error::Milvus { .. })) => {
                let message = format!("properties of the database are not stored: {}", error.full_message());
                description.limitations.push(message);
                Ok(BTreeMap::new())
            }
            answer => answer,
        }
    }
}

/// Bytes between two keys after which a partition can be divided. Two or more of them are worth a stream and a file of
/// their own.
const PART_BYTES: u64 = 8 << 20;

/// More keys than that make the parts no more equal: they are found in a sample.
const MAX_PARTS: u64 = 512;

/// Into how many parts a partition of so many bytes can be divided.
fn parts(bytes: u64, chunk_size_bytes: u64) -> usize {
    let parts = bytes / PART_BYTES.min(chunk_size_bytes).max(1);
    usize::try_from(parts.clamp(1, MAX_PARTS)).unwrap_or(1)
}

/// The partitions to back up, in the order of the server.
pub(super) fn select_partitions(
    collection: &CollectionName,
    description: &CollectionDescription,
    requested: &[String],
) -> Result<Vec<String>> {
    if requested.is_empty() {
        return Ok(description.partitions.clone());
    }
    if description.schema.has_partition_key() {
        return Err(Error::Unsupported {
            what: format!("partition backups of `{collection}`: its rows are spread by a partition key"),
        });
    }
    if let Some(missing) = requested.iter().find(|name| !description.partitions.contains(name)) {
        return Err(Error::PartitionNotFound {
            partition: missing.clone(),
            owner: collection.to_string(),
            available: description.partitions.clone(),
        });
    }
    Ok(description.partitions.iter().filter(|name| requested.contains(name)).cloned().collect())
}

#[cfg(test)]
mod tests {
    use super::parts;

    #[test]
    fn parts_are_neither_small_nor_many() {
        let (mib, gib) = (1_u64 << 20, 1_u64 << 30);
        for (bytes, chunk_size, expected) in [
            (0, 256 * mib, 1),
            (15 * mib, 256 * mib, 1),
            (16 * mib, 256 * mib, 2),
            (gib, 256 * mib, 128),
            (100 * gib, 256 * mib, 512),
            (8 * mib, mib, 8),
            (u64::MAX, 1, 512),
        ] {
            assert_eq!(parts(bytes, chunk_size), expected, "{bytes} {chunk_size}");
        }
    }
}
