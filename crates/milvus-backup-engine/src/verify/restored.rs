//! The comparison of the temporary collection of a deep verification with its backup.

use milvus_backup_core::schema::{DataType, FieldSchema, IndexDefinition, schema_differences};
use milvus_backup_core::{
    BackedUpDefinition, CollectionName, Finding, FindingKind, Result, StoredBackup, VerificationResult,
};

use super::compare::compare_rows_in;
use super::scans::OpenScans;
use crate::BackupManager;

impl BackupManager {
    /// Compares the schema and the indexes.
    pub(super) async fn compare_definition(
        &self,
        definition: &BackedUpDefinition,
        temporary: &CollectionName,
        result: &mut VerificationResult,
    ) -> Result<()> {
        let restored = self.catalog.describe_collection(temporary).await?;
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

    /// Loads the collection. A vector field without an index gets one, since Milvus requires one to load.
    pub(super) async fn make_searchable(
        &self,
        definition: &BackedUpDefinition,
        temporary: &CollectionName,
    ) -> Result<()> {
        let indexed = definition.indexes.as_deref().unwrap_or_default();
        let bare = |field: &&FieldSchema| indexed.iter().all(|index| index.field_name != field.name);
        for field in definition.schema.fields.iter().filter(|field| field.data_type.is_vector()).filter(bare) {
            self.catalog.create_index(temporary, &flat_index(field)).await?;
        }
        self.catalog.load_collection(temporary, None).await
    }

    /// Compares the rows of each partition.
    pub(super) async fn compare_restored_rows(
        &self,
        scans: &OpenScans,
        backup: &StoredBackup,
        definition: &BackedUpDefinition,
        temporary: &CollectionName,
        result: &mut VerificationResult,
    ) -> Result<()> {
        let source = self.source.as_ref();
        for comparison in compare_rows_in(scans, source, backup, &definition.schema, temporary).await? {
            if !comparison.is_equal() {
                result.errors.push(Finding {
                    file: data_file(backup, &comparison.partition),
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

/// Returns the first data file of a partition.
fn data_file(backup: &StoredBackup, partition: &str) -> String {
    let found = backup.manifest.partition(partition);
    found.and_then(|found| found.chunks.first()).map_or_else(|| "data".to_owned(), |chunk| chunk.path.clone())
}

/// Returns an index that is built without cost.
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
