//! The properties of a collection that do not change what its rows mean.
//!
//! A newer server may refuse a property that an older one accepted. One of these is then left out with a limitation. Any
//! other property could change how rows are read, so its refusal ends the restore.

use std::collections::BTreeMap;

use milvus_backup_core::schema::CollectionSchema;

/// The properties by their names: memory, compaction, quotas and replicas.
const NAMES: [&str; 9] = [
    "mmap.enabled",
    "lazyload.enabled",
    "indexoffsetcache.enabled",
    "query_mode",
    "collection.autocompaction.enabled",
    "collection.diskProtection.diskQuota.mb",
    "partition.diskProtection.diskQuota.mb",
    "collection.replica.number",
    "collection.resource_groups",
];

/// The properties by the beginning of their names: limits of rates, and what is in memory after a load.
const BEGINNINGS: [&str; 7] = [
    "collection.insertRate.",
    "collection.upsertRate.",
    "collection.deleteRate.",
    "collection.bulkLoadRate.",
    "collection.queryRate.",
    "collection.searchRate.",
    "warmup.",
];

/// Returns the definition without its optional properties, and these.
pub(super) fn without_optional(schema: &CollectionSchema) -> (CollectionSchema, BTreeMap<String, String>) {
    let mut schema = schema.clone();
    let (optional, kept) = std::mem::take(&mut schema.properties).into_iter().partition(|(name, _)| is_optional(name));
    schema.properties = kept;
    (schema, optional)
}

fn is_optional(name: &str) -> bool {
    NAMES.contains(&name) || BEGINNINGS.iter().any(|beginning| name.starts_with(beginning))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_changes_the_meaning_of_rows_stays() {
        let mut schema = CollectionSchema::new(Vec::new());
        let optional = ["mmap.enabled", "collection.insertRate.max.mb", "warmup.vectorField"];
        let needed = ["allow_insert_auto_id", "namespace.mode", "of.tomorrow", "partitionkey.isolation", "timezone"];
        for name in optional.iter().chain(&needed) {
            schema.properties.insert((*name).to_owned(), "1".to_owned());
        }
        let (kept, left_out) = without_optional(&schema);
        assert_eq!(kept.properties.into_keys().collect::<Vec<_>>(), needed);
        assert_eq!(left_out.len(), optional.len());
    }
}
