//! What newer servers do that is dropped in silence or refused in error, finding by finding.
//!
//! Each test says what is wanted, and failed before it was made to hold.

use arrow_array::cast::AsArray;
use arrow_array::types::Int64Type;
use arrow_array::{Int64Array, RecordBatch};
use futures::TryStreamExt;
use milvus_backup_client::MilvusConnection;
use milvus_backup_core::schema::{CollectionSchema, DataType, FieldSchema, arrow_schema};
use milvus_backup_core::{
    Catalog, CollectionName, Error, Hint, INSERT_IDEMPOTENCY, ReadPoint, ReplicationRole, RowSink, RowSource,
    ScanOptions, ScanPosition, ScanTarget,
};
use milvus_backup_testkit::fakes::{Double, Fault, Place, Replication, ValidityPlace, Version, samples};
use std::sync::Arc;

use crate::fixture::started;

/// A field that no definition has: number 1000, the text "x".
const UNKNOWN: [u8; 4] = [0xc2, 0x3e, 1, b'x'];

/// The sample collection with a year that may be NULL.
fn schema_with_year() -> CollectionSchema {
    let mut schema = samples::schema();
    schema.fields.push(FieldSchema { nullable: true, ..FieldSchema::new("year", DataType::Int64) });
    schema
}

/// Three rows, of which the second has no year.
fn rows_with_year(schema: &CollectionSchema) -> RecordBatch {
    let mut columns = samples::rows(&samples::schema(), 0..3, "a").columns().to_vec();
    columns.push(Arc::new(Int64Array::from(vec![Some(1927), None, Some(1949)])));
    RecordBatch::try_new(Arc::new(arrow_schema(schema).unwrap()), columns).unwrap()
}

async fn created(milvus: &MilvusConnection, schema: &CollectionSchema) -> CollectionName {
    let films = "films".parse().unwrap();
    milvus.create_collection(&films, schema).await.unwrap();
    milvus.create_index(&films, &samples::index()).await.unwrap();
    milvus.load_collection(&films, None).await.unwrap();
    films
}

async fn read(
    milvus: &MilvusConnection,
    films: &CollectionName,
    schema: &CollectionSchema,
) -> Result<RecordBatch, Error> {
    let scan = milvus.open(films, schema, ScanOptions::default()).await?;
    let units = scan.plan(&[ScanTarget { partition: "_default".to_owned(), rows: 3, parts: 1 }]).await?;
    let mut pages: Vec<_> = scan.read(&units[0], &ScanPosition::Start, 1 << 20).try_collect().await?;
    Ok(pages.remove(0))
}

fn years(rows: &RecordBatch) -> Vec<Option<i64>> {
    rows.column_by_name("year").unwrap().as_primitive::<Int64Type>().iter().collect()
}

/// Whether a description is refused, or names what it leaves out.
async fn is_named(milvus: &MilvusConnection, films: &CollectionName, word: &str) -> bool {
    match milvus.describe_collection(films).await {
        Ok(description) => description.limitations.iter().any(|sentence| sentence.contains(word)),
        Err(error) => error.full_message().contains(word),
    }
}

/// A release that is 2.6.17 or 2.6.18.
async fn accepts_null_vectors(version: Version) -> (bool, bool) {
    let (_double, milvus) = started(version).await;
    let mut schema = samples::schema();
    schema.fields[2].nullable = true;
    let believed = milvus.capabilities().await.unwrap().schema.missing(&schema).is_empty();
    let taken = milvus.create_collection(&"films".parse().unwrap(), &schema).await.is_ok();
    (believed, taken)
}

/// H1: what a server takes is not refused before it is asked.
#[tokio::test]
async fn null_vectors_are_not_refused_where_the_server_takes_them() {
    let (believed, taken) = accepts_null_vectors(Version::new(2, 6, 18)).await;
    assert!(taken && believed, "believed: {believed}, taken: {taken}");
}

/// H1b: what came with a patch is not believed of an earlier one.
#[tokio::test]
async fn what_came_with_a_patch_is_refused_before_anything_is_written() {
    let (_double, milvus) = started(Version::new(2, 6, 2)).await;
    let mut schema = samples::schema();
    schema.fields.push(FieldSchema::new("place", DataType::Geometry));
    let believed = milvus.capabilities().await.unwrap().schema.missing(&schema).is_empty();
    let taken = milvus.create_collection(&"films".parse().unwrap(), &schema).await.is_ok();
    assert_eq!(believed, taken, "believed: {believed}, taken: {taken}");
}

/// H1c: 2.4.21 has a moment to read at (`QueryResults.session_ts`).
#[tokio::test]
async fn milvus_2_4_21_gives_a_moment() {
    let (_double, milvus) = started(Version::new(2, 4, 24)).await;
    let films = created(&milvus, &samples::schema()).await;
    let scan = milvus.open(&films, &samples::schema(), ScanOptions::default()).await.unwrap();
    assert!(matches!(scan.read_point(), ReadPoint::Snapshot(_)), "{:?}", scan.read_point());
}

/// H2: what of a schema is not understood is refused, or named.
async fn schema_part(
    change: impl FnMut(&mut milvus::proto::schema::CollectionSchema) + Send + 'static,
    word: &str,
) -> bool {
    let (double, milvus) = started(Version::new(3, 0, 2)).await;
    let films = created(&milvus, &samples::schema()).await;
    let mut change = change;
    double.change_descriptions(move |answer| change(answer.schema.as_mut().unwrap()));
    is_named(&milvus, &films, word).await
}

#[tokio::test]
async fn an_external_collection_is_named() {
    assert!(schema_part(|schema| schema.external_source = "s3://films".to_owned(), "external").await, "external");
}

#[tokio::test]
async fn namespaces_are_named() {
    assert!(schema_part(|schema| schema.enable_namespace = true, "namespace").await, "namespace");
}

#[tokio::test]
async fn file_resources_are_named() {
    assert!(schema_part(|schema| schema.file_resource_ids = vec![7], "file resource").await, "file resource");
}

#[tokio::test]
async fn elements_that_may_be_null_are_named() {
    assert!(schema_part(|schema| schema.fields[1].element_nullable = true, "element").await, "element");
}

/// Fields that no definition has, anywhere in a description.
#[tokio::test]
async fn unknown_fields_of_a_description_are_named() {
    for place in [Place::Description, Place::Schema, Place::Field("text".to_owned())] {
        let (double, milvus) = started(Version::new(3, 0, 2)).await;
        let films = created(&milvus, &samples::schema()).await;
        double.append(place.clone(), UNKNOWN);
        assert!(is_named(&milvus, &films, "1000").await, "{place:?}");
    }
}

/// Fields that no definition has, in a column.
#[tokio::test]
async fn unknown_fields_of_a_column_are_an_error() {
    for place in [Place::Column("text".to_owned()), Place::Values("text".to_owned()), Place::Rows] {
        let (double, milvus) = started(Version::new(3, 0, 2)).await;
        let schema = samples::schema();
        let films = created(&milvus, &schema).await;
        milvus.insert(&films, &schema, None, samples::rows(&schema, 0..3, "a")).await.unwrap();
        double.append(place.clone(), UNKNOWN);
        assert!(read(&milvus, &films, &schema).await.is_err(), "{place:?}");
    }
}

/// H3: a backup may read all rows, where the user has the privilege to.
#[tokio::test]
async fn row_policies_do_not_hide_rows_from_a_backup() {
    let (_double, milvus) = started(Version::new(3, 1, 0)).await;
    let mut schema = samples::schema();
    schema.properties.insert("rls.enabled".to_owned(), "true".to_owned());
    let films = created(&milvus, &schema).await;
    milvus.insert(&films, &schema, None, samples::rows(&schema, 0..3, "a")).await.unwrap();
    match read(&milvus, &films, &schema).await {
        Ok(rows) => assert_eq!(rows.num_rows(), 3),
        Err(error) => panic!("{}", error.full_message()),
    }
}

/// NULLs with their validity in one of the places.
async fn nulls(place: ValidityPlace) -> Result<Vec<Option<i64>>, Error> {
    let (double, milvus) = started(Version::new(3, 0, 2)).await;
    let schema = schema_with_year();
    let films = created(&milvus, &schema).await;
    milvus.insert(&films, &schema, None, rows_with_year(&schema)).await.unwrap();
    double.set_validity(place);
    read(&milvus, &films, &schema).await.map(|rows| years(&rows))
}

const YEARS: [Option<i64>; 3] = [Some(1927), None, Some(1949)];

/// H4: where it is today.
#[tokio::test]
async fn nulls_are_read_from_the_place_of_old() {
    assert_eq!(nulls(ValidityPlace::Legacy).await.unwrap(), YEARS);
    assert_eq!(nulls(ValidityPlace::Both).await.unwrap(), YEARS);
}

/// H4: where the definitions ask writers to put it.
#[tokio::test]
async fn nulls_are_read_from_the_new_place() {
    assert_eq!(nulls(ValidityPlace::Inside).await.unwrap(), YEARS);
}

/// H4: a conflict is an error.
#[tokio::test]
async fn places_that_contradict_each_other_are_an_error() {
    let read = nulls(ValidityPlace::Conflicting).await;
    assert!(read.is_err(), "{read:?}");
}

/// An import into an existing collection, whose answer is lost once.
async fn import_with_a_lost_answer(version: Version) -> (Arc<Double>, Result<u64, Error>) {
    let (double, milvus) = started(version).await;
    let films = created(&milvus, &samples::schema()).await;
    double.milvus().put_file("/films.parquet", vec![samples::rows(&samples::schema(), 0..3, "a")]);
    double.refuse("Import", 1, Fault::LostAnswer);
    let imported = milvus.import_file(&films, None, "/films.parquet").await;
    (double, imported)
}

/// H6: an import under a key can be made again.
#[tokio::test]
async fn an_import_whose_answer_is_lost_is_made_again() {
    for version in [Version::new(2, 6, 24), Version::new(3, 0, 2)] {
        let (double, imported) = import_with_a_lost_answer(version).await;
        assert_eq!(imported.unwrap(), 3);
        assert_eq!(double.milvus().rows(&"films".parse().unwrap(), None).unwrap().num_rows(), 3);
    }
}

/// H6: without keys it must not be made again, since the rows would be there twice. Milvus 3.0.1 has no keys, although 2.6.24
/// has them.
#[tokio::test]
async fn an_import_without_keys_is_not_made_again() {
    for version in [Version::new(2, 5, 27), Version::new(2, 6, 23), Version::new(3, 0, 1)] {
        let (double, imported) = import_with_a_lost_answer(version).await;
        assert!(matches!(imported, Err(Error::Unreachable { .. })), "{imported:?}");
        assert_eq!(double.calls().iter().filter(|call| call.name == "Import").count(), 1);
    }
}

/// H6: no documentation of a release has keys over gRPC. A server that does not read them is found out.
#[tokio::test]
async fn an_import_whose_key_is_not_read_is_reported() {
    let (double, milvus) = started(Version::new(3, 0, 2)).await;
    let films = created(&milvus, &samples::schema()).await;
    double.ignore_import_keys();
    double.milvus().put_file("/films.parquet", vec![samples::rows(&samples::schema(), 0..3, "a")]);
    assert_eq!(milvus.import_file(&films, None, "/films.parquet").await.unwrap(), 3);
    double.refuse("Import", 1, Fault::LostAnswer);
    let imported = milvus.import_file(&films, None, "/films.parquet").await;
    assert!(imported.as_ref().is_err_and(|error| error.to_string().contains("twice")), "{imported:?}");
}

/// A connection, and a collection that is set to recognise inserts that are made again.
async fn with_insert_keys() -> (Arc<Double>, Arc<MilvusConnection>, CollectionName, CollectionSchema) {
    let (double, milvus) = started(Version::new(3, 0, 2)).await;
    let mut schema = samples::schema();
    schema.properties.insert(INSERT_IDEMPOTENCY.to_owned(), "true".to_owned());
    let films = created(&milvus, &schema).await;
    (double, milvus, films, schema)
}

fn insert_keys(double: &Double) -> Vec<Option<String>> {
    double.calls().into_iter().filter(|call| call.name == "Insert").map(|call| call.idempotency_key).collect()
}

/// H6: an insert under a key is made again when its answer is lost, and its rows are there once.
#[tokio::test]
async fn an_insert_whose_answer_is_lost_is_made_again_under_its_key() {
    let (double, milvus, films, schema) = with_insert_keys().await;
    double.enable_insert_keys();
    double.refuse("Insert", 1, Fault::LostAnswer);
    let rows = samples::rows(&schema, 0..3, "a");
    assert_eq!(milvus.insert(&films, &schema, None, rows.clone()).await.unwrap(), 3);
    assert_eq!(double.milvus().rows(&films, None).unwrap().num_rows(), 3);
    // Equal rows that are inserted on purpose are no repetition.
    assert_eq!(milvus.insert(&films, &schema, None, rows).await.unwrap(), 3);
    milvus.flush(&films).await.unwrap();
    assert_eq!(milvus.stored_rows(&films, None).await.unwrap(), 6);
    let keys = insert_keys(&double);
    assert_eq!(keys.len(), 3);
    assert!(keys[0].is_some() && keys[0] == keys[1] && keys[1] != keys[2], "{keys:?}");
}

/// H6: where the server is not set to it, keys are refused, and rows are inserted without.
#[tokio::test]
async fn rows_are_inserted_without_keys_where_the_server_refuses_them() {
    let (double, milvus, films, schema) = with_insert_keys().await;
    for keys in [0..3, 3..6] {
        assert_eq!(milvus.insert(&films, &schema, None, samples::rows(&schema, keys, "a")).await.unwrap(), 3);
    }
    let keys: Vec<bool> = insert_keys(&double).iter().map(Option::is_some).collect();
    assert_eq!(keys, [true, false, false]);
    double.refuse("Insert", 1, Fault::LostAnswer);
    let lost = milvus.insert(&films, &schema, None, samples::rows(&schema, 6..9, "a")).await;
    assert!(matches!(lost, Err(Error::Unreachable { .. })), "{lost:?}");
}

/// H7: where clusters replicate, an import must be committed in a second step, for which the protocol has no call: rows must be
/// inserted instead, and the refusal says so.
#[tokio::test]
async fn an_import_into_a_replicating_cluster_is_refused_with_the_way_out() {
    let (double, milvus) = started(Version::new(3, 0, 2)).await;
    let films = created(&milvus, &samples::schema()).await;
    double.milvus().put_file("/films.parquet", vec![samples::rows(&samples::schema(), 0..3, "a")]);
    double.set_replication(Replication::Primary);
    let imported = milvus.import_file(&films, None, "/films.parquet").await;
    assert!(matches!(imported, Err(Error::Refused { hint: Hint::Insert, .. })), "{imported:?}");
}

/// H7: which of the clusters answers is told by the channels of a collection.
#[tokio::test]
async fn the_role_among_clusters_that_replicate_is_known() {
    let (double, milvus) = started(Version::new(2, 6, 12)).await;
    assert_eq!(milvus.replication_role().await.unwrap(), ReplicationRole::Alone);
    created(&milvus, &samples::schema()).await;
    double.set_replication(Replication::Primary);
    assert_eq!(milvus.replication_role().await.unwrap(), ReplicationRole::Primary);
    double.set_replication(Replication::Standby);
    let standby = ReplicationRole::Standby { primary: "primary".to_owned() };
    assert_eq!(milvus.replication_role().await.unwrap(), standby);
    let (double, milvus) = started(Version::new(2, 6, 12)).await;
    double.set_replication(Replication::Standby);
    assert_eq!(milvus.replication_role().await.unwrap(), ReplicationRole::Unknown, "without a collection");
}

/// Keys of a type that is not understood do not make a page the last one.
#[tokio::test]
async fn keys_of_another_type_are_an_error() {
    use milvus::proto::schema::{ScalarField, TimestamptzArray, field_data, scalar_field};

    let (double, milvus) = started(Version::new(3, 0, 2)).await;
    let schema = samples::schema();
    let films = created(&milvus, &schema).await;
    milvus.insert(&films, &schema, None, samples::rows(&schema, 0..3, "a")).await.unwrap();
    double.change_rows(|answer| {
        let keys = answer.fields_data.iter_mut().filter(|column| column.field_name == "id");
        for column in keys {
            let data = Some(scalar_field::Data::TimestamptzData(TimestamptzArray { data: vec![1, 2, 3] }));
            column.field = Some(field_data::Field::Scalars(ScalarField { data, ..ScalarField::default() }));
        }
    });
    let read = read(&milvus, &films, &schema).await;
    assert!(read.as_ref().is_err_and(|error| error.to_string().contains("another type")), "{read:?}");
}
