//! What tests do to a double arrives at the client.

use std::time::Duration;

use futures::TryStreamExt;
use milvus::proto::milvus as pb;
use milvus_backup_client::{ConnectionOptions, MilvusConnection, SystemClock};
use milvus_backup_core::schema::CollectionSchema;
use milvus_backup_core::{
    Catalog, Clock, CollectionName, Error, LoadState, ReadPoint, RowSink, RowSource, ScanOptions, ScanPosition,
    ScanTarget,
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
    }
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

/// As the protocol has it, for whoever makes these calls later.
#[tokio::test]
async fn a_snapshot_keeps_segments_from_compaction() {
    let (double, milvus) = started(V3).await;
    let films = filled(&milvus, 0..40).await;
    let scan = milvus.open(&films, &samples::schema(), ScanOptions::default()).await.unwrap();
    let channel = tonic::transport::Channel::from_shared(double.uri()).unwrap().connect().await.unwrap();
    let mut raw = pb::milvus_service_client::MilvusServiceClient::new(channel);
    let create = pb::CreateSnapshotRequest {
        name: "backup".to_owned(),
        collection_name: films.to_string(),
        compaction_protection_seconds: 600,
        ..Default::default()
    };
    assert_eq!(raw.create_snapshot(create.clone()).await.unwrap().into_inner().code, 0);
    assert_ne!(raw.create_snapshot(create).await.unwrap().into_inner().code, 0);
    double.milvus().delete(&films, None, &samples::keys(0..10)).unwrap();
    double.compact(&films);
    let target = ScanTarget { partition: "_default".to_owned(), rows: 40, parts: 1 };
    let units = scan.plan(std::slice::from_ref(&target)).await.unwrap();
    let pages: Vec<_> = scan.read(&units[0], &ScanPosition::Start, 200).try_collect().await.unwrap();
    assert_eq!(pages.iter().flat_map(samples::keys_of).count(), 40, "rows of the moment");
    let drop_it =
        pb::DropSnapshotRequest { name: "backup".to_owned(), collection_name: films.to_string(), ..Default::default() };
    assert_eq!(raw.drop_snapshot(drop_it).await.unwrap().into_inner().code, 0);
    double.compact(&films);
    let pages: Vec<_> = scan.read(&units[0], &ScanPosition::Start, 200).try_collect().await.unwrap();
    assert_eq!(pages.iter().flat_map(samples::keys_of).count(), 30, "a read keeps nothing from compaction");
    assert_eq!(double.snapshots(), Vec::<String>::new());
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
