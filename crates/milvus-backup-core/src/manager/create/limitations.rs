//! What a backup cannot bring back exactly, in plain words.

use crate::model::Consistency;
use crate::store::BackupPlan;

/// What follows from the schema and the server.
pub(super) fn collection_limitations(plan: &BackupPlan) -> Vec<String> {
    let mut limitations = plan.description.limitations.clone();
    let schema = &plan.description.schema;
    if plan.read_point.consistency == Consistency::Fuzzy {
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

/// What the number of rows before, in and after the backup say.
///
/// `written` and `after` have one member for each partition of the plan, `None` for one that failed.
pub(super) fn compare_counts(plan: &BackupPlan, written: &[Option<u64>], after: &[Option<u64>]) -> Vec<String> {
    let mut limitations = Vec::new();
    for ((partition, rows), after) in plan.partitions.iter().zip(written).zip(after) {
        let (Some(rows), Some(after)) = (rows, after) else { continue };
        let (name, before) = (&partition.name, partition.expected_rows);
        if before != *after {
            limitations.push(format!(
                "partition `{name}` was written to during the backup: {before} rows before, {after} after, {rows} stored"
            ));
        } else if rows != after {
            limitations.push(format!(
                "partition `{name}`: Milvus counts {after} rows but returned {rows}; it counts rows that share a \
                 primary key one by one, and on some versions counts rows that no query can return"
            ));
        }
    }
    limitations
}
