//! The access to Milvus that a restore needs.

use milvus_backup_core::{Access, BackedUpDefinition, RestoreMethod, RestoreParams};

use super::insertion::DEFAULT_PARTITION;
use super::target::Target;

/// Returns the access that the restore needs to the collection that it fills.
pub(super) fn needed_access(
    target: &Target,
    definition: &BackedUpDefinition,
    partitions: &[String],
    params: &RestoreParams,
    method: RestoreMethod,
) -> Vec<Access> {
    let inserts = method == RestoreMethod::Insert;
    if params.into_existing {
        return if inserts { vec![Access::Insert] } else { Vec::new() };
    }
    let spread = target.schema.has_partition_key();
    let has_indexes = definition.indexes.as_ref().is_some_and(|indexes| !indexes.is_empty());
    let optional = [
        (Access::ShowPartitions, params.drop_existing || params.with_aliases),
        (Access::CreatePartition, !spread && partitions.iter().any(|name| name != DEFAULT_PARTITION)),
        (Access::Statistics, spread),
        (Access::CreateIndex, params.restore_indexes && has_indexes),
        (Access::AlterCollection, target.changes_properties()),
        (Access::CreateAlias, params.with_aliases),
        (Access::Load, params.load_after_restore),
    ];
    let base = Access::RESTORING.iter().copied().filter(|access| inserts || *access != Access::Insert);
    base.chain(optional.into_iter().filter(|(_, needed)| *needed).map(|(access, _)| access)).collect()
}
