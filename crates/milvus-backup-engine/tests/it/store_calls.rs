//! Calls to the store of each command that needs no Milvus: the table in `docs/architecture.md`. On an object store each of
//! them costs some milliseconds and some money, so a change of these numbers is one of the table.

use milvus_backup_core::{BackupId, BackupParams, CollectionName, CopyParams, VerificationParams};
use milvus_backup_engine::BackupRepository;

use crate::counting::Calls;
use crate::world::{World, with};

/// Backups of each of the collections.
const BACKUPS: usize = 3;
const COLLECTIONS: usize = 2;

struct InsertedRows {
    world: World,
    repository: BackupRepository,
    films: CollectionName,
    /// Of `films`, oldest first.
    ids: Vec<BackupId>,
}

impl InsertedRows {
    async fn new() -> Self {
        let (world, films) = World::with_films().await;
        let other = world.filled("other").await;
        let mut ids = Vec::new();
        for number in 0..BACKUPS {
            ids.push(world.backed_up(&films, &format!("b{number}")).await);
            world.backed_up(&other, &format!("b{number}")).await;
        }
        // As a command that starts.
        let repository = world.reopened();
        world.log.take();
        Self { world, repository, films, ids }
    }

    fn calls(&self) -> Calls {
        self.world.log.take()
    }
}

#[track_caller]
fn assert_calls(found: &Calls, expected: &[(&str, usize)]) {
    let expected: Calls = expected.iter().map(|(call, number)| ((*call).to_owned(), *number)).collect();
    assert_eq!(*found, expected);
}

#[tokio::test]
async fn listing_reads_summaries_and_nothing_else() {
    let filled = InsertedRows::new().await;
    assert_eq!(filled.repository.list_backups(None).await.unwrap().backups.len(), BACKUPS * COLLECTIONS);
    assert_calls(
        &filled.calls(),
        &[
            ("list", 1 + COLLECTIONS),
            ("get repository.json", 1),
            ("get metadata.json", BACKUPS * COLLECTIONS),
            ("get verification.json", BACKUPS * COLLECTIONS),
        ],
    );
    let films = filled.world.reference(&filled.films);
    assert_eq!(filled.repository.list_backups(Some(&films)).await.unwrap().backups.len(), BACKUPS);
    assert_calls(&filled.calls(), &[("list", 1), ("get metadata.json", BACKUPS), ("get verification.json", BACKUPS)]);
}

#[tokio::test]
async fn a_backup_is_opened_by_its_identifier() {
    let filled = InsertedRows::new().await;
    let films = filled.world.reference(&filled.films);
    filled.repository.get_backup(&films, &filled.ids[0]).await.unwrap();
    assert_calls(
        &filled.calls(),
        &[
            ("get repository.json", 1),
            ("get metadata.json", 1),
            ("get verification.json", 1),
            ("get pin", 1),
            ("get manifest.json", 1),
        ],
    );
}

#[tokio::test]
async fn pins_are_read_where_there_are_some() {
    let filled = InsertedRows::new().await;
    let films = filled.world.reference(&filled.films);
    filled.repository.pin_backup(&films, &filled.ids[0], None).await.unwrap();
    let pinned = [("get repository.json", 1), ("head metadata.json", 2), ("put pin", 1), ("list", 1)];
    assert_calls(&filled.calls(), &pinned);
    let listing = filled.repository.list_backups(None).await.unwrap();
    assert_eq!(listing.backups.iter().filter(|backup| backup.pin.is_some()).count(), 1);
    assert_calls(
        &filled.calls(),
        &[
            ("list", 2 + COLLECTIONS),
            ("get pin", 1),
            ("get metadata.json", BACKUPS * COLLECTIONS),
            ("get verification.json", BACKUPS * COLLECTIONS),
        ],
    );
    filled.repository.unpin_backup(&films, &filled.ids[0]).await.unwrap();
    assert_calls(&filled.calls(), &[("get pin", 1), ("delete pin", 1)]);
}

#[tokio::test]
async fn a_backup_is_found_by_its_identifier_its_name_and_as_the_latest() {
    let filled = InsertedRows::new().await;
    let films = filled.world.reference(&filled.films);
    filled.repository.resolve_backup(filled.ids[0].as_str()).await.unwrap();
    assert_calls(
        &filled.calls(),
        &[
            ("get repository.json", 1),
            ("list", 1),
            ("head metadata.json", COLLECTIONS),
            ("get metadata.json", 1),
            ("get verification.json", 1),
            ("get pin", 1),
        ],
    );
    filled.repository.latest_backup(&films).await.unwrap();
    assert_calls(&filled.calls(), &[("list", 1), ("get metadata.json", BACKUPS), ("get verification.json", BACKUPS)]);
}

/// The collection has two partitions, so two data files. On a service, each upload of one part is one request, and so are
/// the deletions after the commit.
#[tokio::test]
async fn a_small_collection_is_backed_up_with_few_calls() {
    let (world, films) = World::with_films().await;
    let unverified = |name| with(BackupParams::full().with_name(name), |params| params.verify_after = Some(false));
    let data = ["%5Fdefault.parquet", "p1.parquet"];
    let written =
        ["checksums.json", "indexes.json", "manifest.json", "metadata.json", "schema.json", "unfinished.json"];
    let mut expected: Vec<(String, usize)> = written.iter().map(|file| (format!("put {file}"), 1)).collect();
    for file in data {
        expected.extend([
            (format!("upload {file}"), 1),
            (format!("put {file}.json"), 1),
            (format!("delete {file}.json"), 1),
        ]);
    }
    for (call, number) in [("delete unfinished.json", 1), ("list", 5), ("put lock", 1), ("delete lock", 1)] {
        expected.push((call.to_owned(), number));
    }
    let with_marker = |marker: &[(&str, usize)]| -> Vec<(String, usize)> {
        let marker = marker.iter().map(|(call, number)| ((*call).to_owned(), *number));
        expected.iter().cloned().chain(marker).collect()
    };
    for (name, marker) in [
        ("first", &[("get repository.json", 3), ("put repository.json", 1)][..]),
        ("second", &[("get metadata.json", 1)][..]),
    ] {
        world.log.take();
        world.manager.create_backup(&films, &unverified(name)).await.unwrap();
        let calls = with_marker(marker);
        let calls: Vec<(&str, usize)> = calls.iter().map(|(call, number)| (call.as_str(), *number)).collect();
        assert_calls(&world.log.take(), &calls);
    }
}

#[tokio::test]
async fn a_backup_is_deleted() {
    let filled = InsertedRows::new().await;
    let films = filled.world.reference(&filled.films);
    filled.repository.delete_backup(&films, &filled.ids[0]).await.unwrap();
    let names = [
        "%5Fdefault.parquet",
        "p1.parquet",
        "checksums.json",
        "indexes.json",
        "manifest.json",
        "metadata.json",
        "schema.json",
        "unfinished.json",
        "verification.json",
        "lock",
    ];
    let deleted: Vec<String> = names.iter().map(|file| format!("delete {file}")).collect();
    let mut expected: Vec<(&str, usize)> = deleted.iter().map(|call| (call.as_str(), 1)).collect();
    expected.extend([
        ("get repository.json", 1),
        ("put lock", 1),
        ("head metadata.json", 1),
        ("get pin", 1),
        ("put unfinished.json", 1),
        ("list", 3),
    ]);
    assert_calls(&filled.calls(), &expected);
}

#[tokio::test]
async fn a_backup_is_verified() {
    let filled = InsertedRows::new().await;
    let films = filled.world.reference(&filled.films);
    filled.repository.verify_backup(&films, &filled.ids[0], &VerificationParams::checksum()).await.unwrap();
    let names = ["%5Fdefault.parquet", "p1.parquet", "checksums.json", "indexes.json", "manifest.json", "schema.json"];
    let read: Vec<String> = names.iter().map(|file| format!("get {file}")).collect();
    let mut expected: Vec<(&str, usize)> = read.iter().map(|call| (call.as_str(), 1)).collect();
    expected.extend([
        ("get repository.json", 1),
        ("get metadata.json", 1),
        ("get verification.json", 1),
        ("head metadata.json", 1),
        ("list", 1),
        ("put verification.json", 1),
    ]);
    assert_calls(&filled.calls(), &expected);
}

#[tokio::test]
async fn a_copy_reads_each_file_once_and_writes_it_once() {
    let filled = InsertedRows::new().await;
    let there = World::new(milvus_backup_testkit::fakes::ServerModel::milvus_2_3());
    let (collection, destination) = (filled.world.reference(&filled.films), there.reopened());
    there.log.take();
    let params = CopyParams::default();
    let copy = || filled.repository.copy_backup(&collection, &filled.ids[0], &destination, &params);
    copy().await.unwrap();
    let names = ["%5Fdefault.parquet", "p1.parquet", "checksums.json", "indexes.json", "manifest.json", "schema.json"];
    let of_each = |call: &str| names.map(|file| (format!("{call} {file}"), 1));
    let documents = ["get repository.json", "get metadata.json", "get checksums.json"];
    let mut read: Calls = of_each("get").into_iter().collect();
    read.extend(documents.map(|call| (call.to_owned(), 1)));
    read.insert("get checksums.json".to_owned(), 2);
    assert_eq!(filled.calls(), read);
    let mut written: Calls = of_each("upload").into_iter().collect();
    let once = ["put lock", "put unfinished.json", "put repository.json", "put metadata.json"];
    written.extend(once.map(|call| (call.to_owned(), 1)));
    written.extend(["delete lock", "delete unfinished.json"].map(|call| (call.to_owned(), 1)));
    let several = [("get repository.json", 4), ("get metadata.json", 2), ("list", 5)];
    written.extend(several.map(|(call, number)| (call.to_owned(), number)));
    assert_eq!(there.log.take(), written);
    assert!(copy().await.unwrap().already_present);
    let again = [("get metadata.json", 1), ("get checksums.json", 1)];
    assert_calls(&filled.calls(), &again);
    assert_calls(&there.log.take(), &[("get metadata.json", 1)]);
}
