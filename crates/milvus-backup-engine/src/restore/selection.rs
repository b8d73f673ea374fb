//! The selection of the partitions to restore.

use milvus_backup_core::{BackupMetadata, Error, Result};

/// Returns the requested partitions in the order of the backup; all partitions if none is requested.
pub(super) fn select_partitions(metadata: &BackupMetadata, requested: &[String]) -> Result<Vec<String>> {
    if let Some(missing) = requested.iter().find(|name| !metadata.partition_names.contains(name)) {
        return Err(Error::PartitionNotFound {
            partition: missing.clone(),
            owner: metadata.backup_id.to_string(),
            available: metadata.partition_names.clone(),
        });
    }
    let chosen = |name: &&String| requested.is_empty() || requested.contains(name);
    Ok(metadata.partition_names.iter().filter(chosen).cloned().collect())
}
