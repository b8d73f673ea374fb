//! Warnings to the user before backups are deleted.

use std::collections::BTreeMap;

use jiff::Timestamp;
use milvus_backup_core::wording::count;
use milvus_backup_core::{BackupVersion, Shrinkage, shrunken_backups};

use crate::policy::RetentionPolicy;

/// Number of shrunken backups that a warning names beside the newest one, before it only counts them.
const NAMES_SHOWN: usize = 3;

/// Returns one warning for each collection with shrunken backups.
pub(crate) fn warnings(policy: &RetentionPolicy, backups: &[BackupVersion], now: Timestamp) -> Vec<String> {
    let mut collections: BTreeMap<(&str, &str), Vec<Shrinkage<'_>>> = BTreeMap::new();
    for found in shrunken_backups(backups, policy.warning_ratio(), now) {
        let collection = (found.backup.database_name(), found.backup.collection_name.as_str());
        collections.entry(collection).or_default().push(found);
    }
    collections.values().filter_map(|shrunken| warning(policy, shrunken)).collect()
}

/// Returns the warning about one collection, whose shrunken backups are `shrunken`, oldest first.
fn warning(policy: &RetentionPolicy, shrunken: &[Shrinkage<'_>]) -> Option<String> {
    let (newest, others) = shrunken.split_last()?;
    let Shrinkage { backup, before } = newest;
    let others: Vec<&str> = others.iter().rev().map(|found| found.backup.backup_id.as_str()).collect();
    let also = match (others.len(), others.len().saturating_sub(NAMES_SHOWN)) {
        (0, _) => String::new(),
        (_, 0) => format!(" (also shrunken: {})", others.join(", ")),
        (_, more) => format!(" (also shrunken: {} and {more} more)", others[..NAMES_SHOWN].join(", ")),
    };
    let consequence = if policy.rule_ratio() > 0.0 {
        "it takes no place in the counts of the others"
    } else {
        "good backups may be deleted in its favor, unless `min_rows_ratio` is set"
    };
    Some(format!(
        "collection `{}`: full backup {} has {}; the last full backup before it, {}, had {}{also}: {consequence}",
        backup.collection_label(),
        backup.backup_id,
        count(backup.row_count, "row"),
        before.backup_id,
        before.row_count,
    ))
}
