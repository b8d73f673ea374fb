//! Lists the logs of a collection.
//!
//! Must always hold: the deletes of a segment are in the listing whenever its rows are, although Milvus may delete the
//! files of a compacted segment at any time, in whichever order.

use milvus_backup_core::Result;
use milvus_backup_storage::{Directory, VersionedObject};

use super::files::Listing;
use super::path::{DELETE, INSERT, delete_log, insert_log};
use crate::frozen::LogFile;

/// Lists all logs of a collection. `None` if logs disappeared meanwhile.
pub(crate) async fn list_logs(storage: &Directory, collection: i64) -> Result<Option<Listing>> {
    let deletes = format!("{DELETE}/{collection}");
    let before = storage.list_versions(&deletes).await?;
    let inserts = storage.list_versions(&format!("{INSERT}/{collection}")).await?;
    let after = storage.list_versions(&deletes).await?;
    let mut listing = Listing::default();
    for object in inserts {
        add_insert_log(&mut listing, object);
    }
    for object in after {
        add_delete_log(&mut listing, object);
    }
    let found = listing.delete_paths();
    let is_known = |object: &VersionedObject| delete_log(below(object, DELETE)).is_ok();
    let kept = before.iter().filter(|object| is_known(object)).all(|object| found.contains(object.path.as_str()));
    Ok(kept.then_some(listing))
}

fn add_insert_log(listing: &mut Listing, object: VersionedObject) {
    match insert_log(below(&object, INSERT)) {
        Ok(at) => listing.insert(at, log_file(object)),
        Err(foreign) => listing.add_foreign(foreign, object.path),
    }
}

fn add_delete_log(listing: &mut Listing, object: VersionedObject) {
    match delete_log(below(&object, DELETE)) {
        Ok(at) => listing.delete(at, log_file(object)),
        Err(foreign) => listing.add_foreign(foreign, object.path),
    }
}

/// Returns the path below the directory of the collection.
fn below<'a>(object: &'a VersionedObject, kind: &str) -> &'a str {
    let rest = object.path.strip_prefix(kind).and_then(|rest| rest.strip_prefix('/'));
    rest.and_then(|rest| rest.split_once('/')).map_or("", |(_, rest)| rest)
}

fn log_file(object: VersionedObject) -> LogFile {
    LogFile { path: object.path, size_bytes: object.size_bytes, version: object.version }
}

/// Returns the listing of insert logs, each by its path below the directory of the collection.
#[cfg(test)]
pub(crate) fn listing_of(paths: &[&str]) -> Listing {
    let mut listing = Listing::default();
    for path in paths {
        let path = format!("{INSERT}/1/{path}");
        add_insert_log(&mut listing, VersionedObject { path, size_bytes: 1, version: None });
    }
    listing
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use milvus_backup_storage::Storage;

    use super::*;

    #[tokio::test]
    async fn logs_are_grouped_by_their_order_in_each_field() {
        let root = tempfile::tempdir().unwrap();
        let directory = Storage::open(root.path().to_str().unwrap()).unwrap().directory("");
        let files = [
            "insert_log/1/2/3/0/11",
            "insert_log/1/2/3/0/9",
            "insert_log/1/2/3/100/10",
            "insert_log/1/2/3/100/12",
            "insert_log/1/2/4/0/20",
            "insert_log/1/2/4/100/21",
            "insert_log/1/2/4/100/22",
            "insert_log/1/2/5/_data/0_x.parquet",
            "insert_log/7/2/3/0/11",
            "delta_log/1/2/3/30",
            "delta_log/1/-1/6/31",
        ];
        for file in files {
            directory.write_document(file, Bytes::from_static(b"x")).await.unwrap();
        }
        let listing = list_logs(&directory, 1).await.unwrap().unwrap();
        let groups = listing.segment(2, 3).unwrap().groups().unwrap();
        let paths: Vec<Vec<&str>> =
            groups.iter().map(|group| group.files.values().map(|file| file.path.as_str()).collect()).collect();
        assert_eq!(
            paths,
            [["insert_log/1/2/3/0/9", "insert_log/1/2/3/100/10"], ["insert_log/1/2/3/0/11", "insert_log/1/2/3/100/12"]]
        );
        let uneven = listing.segment(2, 4).unwrap();
        assert_eq!((uneven.groups(), uneven.complete_groups().len()), (None, 1));
        let error = listing.require_known_layout(5).unwrap_err().to_string();
        assert!(error.contains("insert_log/1/2/5/_data/0_x.parquet"), "{error}");
        let deletes: Vec<&str> = listing.delete_paths().into_iter().collect();
        assert_eq!(deletes, ["delta_log/1/-1/6/31", "delta_log/1/2/3/30"]);
        assert!(list_logs(&directory, 99).await.unwrap().unwrap().partitions.is_empty());
    }
}
