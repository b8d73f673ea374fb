//! What tests do to a double arrives at the client.

use std::sync::Arc;
use std::time::Duration;

use arrow_array::{Date32Array, Decimal128Array, RecordBatch, Time64MicrosecondArray};
use arrow_select::concat::concat_batches;
use futures::TryStreamExt;
use milvus::proto::milvus as pb;
use milvus_backup_client::{ConnectionOptions, MilvusConnection, SystemClock};
use milvus_backup_core::schema::{CollectionSchema, DataType, FieldSchema, PrimaryKey, arrow_schema};
use milvus_backup_core::{
    Catalog, Clock, CollectionName, Error, LoadState, ReadPoint, RowSink, RowSource, ScanOptions, ScanPosition,
    ScanTarget, UnreturnedKey,
};
use milvus_backup_testkit::fakes::{Double, Fault, Version, samples};

use crate::fixture::{VERSIONS, started};

const V3: Version = Version::new(3, 0, 2);

/// A loaded collection of these keys.
async fn filled(milvus: &MilvusConnection, keys: std::ops::Range<i64>) -> CollectionName {
    let (films, schema) = ("films".parse().unwrap(), samples::schema());
    milvus.create_collection(&films, &schema).await.unwrap();
    milvus.create_index(&films, &samples::index()).await.unwrap();
    milvus.load_collection(&films, None).await.unwrap();
    milvus.insert(&films, &schema, None, samples::rows(&schema, keys, "a")).await.unwrap();
    films
}

/// The keys of a scan in pages of a few rows.
async fn keys(milvus: &MilvusConnection, films: &CollectionName, schema: &CollectionSchema) -> Result<Vec<i64>, Error> {
    let scan = milvus.open(films, schema, ScanOptions::default()).await?;
    let target = ScanTarget { partition: "_default".to_owned(), rows: 100, parts: 1 };
    let units = scan.plan(&[target]).await?;
    let pages: Vec<_> = scan.read(&units[0], &ScanPosition::Start, 200).try_collect().await?;
    Ok(pages.iter().flat_map(samples::keys_of).collect())
}

#[test]
fn a_double_starts_in_milliseconds() {
    let clock = SystemClock::new();
    let doubles: Vec<Double> = VERSIONS.into_iter().map(Double::start).collect();
    let passed = clock.elapsed();
    assert!(passed < Duration::from_secs(1), "{passed:?} for {}", doubles.len());
}

/// Writers between the pages: with a moment of the server, every page is of it.
#[tokio::test]
async fn pages_are_of_one_moment_under_writers() {
    let (double, milvus) = started(V3).await;
    let films = filled(&milvus, 0..40).await;
    let written = films.clone();
    double.on("Query", move |call, inner| {
        let key = 1000 + i64::try_from(call).unwrap();
        let rows = samples::rows(&samples::schema(), [key], "late");
        inner.upsert(&written, None, &rows).unwrap();
        None
    });
    double.forget_calls();
    let read = keys(&milvus, &films, &samples::schema()).await.unwrap();
    let (first, pages) = double.reads().split_first().map(|(first, pages)| (first.clone(), pages.to_vec())).unwrap();
    // The row that was written before the question for the moment is of the moment.
    assert_eq!(read, (0..40).chain([1001]).collect::<Vec<_>>());
    assert!(pages.len() > 1 && first.guarantee_timestamp == 0 && first.session_ts > 0);
    assert!(pages.iter().all(|page| page.moment == Some(first.session_ts) && page.is_iterator), "{pages:?}");
}

/// Before 2.4.21 there is no such moment, and the client asks for a timestamp instead.
#[tokio::test]
async fn without_a_moment_pages_are_of_the_present() {
    let (double, milvus) = started(Version::new(2, 4, 20)).await;
    let films = filled(&milvus, 0..40).await;
    let scan = milvus.open(&films, &samples::schema(), ScanOptions::default()).await.unwrap();
    assert!(matches!(scan.read_point(), ReadPoint::AtLeast(_)), "{:?}", scan.read_point());
    assert!(keys(&milvus, &films, &samples::schema()).await.unwrap().len() == 40);
    assert!(double.reads().iter().all(|page| page.moment.is_none() && page.session_ts == 0));
}

#[tokio::test]
async fn a_refusal_at_the_second_page_is_tried_again_or_ends_the_scan() {
    let (double, milvus) = started(V3).await;
    let films = filled(&milvus, 0..40).await;
    double.refuse("Query", 3, Fault::rate_limit());
    assert_eq!(keys(&milvus, &films, &samples::schema()).await.unwrap().len(), 40);
    double.forget_faults();
    double.refuse("Query", 3, Fault::Milvus { code: 5, reason: "segment lost".to_owned(), retriable: false });
    let refused = keys(&milvus, &films, &samples::schema()).await;
    assert!(matches!(refused, Err(Error::Milvus { code: 5, .. })), "{refused:?}");
}

/// Copies of a key and rows that are not returned are told apart.
#[tokio::test]
async fn the_census_tells_copies_from_rows_that_are_not_returned() {
    for version in VERSIONS {
        let (double, milvus) = started(version).await;
        let films = filled(&milvus, 0..40).await;
        let schema = samples::schema();
        milvus.insert(&films, &schema, None, samples::rows(&schema, [3, 4], "b")).await.unwrap();
        double.milvus().hide(&films, samples::keys([7, 8, 9]));
        let scan = milvus.open(&films, &schema, ScanOptions::default()).await.unwrap();
        assert_eq!(scan.count_rows("_default").await.unwrap(), 42);
        let census = scan.census("_default").await.unwrap();
        assert_eq!((census.keys, census.rows, census.copies, census.unreturned), (37, 42, 2, 3), "{version}");
        let examples = [7, 8, 9].map(|key| UnreturnedKey::Key(key.to_string()));
        assert_eq!(census.unreturned_examples, examples, "{version}");
    }
}

/// A gap between texts cannot be halved: the keys around it are named.
#[tokio::test]
async fn keys_around_rows_that_are_not_returned_are_named() {
    let (double, milvus) = started(V3).await;
    let (films, schema) = ("films".parse().unwrap(), samples::text_schema());
    milvus.create_collection(&films, &schema).await.unwrap();
    milvus.create_index(&films, &samples::index()).await.unwrap();
    milvus.load_collection(&films, None).await.unwrap();
    milvus.insert(&films, &schema, None, samples::text_rows(&schema, &["a", "b", "c"])).await.unwrap();
    double.milvus().hide(&films, vec![PrimaryKey::VarChar("b".to_owned())]);
    let scan = milvus.open(&films, &schema, ScanOptions::default()).await.unwrap();
    let census = scan.census("_default").await.unwrap();
    let between = UnreturnedKey::Between(Some("a".to_owned()), Some("c".to_owned()));
    assert_eq!((census.unreturned, census.unreturned_examples), (1, vec![between]));
}

#[tokio::test]
async fn pages_that_are_short_lose_no_row() {
    let (double, milvus) = started(V3).await;
    let films = filled(&milvus, 0..40).await;
    double.set_rows_of_short_pages(3);
    assert_eq!(keys(&milvus, &films, &samples::schema()).await.unwrap(), (0..40).collect::<Vec<_>>());
}

#[tokio::test]
async fn answers_that_are_too_large_are_asked_for_in_smaller_pages() {
    let (double, milvus) = started(V3).await;
    let films = filled(&milvus, 0..400).await;
    double.set_max_output_bytes(1 << 10);
    let scan = milvus.open(&films, &samples::schema(), ScanOptions::default()).await.unwrap();
    let units = scan.plan(&[ScanTarget { partition: "_default".to_owned(), rows: 400, parts: 1 }]).await.unwrap();
    let pages: Vec<_> = scan.read(&units[0], &ScanPosition::Start, 1 << 20).try_collect().await.unwrap();
    assert_eq!(pages.iter().flat_map(samples::keys_of).collect::<Vec<_>>(), (0..400).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_load_takes_its_time_and_tells_how_far_it_is() {
    let (double, milvus) = started(V3).await;
    double.set_polls_to_load(2);
    let films = filled(&milvus, 0..3).await;
    assert_eq!(milvus.load_state(&films, &[]).await.unwrap(), LoadState::Loaded);
    let polls = double.calls().iter().filter(|call| call.name == "GetLoadState").count();
    assert!(polls >= 3, "{polls}");
}

#[tokio::test]
async fn databases_have_collections_of_their_own() {
    let (double, milvus) = started(V3).await;
    let films = filled(&milvus, 0..3).await;
    let mut options = ConnectionOptions::new(double.uri());
    options.database = "other".to_owned();
    let properties = [("database.replica.number".to_owned(), "1".to_owned())].into();
    options.allow_missing_database = true;
    let other = MilvusConnection::connect(options).await.unwrap();
    other.create_database(&properties).await.unwrap();
    assert_eq!(other.list_collections().await.unwrap(), Vec::<String>::new());
    assert_eq!(other.database_properties().await.unwrap(), properties);
    let missing = other.describe_collection(&films).await;
    assert!(matches!(missing, Err(Error::CollectionNotFound { .. })), "{missing:?}");
    assert!(double.database("other").is_some() && double.database("third").is_none());
}

#[tokio::test]
async fn a_protection_keeps_segments_from_compaction() {
    let (double, milvus) = started(V3).await;
    let films = filled(&milvus, 0..40).await;
    let name = "milvus_br_protection_1".parse().unwrap();
    // The response is lost, and the request made again.
    double.refuse("CreateSnapshot", 1, Fault::LostAnswer);
    milvus.protect_from_compaction(&films, &name, Duration::from_mins(10)).await.unwrap();
    assert_eq!(double.snapshots(), ["milvus_br_protection_1"]);
    let asked = double.requests::<pb::CreateSnapshotRequest>("CreateSnapshot");
    assert!(asked.iter().all(|request| request.compaction_protection_seconds == 600 && request.skip_index));
    let scan = milvus.open(&films, &samples::schema(), ScanOptions::default()).await.unwrap();
    double.milvus().delete(&films, None, &samples::keys(0..10)).unwrap();
    double.compact(&films);
    let target = ScanTarget { partition: "_default".to_owned(), rows: 40, parts: 1 };
    let units = scan.plan(std::slice::from_ref(&target)).await.unwrap();
    let pages: Vec<_> = scan.read(&units[0], &ScanPosition::Start, 200).try_collect().await.unwrap();
    assert_eq!(pages.iter().flat_map(samples::keys_of).count(), 40, "rows of the read point");
    double.refuse("DropSnapshot", 1, Fault::LostAnswer);
    milvus.end_protection(&films, &name).await.unwrap();
    assert_eq!(double.snapshots(), Vec::<String>::new());
    milvus.end_protection(&films, &name).await.unwrap();
    double.compact(&films);
    let pages: Vec<_> = scan.read(&units[0], &ScanPosition::Start, 200).try_collect().await.unwrap();
    assert_eq!(pages.iter().flat_map(samples::keys_of).count(), 30, "a read keeps nothing from compaction");
}

#[tokio::test]
async fn a_protection_is_refused_where_there_is_none() {
    for version in [Version::new(2, 6, 24), Version::new(3, 0, 0)] {
        let (double, milvus) = started(version).await;
        let films = filled(&milvus, 0..3).await;
        let name = "milvus_br_protection_1".parse().unwrap();
        let refused = milvus.protect_from_compaction(&films, &name, Duration::from_mins(10)).await;
        assert!(matches!(refused, Err(Error::Unsupported { .. })), "{refused:?}");
        assert!(double.calls().iter().all(|call| call.name != "CreateSnapshot"));
    }
}

/// 2.x does not have the calls at all.
#[tokio::test]
async fn calls_that_a_release_does_not_have_are_not_answered() {
    let (double, _) = started(Version::new(2, 6, 24)).await;
    let channel = tonic::transport::Channel::from_shared(double.uri()).unwrap().connect().await.unwrap();
    let mut raw = pb::milvus_service_client::MilvusServiceClient::new(channel);
    let refused = raw.list_snapshots(pb::ListSnapshotsRequest::default()).await.unwrap_err();
    assert_eq!(refused.code(), tonic::Code::Unimplemented);
    assert!(raw.get_replicate_configuration(pb::GetReplicateConfigurationRequest {}).await.is_ok());
}

/// milvus#51038: identifiers are ordered by their bytes, and written as texts in filters.
#[tokio::test]
async fn identifiers_are_keys_of_pages_ranges_and_counts() {
    let (double, milvus) = started(Version::new(3, 1, 0)).await;
    let (films, schema) = ("films".parse().unwrap(), samples::uuid_schema());
    milvus.create_collection(&films, &schema).await.unwrap();
    milvus.create_index(&films, &samples::index()).await.unwrap();
    milvus.load_collection(&films, None).await.unwrap();
    let rows = samples::rows(&schema, 0..40, "a");
    milvus.insert(&films, &schema, None, rows.clone()).await.unwrap();
    let scan = milvus.open(&films, &schema, ScanOptions::default()).await.unwrap();
    let target = ScanTarget { partition: "_default".to_owned(), rows: 40, parts: 1 };
    let units = scan.plan(&[target]).await.unwrap();
    let pages: Vec<_> = scan.read(&units[0], &ScanPosition::Start, 200).try_collect().await.unwrap();
    assert!(pages.len() > 1);
    assert_eq!(concat_batches(&rows.schema(), &pages).unwrap(), rows);
    let key = |number: u8| PrimaryKey::from_uuid_bytes(&u128::from(number).to_be_bytes()).unwrap();
    assert!(double.reads().iter().any(|read| read.expr.contains("\"00000000-0000-0000-0000-0000000000")));
    double.milvus().hide(&films, vec![key(7)]);
    let census = scan.census("_default").await.unwrap();
    let between = UnreturnedKey::Between(Some(key(6).to_string()), Some(key(8).to_string()));
    assert_eq!((census.keys, census.unreturned, census.unreturned_examples), (39, 1, vec![between]));
}

/// Dates, times of day and decimals, with NULLs among them.
#[tokio::test]
async fn packed_scalars_are_inserted_and_read() {
    let (_double, milvus) = started(V3).await;
    let mut schema = samples::schema();
    for data_type in [DataType::Date, DataType::Time, DataType::Decimal] {
        let field =
            FieldSchema::new(data_type.to_string(), data_type).with_param("precision", 18).with_param("scale", 4);
        schema.fields.push(FieldSchema { nullable: true, ..field });
    }
    let films = "films".parse().unwrap();
    milvus.create_collection(&films, &schema).await.unwrap();
    milvus.create_index(&films, &samples::index()).await.unwrap();
    milvus.load_collection(&films, None).await.unwrap();
    let mut columns = samples::rows(&samples::schema(), 0..2, "a").columns().to_vec();
    columns.push(Arc::new(Date32Array::from(vec![Some(-1), None])));
    columns.push(Arc::new(Time64MicrosecondArray::from(vec![None, Some(86_399_999_999)])));
    let prices = Decimal128Array::from(vec![Some(-199_900), None]).with_precision_and_scale(18, 4).unwrap();
    columns.push(Arc::new(prices));
    let rows = RecordBatch::try_new(Arc::new(arrow_schema(&schema).unwrap()), columns).unwrap();
    milvus.insert(&films, &schema, None, rows.clone()).await.unwrap();
    let described = milvus.describe_collection(&films).await.unwrap();
    assert_eq!((described.schema.fields, described.limitations), (schema.fields.clone(), Vec::new()));
    let scan = milvus.open(&films, &schema, ScanOptions::default()).await.unwrap();
    let units = scan.plan(&[ScanTarget { partition: "_default".to_owned(), rows: 2, parts: 1 }]).await.unwrap();
    let pages: Vec<_> = scan.read(&units[0], &ScanPosition::Start, 1 << 20).try_collect().await.unwrap();
    assert_eq!(pages, [rows]);
}
