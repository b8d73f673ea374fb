//! What tests do to the in-memory Milvus, and the servers that no real one here can play.

use std::sync::Arc;

use futures::executor::block_on;
use futures::future::join;
use milvus_backup_core::schema::{DataType, DefaultValue, FieldSchema};
use milvus_backup_core::{
    ALLOW_INSERT_AUTO_ID, Access, Catalog as _, CollectionName, Error, LoadState, ReadPoint, RowSink as _,
    RowSource as _, ScanOptions, ScanSession, ServerLimit,
};
use milvus_backup_testkit::fakes::{InMemoryMilvus, Lag, ServerModel, samples};

fn films() -> CollectionName {
    "films".parse().unwrap()
}

/// Two partitions of three flushed rows, indexed and not loaded.
async fn two_partitions(milvus: &InMemoryMilvus) {
    let schema = samples::schema();
    milvus.create_collection(&films(), &schema).await.unwrap();
    milvus.create_partition(&films(), "new").await.unwrap();
    milvus.create_index(&films(), &samples::index()).await.unwrap();
    milvus.insert(&films(), &schema, None, samples::rows(&schema, 0..3, "a")).await.unwrap();
    milvus.insert(&films(), &schema, Some("new"), samples::rows(&schema, 3..6, "b")).await.unwrap();
    milvus.flush(&films()).await.unwrap();
}

/// A scan of whatever is there.
async fn scan(milvus: &InMemoryMilvus) -> Arc<dyn ScanSession> {
    let options = ScanOptions { read_point: Some(ReadPoint::Unknown) };
    milvus.open(&films(), &samples::schema(), options).await.unwrap()
}

async fn pending(milvus: &InMemoryMilvus, partitions: &[&str]) -> Option<u64> {
    let named: Vec<String> = partitions.iter().map(|&partition| partition.to_owned()).collect();
    scan(milvus).await.pending_rows(&named).await.unwrap()
}

/// The rows of the partitions that are in memory.
async fn count(milvus: &InMemoryMilvus) -> u64 {
    let session = scan(milvus).await;
    let mut rows = 0;
    for partition in ["_default", "new"] {
        if milvus.load_state(&films(), &[partition.to_owned()]).await.unwrap() == LoadState::Loaded {
            rows += session.count_rows(partition).await.unwrap();
        }
    }
    rows
}

#[test]
fn rows_of_partitions_loaded_beside_others_are_late() {
    let milvus = InMemoryMilvus::new(ServerModel::milvus_2_3());
    milvus.set_lag(Lag { loads: 2, ..Lag::default() });
    let new = ["new".to_owned()];
    block_on(async {
        two_partitions(&milvus).await;
        milvus.load_partitions(&films(), &["_default".to_owned()], None).await.unwrap();
        assert_eq!(pending(&milvus, &["_default"]).await, Some(0), "the first load");
        milvus.load_partitions(&films(), &new, None).await.unwrap();
        assert_eq!(milvus.load_state(&films(), &new).await.unwrap(), LoadState::Loaded);
        assert_eq!(count(&milvus).await, 3);
        assert_eq!(pending(&milvus, &[]).await, Some(3));
        assert_eq!(count(&milvus).await, 3);
        assert_eq!(pending(&milvus, &[]).await, Some(3));
        assert_eq!(pending(&milvus, &[]).await, Some(0));
        assert_eq!(count(&milvus).await, 6);
    });
}

#[test]
fn imported_rows_are_late_and_flushed_ones_only_in_the_list() {
    let milvus = InMemoryMilvus::new(ServerModel::milvus_2_3());
    milvus.set_lag(Lag { imports: u32::MAX, flushes: 1, loads: 0 });
    milvus.put_file("/rows.parquet", vec![samples::rows(&samples::schema(), 10..12, "c")]);
    block_on(async {
        two_partitions(&milvus).await;
        milvus.load_collection(&films(), None).await.unwrap();
        let schema = samples::schema();
        milvus.insert(&films(), &schema, None, samples::rows(&schema, [20], "d")).await.unwrap();
        milvus.flush(&films()).await.unwrap();
        assert_eq!(count(&milvus).await, 7);
        assert_eq!(pending(&milvus, &[]).await, Some(7));
        assert_eq!(pending(&milvus, &[]).await, Some(0));
        assert_eq!(milvus.import_file(&films(), Some("new"), "/rows.parquet").await.unwrap(), 2);
        assert_eq!(milvus.stored_rows(&films(), None).await.unwrap(), 9);
        for _ in 0..5 {
            assert_eq!(pending(&milvus, &[]).await, Some(5));
        }
        assert_eq!(count(&milvus).await, 4, "none of the stored rows of that partition is found");
    });
}

#[test]
fn a_snapshot_has_neither_later_rows_nor_later_deletes() {
    let milvus = InMemoryMilvus::new(ServerModel::milvus_2_6());
    block_on(async {
        two_partitions(&milvus).await;
        let begun = milvus.open(&films(), &samples::schema(), ScanOptions::default()).await;
        assert!(begun.is_err(), "the read point comes with a page, and so needs a loaded collection");
        milvus.load_collection(&films(), None).await.unwrap();
        let snapshot = milvus.open(&films(), &samples::schema(), ScanOptions::default()).await.unwrap();
        milvus.delete(&films(), None, &samples::keys([1])).unwrap();
        milvus.upsert(&films(), None, &samples::rows(&samples::schema(), [2], "new")).unwrap();
        let census = snapshot.census("_default").await.unwrap();
        assert_eq!((census.keys, census.rows), (3, 2), "pages are of the moment, and counts are not");
        assert_eq!(samples::texts(&milvus.rows(&films(), None).unwrap())[..2], ["a0", "new2"]);
    });
}

#[test]
fn what_is_loading_is_loaded_by_whoever_waits_for_it() {
    let milvus = InMemoryMilvus::new(ServerModel::milvus_2_3());
    block_on(async {
        two_partitions(&milvus).await;
        milvus.begin_loading(&films(), &[]);
        assert_eq!(milvus.load_state(&films(), &[]).await.unwrap(), LoadState::Loading);
        milvus.load_collection(&films(), None).await.unwrap();
        assert_eq!(milvus.load_state(&films(), &[]).await.unwrap(), LoadState::Loaded);
        milvus.release_partitions(&films(), &["new".to_owned()]).await.unwrap();
        milvus.begin_loading(&films(), &["new"]);
        assert_eq!(milvus.load_state(&films(), &["new".to_owned()]).await.unwrap(), LoadState::Loading);
        let both = ["_default".to_owned(), "new".to_owned()];
        assert_eq!(milvus.load_state(&films(), &both).await.unwrap(), LoadState::Loading);
    });
}

#[test]
fn a_user_is_refused_what_was_denied() {
    let milvus = InMemoryMilvus::new(ServerModel::milvus_2_3());
    milvus.deny(Access::Query);
    milvus.deny(Access::Load);
    block_on(async {
        two_partitions(&milvus).await;
        let needed = [Access::Query, Access::LoadState, Access::Load];
        match milvus.require_access(&films(), &needed).await {
            Err(Error::PermissionDenied { privileges, .. }) => assert_eq!(privileges, ["Query", "Load"]),
            other => panic!("{other:?}"),
        }
        let load = milvus.load_collection(&films(), None).await;
        assert!(matches!(load, Err(Error::PermissionDenied { .. })), "{load:?}");
        milvus.require_access(&films(), &[Access::Insert]).await.unwrap();
    });
    let lite = InMemoryMilvus::new(ServerModel::lite_3());
    lite.deny(Access::Query);
    block_on(lite.require_access(&films(), &[Access::Query])).unwrap();
}

#[test]
fn limits_of_the_configuration_are_refused_as_such() {
    let mut model = ServerModel::milvus_2_3();
    model.limits.collections = Some(1);
    model.limits.partitions = Some(1);
    model.limits.name_length = Some(8);
    let milvus = InMemoryMilvus::new(model);
    let limit = |error: Error| match error {
        Error::ServerLimit { limit, .. } => limit,
        other => panic!("{other:?}"),
    };
    block_on(async {
        let schema = samples::schema();
        milvus.create_collection(&films(), &schema).await.unwrap();
        let more = milvus.create_collection(&"more".parse().unwrap(), &schema).await.unwrap_err();
        assert_eq!(limit(more), ServerLimit::Collections);
        let partition = milvus.create_partition(&films(), "new").await.unwrap_err();
        assert_eq!(limit(partition), ServerLimit::Partitions);
        let long = milvus.rename_collection(&films(), &"much_too_long".parse().unwrap()).await.unwrap_err();
        assert_eq!(limit(long), ServerLimit::NameLength);
    });
}

#[test]
fn generated_keys_can_be_supplied_while_the_property_allows_it() {
    let milvus = InMemoryMilvus::new(ServerModel::milvus_2_6());
    let mut schema = samples::schema();
    schema.fields[0].auto_id = true;
    block_on(async {
        milvus.create_collection(&films(), &schema).await.unwrap();
        let rows = samples::rows(&schema, 0..3, "a");
        assert!(milvus.insert(&films(), &schema, None, rows.clone()).await.is_err());
        let allow = [(ALLOW_INSERT_AUTO_ID.to_owned(), "true".to_owned())].into();
        milvus.alter_properties(&films(), &allow, &[]).await.unwrap();
        assert_eq!(milvus.insert(&films(), &schema, None, rows).await.unwrap(), 3);
        assert_eq!(samples::keys_of(&milvus.rows(&films(), None).unwrap()), [0, 1, 2]);
        milvus.alter_properties(&films(), &[].into(), &[ALLOW_INSERT_AUTO_ID.to_owned()]).await.unwrap();
        assert!(milvus.insert(&films(), &schema, None, samples::rows(&schema, [9], "a")).await.is_err());
    });
}

/// Servers fill the default in, also where NULL was sent.
#[test]
fn an_explicit_null_becomes_the_default() {
    use arrow_array::cast::AsArray as _;
    use arrow_array::{RecordBatch, StringArray};

    let milvus = InMemoryMilvus::new(ServerModel::lite_3());
    let default_value = Some(DefaultValue::String("unknown".to_owned()));
    let mut schema = samples::schema();
    schema.fields[1] = FieldSchema { nullable: true, default_value, ..FieldSchema::new("text", DataType::VarChar) };
    block_on(async {
        milvus.create_collection(&films(), &schema).await.unwrap();
        let mut columns = samples::rows(&schema, 0..2, "a").columns().to_vec();
        columns[1] = Arc::new(StringArray::from(vec![None, Some("known")]));
        let arrow = milvus_backup_core::schema::arrow_schema(&schema).unwrap();
        let rows = RecordBatch::try_new(arrow.into(), columns).unwrap();
        milvus.insert(&films(), &schema, None, rows).await.unwrap();
        let back = milvus.rows(&films(), None).unwrap();
        assert_eq!(back.column(1).as_string::<i32>(), &StringArray::from(vec!["unknown", "known"]));
    });
}

#[test]
fn a_compaction_removes_deleted_rows_from_the_statistics() {
    let milvus = InMemoryMilvus::new(ServerModel::milvus_2_3());
    block_on(async {
        two_partitions(&milvus).await;
        milvus.delete(&films(), Some("new"), &samples::keys([3, 4])).unwrap();
        assert_eq!(milvus.stored_rows(&films(), None).await.unwrap(), 6);
        milvus.compact(&films());
        assert_eq!(milvus.stored_rows(&films(), None).await.unwrap(), 4);
        milvus.drop_partition(&films(), "new");
        assert_eq!(milvus.describe_collection(&films()).await.unwrap().partitions, ["_default"]);
    });
}

/// Calls that are made together take turns, as over a network: nothing runs to its end before the others begin.
#[test]
fn calls_take_turns() {
    let milvus = InMemoryMilvus::new(ServerModel::milvus_2_3());
    let order = std::cell::RefCell::new(Vec::new());
    let work = async |name: &'static str| {
        for step in 0..3 {
            milvus.list_collections().await.unwrap();
            order.borrow_mut().push((name, step));
        }
    };
    block_on(join(work("a"), work("b")));
    assert_eq!(order.into_inner(), [("a", 0), ("b", 0), ("a", 1), ("b", 1), ("a", 2), ("b", 2)]);
}
