//! The limitations of a backup: what it cannot restore exactly, as human-readable sentences.

use milvus_backup_core::{BackupPlan, BackupStorageType, Consistency};

/// Returns the limitations that follow from the schema and the server.
pub(crate) fn collection_limitations(plan: &BackupPlan) -> Vec<String> {
    let mut limitations = plan.description.limitations.clone();
    let schema = &plan.description.schema;
    if plan.read_point.consistency() == Consistency::Fuzzy {
        let reason = match plan.storage_type {
            BackupStorageType::MilvusNative => "milvus-backup takes none".to_owned(),
            _ => format!("Milvus {} has no snapshot reads", plan.milvus_version),
        };
        limitations.push(format!(
            "not a point-in-time snapshot: {reason}; writes made during the backup may or may not be included"
        ));
    }
    for field in schema.fields.iter().filter(|field| field.is_function_output) {
        limitations.push(format!(
            "field `{}` is the output of a function: its values are not stored, because the server computes them again",
            field.name
        ));
    }
    for field in schema.fields.iter().filter(|field| field.nullable && field.default_value.is_some()) {
        limitations.push(format!(
            "field `{}` is nullable and has a default: Milvus replaces an explicit NULL with the default when inserting",
            field.name
        ));
    }
    limitations
}
