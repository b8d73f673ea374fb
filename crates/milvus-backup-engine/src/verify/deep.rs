//! Deep verification: a backup restored into a temporary collection, which is read back and compared.
//!
//! Must always hold: the temporary collection is dropped, whatever ends the verification; one that a killed process
//! left is dropped by the next deep verification of the same backup.

use milvus_backup_core::schema::{DataType, FieldSchema, IndexDefinition, schema_differences};
use milvus_backup_core::{
    Access, AutoIdPolicy, BackedUpDefinition, BackupId, BackupMetadata, CollectionDescription, CollectionName,
    CollectionRef, Error, Finding, FindingKind, LoadState, ProgressEvent, RestoreParams, Result, VerificationParams,
    VerificationResult, VerificationType,
};

use super::compare::{RowComparison, compare_rows};
use crate::BackupManager;

/// Marks the collections that deep verifications make for themselves.
pub(crate) const VERIFICATION_PREFIX: &str = "milvus_br_verify_";

/// The temporary collection of one verification of a backup.
fn temporary_name(backup_id: &BackupId, randomness: [u8; 4]) -> Result<CollectionName> {
    let backup_id = backup_id.as_str().replace('-', "_");
    format!("{VERIFICATION_PREFIX}{backup_id}_{:08x}", u32::from_be_bytes(randomness)).parse()
}

impl BackupManager {
    /// Compares a backup with what it recorded of itself, and keeps the outcome with it. With
    /// [`VerificationType::Deep`] it is also restored into a temporary collection, which is read back: rows (by
    /// digest and count), schema and indexes are compared with the backup, and the rows with the collection the
    /// backup was made of, where that is still there and loaded.
    ///
    /// A live collection that differs is a warning, since it may have changed. What was compared is in
    /// [`VerificationResult::compared`].
    ///
    /// # Errors
    /// When the verification itself could not be done. Findings are part of the result.
    pub async fn verify_backup(
        &self,
        collection: &CollectionRef,
        backup_id: &BackupId,
        params: &VerificationParams,
    ) -> Result<VerificationResult> {
        if params.verification_type != VerificationType::Deep {
            return self.repository.verify_backup(collection, backup_id, params).await;
        }
        params.validate()?;
        self.repository.announce_verification(collection, backup_id);
        let environment = &self.repository.environment;
        let started = environment.clock.elapsed();
        let temporary = temporary_name(backup_id, environment.entropy.bytes()?)?;
        let needed = [Access::RESTORING, &[Access::CreateIndex, Access::Load], Access::READING].concat();
        self.milvus.require_access(&temporary, &needed).await?;
        let verified = self.verify_deep(collection, backup_id, params, &temporary).await;
        self.drop_temporary(collection, &temporary).await;
        let mut result = verified?;
        result.success = result.errors.is_empty();
        result.verified_at = environment.clock.now();
        result.verification_time_ms = self.repository.milliseconds_since(started);
        self.repository.keep_verification(collection, &result).await;
        Ok(result)
    }

    async fn verify_deep(
        &self,
        collection: &CollectionRef,
        backup_id: &BackupId,
        params: &VerificationParams,
        temporary: &CollectionName,
    ) -> Result<VerificationResult> {
        let environment = &self.repository.environment;
        let started = environment.clock.elapsed();
        let deadline = params.timeout.unwrap_or(self.repository.config.verification_timeout);
        let left = || deadline.saturating_sub(environment.clock.elapsed().saturating_sub(started));
        let files = self.compare_files(collection, backup_id, params);
        let (metadata, mut result) = match environment.bounded(left(), files).await? {
            (Some(metadata), result) => (metadata, result),
            (None, result) => return Ok(result),
        };
        let mut restore = RestoreParams::to(temporary.clone());
        restore.verify_before_restore = Some(false);
        restore.auto_id = AutoIdPolicy::Plain;
        restore.timeout = Some(left());
        self.note_unfinished(collection, temporary, temporary, backup_id).await;
        // It keeps the deadline itself, and tidies up when that passes.
        Box::pin(self.restore_backup(collection, backup_id, &restore)).await?;
        let restored = self.compare_restored(collection, &metadata, temporary, &mut result);
        environment.bounded(left(), restored).await?;
        Ok(result)
    }

    /// The files by their checksums, and the metadata when nothing is wrong with them.
    async fn compare_files(
        &self,
        collection: &CollectionRef,
        backup_id: &BackupId,
        params: &VerificationParams,
    ) -> Result<(Option<BackupMetadata>, VerificationResult)> {
        let mut result = self.repository.compare_files(collection, backup_id, params).await?;
        result.compared.push("files with their checksums".to_owned());
        if !result.success {
            return Ok((None, result));
        }
        self.prune_dead_verifications(backup_id).await?;
        Ok((Some(self.repository.store.get(collection, backup_id).await?), result))
    }

    async fn compare_restored(
        &self,
        collection: &CollectionRef,
        metadata: &BackupMetadata,
        temporary: &CollectionName,
        result: &mut VerificationResult,
    ) -> Result<()> {
        let definition = self.repository.store.definition(metadata).await?;
        self.compare_definition(&definition, temporary, result).await?;
        self.make_searchable(&definition, temporary).await?;
        self.compare_restored_rows(metadata, &definition, temporary, result).await?;
        self.compare_live_rows(collection, metadata, &definition, result).await
    }

    async fn compare_definition(
        &self,
        definition: &BackedUpDefinition,
        temporary: &CollectionName,
        result: &mut VerificationResult,
    ) -> Result<()> {
        let restored = self.milvus.describe_collection(temporary).await?;
        for difference in schema_differences(&definition.schema, &restored.schema) {
            result.errors.push(differs("schema.json", "the schema of the backup", &difference));
        }
        result.compared.push("schema of the restored collection with the backup".to_owned());
        let Some(indexes) = &definition.indexes else { return Ok(()) };
        let count_of = |field: &str| restored.indexes.iter().filter(|index| index.field_name == field).count();
        for index in indexes {
            let field = &index.field_name;
            if count_of(field) != indexes.iter().filter(|other| other.field_name == *field).count() {
                let difference = format!("{} indexes of field `{field}`", count_of(field));
                result.errors.push(differs("indexes/indexes.json", "the indexes of the backup", &difference));
            }
        }
        result.compared.push("indexes of the restored collection with the backup".to_owned());
        Ok(())
    }

    /// Loads the collection. A vector field that was backed up without its index gets one, since Milvus loads none
    /// without.
    async fn make_searchable(&self, definition: &BackedUpDefinition, temporary: &CollectionName) -> Result<()> {
        let indexed = definition.indexes.as_deref().unwrap_or_default();
        let bare = |field: &&FieldSchema| indexed.iter().all(|index| index.field_name != field.name);
        for field in definition.schema.fields.iter().filter(|field| field.data_type.is_vector()).filter(bare) {
            self.milvus.create_index(temporary, &flat_index(field)).await?;
        }
        self.milvus.load_collection(temporary, None).await
    }

    async fn compare_restored_rows(
        &self,
        metadata: &BackupMetadata,
        definition: &BackedUpDefinition,
        temporary: &CollectionName,
        result: &mut VerificationResult,
    ) -> Result<()> {
        for comparison in self.compare_rows(metadata, definition, temporary).await? {
            if !comparison.is_equal() {
                result.errors.push(Finding {
                    file: data_file(metadata, &comparison.partition),
                    kind: FindingKind::Differs,
                    expected: rows_and_digest(comparison.recorded_rows, &comparison.recorded_digest),
                    actual: rows_and_digest(comparison.found_rows, &comparison.found_digest),
                    message: format!(
                        "partition `{}`, restored, has {}, but {} are recorded",
                        comparison.partition,
                        rows_and_digest(comparison.found_rows, &comparison.found_digest),
                        rows_and_digest(comparison.recorded_rows, &comparison.recorded_digest),
                    ),
                });
            }
        }
        result.compared.push("rows of the restored collection with the backup".to_owned());
        Ok(())
    }

    async fn compare_live_rows(
        &self,
        collection: &CollectionRef,
        metadata: &BackupMetadata,
        definition: &BackedUpDefinition,
        result: &mut VerificationResult,
    ) -> Result<()> {
        let name = &collection.name;
        let not_compared = match self.milvus.describe_collection(name).await {
            Err(Error::CollectionNotFound { .. }) => "there is none",
            _ if collection.database != self.collection(name)?.database => "it is in another database",
            Ok(live) if !schema_differences(&definition.schema, &live.schema).is_empty() => "its schema is another",
            Ok(live) if live.name != *name => "it is an alias of another collection",
            Ok(live) if metadata.partition_names.iter().any(|partition| !live.partitions.contains(partition)) => {
                "it has other partitions"
            }
            Ok(live) if !self.is_loaded(&live, &metadata.partition_names).await? => "it is not loaded",
            Ok(_) => "",
            Err(error) => return Err(error),
        };
        if !not_compared.is_empty() {
            result.warnings.push(format!("not compared with the live collection `{name}`: {not_compared}"));
            return Ok(());
        }
        let rows = self.compare_rows(metadata, definition, name).await?;
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

    /// Whether all of these partitions can be read.
    async fn is_loaded(&self, live: &CollectionDescription, partitions: &[String]) -> Result<bool> {
        let asked = if self.loads_by_partition(&live.schema).await? { partitions } else { &[] };
        Ok(self.milvus.load_state(&live.name, asked).await? == LoadState::Loaded)
    }

    async fn compare_rows(
        &self,
        metadata: &BackupMetadata,
        definition: &BackedUpDefinition,
        collection: &CollectionName,
    ) -> Result<Vec<RowComparison>> {
        compare_rows(self.milvus.as_ref(), metadata, &definition.schema, collection).await
    }

    async fn drop_temporary(&self, collection: &CollectionRef, temporary: &CollectionName) {
        match self.milvus.drop_collection(temporary).await {
            Ok(()) => self.forget_unfinished(collection, temporary).await,
            Err(error) => self.repository.progress.event(ProgressEvent::Warning {
                message: format!("cannot drop `{temporary}`: {}", error.full_message()),
            }),
        }
    }
}

fn differs(file: &str, expected: &str, actual: &str) -> Finding {
    Finding {
        file: file.to_owned(),
        kind: FindingKind::Differs,
        expected: expected.to_owned(),
        actual: actual.to_owned(),
        message: format!("the restored collection differs from {expected}: {actual}"),
    }
}

fn rows_and_digest(rows: u64, digest: &str) -> String {
    format!("{rows} rows of digest {digest}")
}

/// The first data file of a partition.
fn data_file(metadata: &BackupMetadata, partition: &str) -> String {
    let found = metadata.partitions.iter().find(|found| found.name == partition);
    found.and_then(|found| found.chunks.first()).map_or_else(|| "data".to_owned(), |chunk| chunk.path.clone())
}

/// The index that costs nothing to build.
fn flat_index(field: &FieldSchema) -> IndexDefinition {
    let (index_type, metric_type) = match field.data_type {
        DataType::BinaryVector => ("BIN_FLAT", "HAMMING"),
        DataType::SparseFloatVector => ("SPARSE_INVERTED_INDEX", "IP"),
        _ => ("FLAT", "L2"),
    };
    let params = [("index_type", index_type), ("metric_type", metric_type), ("params", "{}")];
    IndexDefinition {
        field_name: field.name.clone(),
        index_name: String::new(),
        params: params.into_iter().map(|(key, value)| (key.to_owned(), value.to_owned())).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_temporary_collection_is_marked_and_has_a_valid_name() {
        let name = temporary_name(&"20261122T073015Z-4f9c2a7e".parse().unwrap(), [0, 0, 0, 7]).unwrap();
        assert_eq!(name.as_str(), "milvus_br_verify_20261122T073015Z_4f9c2a7e_00000007");
    }
}
