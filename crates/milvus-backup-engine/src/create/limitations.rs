//! What a backup cannot bring back exactly, in plain words.

use milvus_backup_core::{BackupPlan, Consistency};

/// What follows from the schema and the server.
pub(super) fn collection_limitations(plan: &BackupPlan) -> Vec<String> {
    let mut limitations = plan.description.limitations.clone();
    let schema = &plan.description.schema;
    if plan.read_point.consistency() == Consistency::Fuzzy {
        limitations.push(format!(
            "the rows are not of one moment: Milvus {} has no snapshot reads; writes made while the backup ran may \
             be in it or not",
            plan.milvus_version
        ));
    }
    for field in schema.fields.iter().filter(|field| field.is_function_output) {
        limitations.push(format!(
            "field `{}` is the output of a function: its values are not stored, the server computes them again",
            field.name
        ));
    }
    for field in schema.fields.iter().filter(|field| field.nullable && field.default_value.is_some()) {
        limitations.push(format!(
            "field `{}` is nullable and has a default: Milvus replaces an explicit NULL by the default on insert",
            field.name
        ));
    }
    limitations
}
