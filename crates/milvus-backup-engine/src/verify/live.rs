//! The comparison of the source collection with its backup. The collection may have changed since, so a difference is a
//! warning.

use milvus_backup_core::schema::schema_differences;
use milvus_backup_core::{
    BackedUpDefinition, CollectionDescription, CollectionRef, Error, LoadState, Result, StoredBackup,
    VerificationResult,
};

use super::compare::compare_rows_in;
use super::scans::OpenScans;
use crate::BackupManager;

impl BackupManager {
    /// Compares the rows of the source collection with those of the backup, or warns why they cannot be compared.
    pub(super) async fn compare_live_rows(
        &self,
        scans: &OpenScans,
        collection: &CollectionRef,
        backup: &StoredBackup,
        definition: &BackedUpDefinition,
        result: &mut VerificationResult,
    ) -> Result<()> {
        let name = &collection.name;
        let not_compared = match self.catalog.describe_collection(name).await {
            Err(Error::CollectionNotFound { .. }) => "there is none",
            _ if collection.database != self.collection(name)?.database => "it is in another database",
            Ok(live) if !schema_differences(&definition.schema, &live.schema).is_empty() => "its schema is another",
            Ok(live) if live.name != *name => "it is an alias of another collection",
            Ok(live)
                if backup.metadata.partition_names.iter().any(|partition| !live.partitions.contains(partition)) =>
            {
                "it has other partitions"
            }
            Ok(live) if !self.is_loaded(&live, &backup.metadata.partition_names).await? => "it is not loaded",
            Ok(_) => "",
            Err(error) => return Err(error),
        };
        if !not_compared.is_empty() {
            result.warnings.push(format!("not compared with the live collection `{name}`: {not_compared}"));
            return Ok(());
        }
        let rows = compare_rows_in(scans, self.source.as_ref(), backup, &definition.schema, name).await?;
        let differing = rows.iter().filter(|rows| !rows.is_equal()).map(|rows| format!("`{}`", rows.partition));
        let differing: Vec<String> = differing.collect();
        if !differing.is_empty() {
            result.warnings.push(format!(
                "the live collection `{name}` has other rows than the backup in {}: it changed since, or is another",
                differing.join(", ")
            ));
        }
        result.compared.push(format!("rows of the live collection `{name}` with the backup"));
        Ok(())
    }

    /// Returns whether all of these partitions can be read.
    async fn is_loaded(&self, live: &CollectionDescription, partitions: &[String]) -> Result<bool> {
        let asked = if self.loads_by_partition(&live.schema).await? { partitions } else { &[] };
        Ok(self.catalog.load_state(&live.name, asked).await? == LoadState::Loaded)
    }
}
