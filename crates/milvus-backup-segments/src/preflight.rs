//! The check that a storage is the one in which the server keeps a collection.

use std::collections::BTreeSet;

use milvus_backup_core::{CollectionName, Error, Result, SegmentCatalog};
use milvus_backup_storage::Storage;

use crate::listing::list_logs;

/// Number of segments that are named in an error.
const NAMED: usize = 3;

/// Checks that the storage has the segments of a collection that the server has flushed.
///
/// # Errors
/// [`Error::InvalidParameter`] if it has not: it is another root, bucket or cluster. [`Error::Storage`] if it cannot be
/// listed.
pub async fn require_segments(
    catalog: &dyn SegmentCatalog,
    storage: &Storage,
    collection: &CollectionName,
) -> Result<()> {
    if !storage.exists()? {
        return Err(wrong(storage, "a directory that exists"));
    }
    let stored = catalog.stored_collection(collection).await?;
    let before = flushed(catalog, collection).await?;
    let Some(files) = list_logs(&storage.directory(""), stored.id).await? else {
        // Files that are being deleted belong to a collection in this storage.
        return Ok(());
    };
    // A segment that is compacted meanwhile may have lost its files.
    let after = flushed(catalog, collection).await?;
    let missing: Vec<String> = before
        .intersection(&after)
        .filter(|segment| !files.has_segment(**segment) && !files.foreign.contains_key(segment))
        .map(ToString::to_string)
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    let named = missing.iter().take(NAMED).cloned().collect::<Vec<_>>().join(", ");
    let more = if missing.len() > NAMED { format!(" and {} more", missing.len() - NAMED) } else { String::new() };
    Err(wrong(
        storage,
        &format!(
            "the root of the storage of this Milvus; there are no files of segments {named}{more} of `{collection}` in \
             `insert_log/{}`: it is another root, another bucket, or the storage of another cluster",
            stored.id
        ),
    ))
}

/// Returns the flushed segments that have rows.
async fn flushed(catalog: &dyn SegmentCatalog, collection: &CollectionName) -> Result<BTreeSet<i64>> {
    let segments = catalog.stored_segments(collection).await?;
    let with_rows = segments.iter().filter(|segment| segment.flushed && segment.rows > 0 && !segment.deletes_only);
    Ok(with_rows.map(|segment| segment.id).collect())
}

fn wrong(storage: &Storage, limit: &str) -> Error {
    Error::InvalidParameter {
        field: "milvus_storage".to_owned(),
        value: storage.location().to_owned(),
        limit: limit.to_owned(),
    }
}
