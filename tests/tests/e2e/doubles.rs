//! The command against doubles of servers that cannot run here: Milvus 2.4 to 3.0, in process.
//!
//! A test that is expected to panic says what is wanted and does not hold yet.

use std::sync::Arc;

use arrow_array::{ArrayRef, Int64Array, RecordBatch};
use futures::executor::block_on;
use milvus::proto::milvus as pb;
use milvus_backup_core::schema::{CollectionSchema, DataType, FieldSchema, arrow_schema};
use milvus_backup_core::{Catalog, CollectionName, INSERT_IDEMPOTENCY, RowSink};
use milvus_backup_testkit::fakes::{Double, Fault, InMemoryMilvus, Replication, Version, samples};
use milvus_backup_tests::milvus_br::MilvusBr;

const VERSIONS: [Version; 5] = [
    Version::new(2, 4, 20),
    Version::new(2, 4, 24),
    Version::new(2, 5, 27),
    Version::new(2, 6, 24),
    Version::new(3, 0, 2),
];

const NEWEST: Version = VERSIONS[4];

/// The sample collection, with a year that may be NULL where the release has NULLs.
fn schema(version: Version) -> CollectionSchema {
    let mut schema = samples::schema();
    let nullable = version.at_least(2, 5, 0);
    schema.fields.push(FieldSchema { nullable, ..FieldSchema::new("year", DataType::Int64) });
    schema.enable_dynamic_field = true;
    schema
}

fn rows(schema: &CollectionSchema, keys: std::ops::Range<i64>) -> RecordBatch {
    let mut samples = samples::schema();
    samples.enable_dynamic_field = true;
    let mut columns = samples::rows(&samples, keys.clone(), "a").columns().to_vec();
    let nullable = schema.fields.last().unwrap().nullable;
    let years = keys.map(|key| (!nullable || key % 3 != 0).then_some(1900 + key));
    let years: ArrayRef = Arc::new(years.collect::<Int64Array>());
    columns.insert(columns.len() - 1, years);
    RecordBatch::try_new(Arc::new(arrow_schema(schema).unwrap()), columns).unwrap()
}

fn films() -> CollectionName {
    "films".parse().unwrap()
}

/// A loaded collection `films` of two partitions.
fn fill(milvus: &InMemoryMilvus, schema: &CollectionSchema) {
    block_on(async {
        milvus.create_collection(&films(), schema).await.unwrap();
        milvus.create_partition(&films(), "p1").await.unwrap();
        milvus.create_index(&films(), &samples::index()).await.unwrap();
        milvus.insert(&films(), schema, None, rows(schema, 0..500)).await.unwrap();
        milvus.insert(&films(), schema, Some("p1"), rows(schema, 500..520)).await.unwrap();
        milvus.flush(&films()).await.unwrap();
        milvus.load_collection(&films(), None).await.unwrap();
    });
}

fn filled(version: Version) -> Double {
    let double = Double::start(version);
    fill(&double.milvus(), &schema(version));
    double
}

#[test]
fn every_release_gives_back_what_it_had() {
    for version in VERSIONS {
        let double = filled(version);
        let br = MilvusBr::new(double.uri());
        let backup = br.create(&["films"]);
        let result = br.restore(&backup, "restored", &[]);
        assert_eq!(result["rows_restored"], 520, "{version}: {result}");
        let milvus = double.milvus();
        for partition in ["_default", "p1"] {
            let before = milvus.rows(&films(), Some(partition));
            assert_eq!(milvus.rows(&"restored".parse().unwrap(), Some(partition)), before, "{version}");
        }
        br.run(&["verify", &backup, "--mode", "deep"]).code(0);
    }
}

/// Where the server reads at a moment, every page of every partition is of it: from 2.4.21 on the one that is asked for, and from
/// 2.4.21 on the one that the server gives. Counts are of the present.
#[test]
fn every_page_is_of_one_moment() {
    for version in VERSIONS {
        let double = filled(version);
        MilvusBr::new(double.uri()).create(&["films"]);
        let reads = double.reads();
        let pages: Vec<_> = reads.iter().filter(|read| read.output_fields.len() > 1).collect();
        let asked = pages[0].guarantee_timestamp;
        assert!(asked > 0 && pages.iter().all(|page| page.guarantee_timestamp == asked), "{version}: {pages:?}");
        let moment = version.at_least(2, 4, 21).then_some(asked);
        assert!(pages.iter().all(|page| page.moment == moment), "{version}: {pages:?}");
        let is_given = reads.iter().any(|read| read.session_ts == asked);
        assert_eq!(is_given, version.at_least(2, 4, 21), "{version}: {reads:?}");
    }
}

#[test]
fn a_server_that_pushes_back_is_waited_for() {
    let double = filled(NEWEST);
    double.on("Query", |number, _| (number % 3 == 0).then(Fault::rate_limit));
    MilvusBr::new(double.uri()).create(&["films"]);
}

/// H8: the two reasons for counts that differ are told apart (milvus#37789 and milvus#52055), and `--strict` fails.
#[test]
fn counts_that_differ_are_explained() {
    let double = filled(NEWEST);
    let milvus = double.milvus();
    let schema = schema(NEWEST);
    block_on(milvus.insert(&films(), &schema, None, rows(&schema, 3..5))).unwrap();
    milvus.hide(&films(), samples::keys([7, 8, 9]));
    let br = MilvusBr::new(double.uri());
    let backup = br.create(&["films"]);
    let shown = br.json(&["show", &backup]).to_string();
    assert!(
        shown.contains(r#"3 rows that no query returns (keys: \"7\", \"8\", \"9\")"#)
            && shown.contains("2 further copies of 2 primary keys"),
        "{shown}"
    );
    let strict = br.run(&["create", "films", "--strict"]);
    assert_ne!(strict.exit_code, Some(0), "{strict:?}");
}

/// The properties with which a restore creates its collection.
fn created_with(property: &str, value: &str) -> Vec<String> {
    let double = Double::start(NEWEST);
    let mut schema = schema(NEWEST);
    schema.properties.insert(property.to_owned(), value.to_owned());
    fill(&double.milvus(), &schema);
    let br = MilvusBr::new(double.uri());
    let backup = br.create(&["films"]);
    br.restore(&backup, "restored", &[]);
    let created = double.requests::<pb::CreateCollectionRequest>("CreateCollection");
    let found: Vec<String> =
        created.iter().flat_map(|request| &request.properties).map(|pair| pair.key.clone()).collect();
    let described = block_on(double.milvus().describe_collection(&"restored".parse().unwrap())).unwrap();
    assert_eq!(described.schema.properties.get(property).map(String::as_str), Some(value));
    found
}

/// H5: what changes or hides rows while they are restored is set when they are in place.
#[test]
fn the_time_to_live_is_set_when_rows_are_in_place() {
    assert_eq!(created_with("collection.ttl.seconds", "86400"), Vec::<String>::new());
}

/// H5: 3.0 has rows expire by a field of theirs.
#[test]
fn the_field_that_rows_expire_by_is_set_when_they_are_in_place() {
    assert_eq!(created_with("ttl_field", "year"), Vec::<String>::new());
}

/// H5: with it, equal batches without a key are one, so every insert has one.
#[test]
fn idempotent_inserts_are_made_under_keys() {
    assert_eq!(created_with(INSERT_IDEMPOTENCY, "true"), [INSERT_IDEMPOTENCY]);
}

/// H6: an insert whose response is lost is repeated under its key, and the restore continues: its collection is created once.
#[test]
fn a_lost_answer_of_an_insert_does_not_restart_the_restore() {
    let double = Double::start(NEWEST);
    double.enable_insert_keys();
    let mut schema = schema(NEWEST);
    schema.properties.insert(INSERT_IDEMPOTENCY.to_owned(), "true".to_owned());
    fill(&double.milvus(), &schema);
    let br = MilvusBr::new(double.uri());
    let backup = br.create(&["films"]);
    double.refuse("Insert", 1, Fault::LostAnswer);
    let result = br.restore(&backup, "restored", &[]);
    assert_eq!(result["rows_restored"], 520, "{result}");
    let created = double.requests::<pb::CreateCollectionRequest>("CreateCollection");
    assert_eq!(created.iter().filter(|request| !request.schema.is_empty()).count(), 1);
}

/// H5: row-level security.
#[test]
fn row_policies_are_switched_on_when_rows_are_in_place() {
    assert_eq!(created_with("rls.enabled", "true"), Vec::<String>::new());
}

/// H5: milvus#50557: it cannot be set later.
#[test]
fn the_mode_of_namespaces_is_set_at_create() {
    assert_eq!(created_with("namespace.mode", "partition"), ["namespace.mode"]);
}

/// H5: a restore does not fail for one property that a newer server does not take, as a time to live out of range since 2.6.9.
/// One that could change what rows mean ends it.
#[test]
fn a_property_that_the_server_refuses_is_left_out() {
    let double = Double::start(NEWEST);
    let mut schema = schema(NEWEST);
    let properties =
        [("mmap.enabled", "false"), ("collection.replica.number", "1"), ("collection.ttl.seconds", "86400")];
    schema.properties.extend(properties.map(|(key, value)| (key.to_owned(), value.to_owned())));
    fill(&double.milvus(), &schema);
    let br = MilvusBr::new(double.uri());
    let backup = br.create(&["films"]);
    double.refuse_property("mmap.enabled");
    double.refuse_property("collection.ttl.seconds");
    let result = br.restore(&backup, "restored", &[]);
    let limitations = result["limitations"].to_string();
    assert!(limitations.contains("mmap.enabled") && limitations.contains("collection.ttl.seconds"), "{limitations}");
    let restored = block_on(double.milvus().describe_collection(&"restored".parse().unwrap())).unwrap().schema;
    assert_eq!(
        restored.properties.into_iter().collect::<Vec<_>>(),
        [("collection.replica.number".to_owned(), "1".to_owned())]
    );
}

#[test]
fn a_refused_property_that_rows_may_depend_on_ends_the_restore() {
    let double = Double::start(NEWEST);
    let mut schema = schema(NEWEST);
    schema.properties.insert("timezone".to_owned(), "Asia/Tokyo".to_owned());
    schema.properties.insert("mmap.enabled".to_owned(), "false".to_owned());
    fill(&double.milvus(), &schema);
    let br = MilvusBr::new(double.uri());
    let backup = br.create(&["films"]);
    double.refuse_property("timezone");
    let restored = br.run(&["restore", &backup, "--to", "restored"]);
    assert_eq!(restored.exit_code, Some(1), "{restored:?}");
    assert!(restored.stderr.contains("timezone"), "{}", restored.stderr);
    assert!(block_on(double.milvus().describe_collection(&"restored".parse().unwrap())).is_err());
}

/// H7: a standby takes no writes, and `GetReplicateConfiguration` tells that it is one.
#[test]
fn a_standby_is_recognised_before_anything_is_written() {
    let double = filled(NEWEST);
    let br = MilvusBr::new(double.uri());
    let backup = br.create(&["films"]);
    double.set_replication(Replication::Standby);
    let restored = br.run(&["restore", &backup, "--to", "restored"]);
    assert_eq!(restored.exit_code, Some(15), "{restored:?}");
    assert!(restored.stderr.contains("standby") && restored.stderr.contains("primary"), "{}", restored.stderr);
    let writes = ["CreateCollection", "CreateDatabase", "Insert", "AlterCollection", "DropCollection"];
    let written: Vec<_> =
        double.calls().into_iter().map(|call| call.name).filter(|name| writes.contains(name)).collect();
    assert_eq!(written, Vec::<&str>::new());
}

/// What is deleted and compacted away while a backup reads is in it, where the server protects segments.
#[test]
fn a_backup_can_be_protected_from_compaction() {
    let double = filled(NEWEST);
    let br = MilvusBr::new(double.uri());
    br.json(&["create", "films", "--protect-from-compaction"]);
    let asked = double.requests::<pb::CreateSnapshotRequest>("CreateSnapshot");
    assert!(asked.len() == 1 && asked[0].compaction_protection_seconds > 0, "{asked:?}");
    assert_eq!(double.snapshots(), Vec::<String>::new());
    let old = filled(VERSIONS[3]);
    let refused = MilvusBr::new(old.uri()).run(&["create", "films", "--protect-from-compaction"]);
    assert_eq!(refused.exit_code, Some(14), "{refused:?}");
}

/// Known issues of the version are shown where they matter.
#[test]
fn known_issues_of_the_server_are_shown() {
    let double = filled(Version::new(2, 6, 10));
    let br = MilvusBr::new(double.uri());
    let created = br.run(&["create", "films"]);
    assert!(created.stderr.contains("milvus#52055"), "{}", created.stderr);
    assert!(!created.stderr.contains("milvus#47370"), "imports only: {}", created.stderr);
    let created = MilvusBr::new(filled(NEWEST).uri()).run(&["create", "films"]);
    assert!(!created.stderr.contains("known issue"), "{}", created.stderr);
}

/// `doctor` reports a standby, and the known issues of the version.
#[test]
fn doctor_reports_a_standby_and_known_issues() {
    let double = filled(Version::new(2, 6, 12));
    double.set_replication(Replication::Standby);
    let examined = MilvusBr::new(double.uri()).run(&["doctor"]);
    let told = format!("{}{}", examined.stdout, examined.stderr);
    assert!(told.contains("standby of cluster `primary`") && told.contains("milvus#52055"), "{told}");
}
