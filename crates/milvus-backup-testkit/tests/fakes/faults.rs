//! Faults happen where they are injected, and nowhere else.

use std::sync::Arc;

use futures::executor::block_on;
use futures::{FutureExt as _, TryStreamExt as _, join};
use milvus_backup_core::{
    Catalog as _, CollectionName, Error, ErrorKind, Interrupt, Result, RowSink as _, RowSource as _, ScanOptions,
    ScanPosition, ScanTarget,
};
use milvus_backup_testkit::conformance::{Subject, catalog, row_sink, row_source};
use milvus_backup_testkit::fakes::faults::{CallKind, Failure, Fault, Faults, FaultyMilvus, FaultyStore, Gate, Point};
use milvus_backup_testkit::fakes::{InMemoryMilvus, ServerModel, samples};
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt as _, PutPayload};

fn films() -> CollectionName {
    "films".parse().unwrap()
}

/// A Milvus with faults, the same without, and the faults.
fn faulty() -> (FaultyMilvus, InMemoryMilvus, Faults) {
    let (milvus, faults) = (InMemoryMilvus::new(ServerModel::lite_3()), Faults::new());
    (FaultyMilvus::new(Arc::new(milvus.clone()), faults.clone()), milvus, faults)
}

fn filled() -> (FaultyMilvus, InMemoryMilvus, Faults) {
    let (through, milvus, faults) = faulty();
    block_on(async {
        milvus.create_collection(&films(), &samples::schema()).await.unwrap();
        let rows = samples::rows(&samples::schema(), 0..10, "a");
        milvus.insert(&films(), &samples::schema(), None, rows).await.unwrap();
    });
    (through, milvus, faults)
}

fn scan(milvus: &FaultyMilvus) -> Result<Vec<i64>> {
    block_on(async {
        let session = milvus.open(&films(), &samples::schema(), ScanOptions::default()).await?;
        let whole = ScanTarget { partition: "_default".to_owned(), rows: 10, parts: 1 };
        let units = session.plan(&[whole]).await?;
        let pages: Vec<_> = session.read(&units[0], &ScanPosition::Start, 100).try_collect().await?;
        Ok(pages.iter().flat_map(samples::keys_of).collect())
    })
}

/// Everything through the faults is as it is without them, as long as there are none.
#[test]
fn without_faults_the_contracts_hold() {
    for model in [ServerModel::milvus_2_3(), ServerModel::lite_3()] {
        let mut subject = Subject::in_memory(model);
        subject.milvus = Arc::new(FaultyMilvus::new(subject.milvus, Faults::new()));
        block_on(async {
            catalog::run(&subject).await;
            row_source::run(&subject).await;
            row_sink::run(&subject).await;
        });
    }
}

#[test]
fn a_call_that_fails_is_not_made_and_one_whose_response_is_lost_is() {
    let (through, milvus, faults) = faulty();
    faults.inject(Point::call("create_collection"), Fault::fail(Failure::unavailable()));
    faults.inject(Point::call("create_collection").nth(1), Fault::lose(Failure::of_milvus(|| Error::Interrupted)));
    block_on(async {
        let failed = through.create_collection(&films(), &samples::schema()).await.unwrap_err();
        assert_eq!((failed.kind(), failed.retryable()), (ErrorKind::Unreachable, true));
        assert!(!milvus.has_collection(&films()).await.unwrap());
        let lost = through.create_collection(&films(), &samples::schema()).await.unwrap_err();
        assert!(matches!(lost, Error::Interrupted));
        assert!(milvus.has_collection(&films()).await.unwrap());
    });
}

#[test]
fn a_server_that_is_down_answers_nothing_from_then_on() {
    let (through, _, faults) = filled();
    faults.inject(Point::effect().nth(1), Fault::down(Failure::unavailable()));
    block_on(async {
        assert_eq!(through.list_collections().await.unwrap(), ["films"]);
        through.flush(&films()).await.unwrap();
        assert!(through.flush(&films()).await.is_err());
        assert!(through.list_collections().await.is_err());
        assert!(through.load_state(&films(), &[]).await.is_err());
    });
}

#[test]
fn calls_are_recorded_in_their_order_over_milvus_and_store() {
    let (through, _, faults) = filled();
    let store = FaultyStore::in_memory(faults.clone());
    block_on(async {
        through.flush(&films()).await.unwrap();
        store.put(&Path::from("a/b"), PutPayload::from("x")).await.unwrap();
        through.describe_collection(&films()).await.unwrap();
        store.head(&Path::from("a/b")).await.unwrap();
        store.get(&Path::from("a/b")).await.unwrap();
        store.delete(&Path::from("a/b")).await.unwrap();
    });
    let names: Vec<String> = faults.calls().iter().map(ToString::to_string).collect();
    assert_eq!(names, ["flush films", "put a/b", "describe_collection films", "head a/b", "get a/b", "delete a/b"]);
    let effects: Vec<&str> = faults.effects().iter().map(|call| call.name).collect();
    assert_eq!(effects, ["flush", "put", "delete"]);
    assert_eq!(faults.counts()["get"], 1);
    faults.reset();
    assert_eq!(faults.calls(), []);
}

#[test]
fn each_page_of_a_scan_is_a_call() {
    let (through, milvus, faults) = filled();
    assert_eq!(scan(&through).unwrap(), (0..10).collect::<Vec<_>>());
    let counts = faults.counts();
    assert_eq!((counts["read"], counts["page"]), (1, 6), "five pages of two rows, and the end");
    assert!(faults.calls().iter().all(|call| call.kind == CallKind::Read));

    faults.reset();
    faults.inject(Point::call("page").nth(2), Fault::fail(Failure::unavailable()));
    assert!(scan(&through).is_err());
    faults.reset();
    let other = milvus.clone();
    let rename = move || {
        let other = other.clone();
        async move { other.rename_collection(&films(), &"old".parse().unwrap()).await.unwrap() }
    };
    faults.inject(Point::call("page").nth(1), Fault::after(rename));
    assert!(matches!(scan(&through), Err(Error::Milvus { code: 100, .. })), "the next page is of no collection");
}

#[test]
fn something_is_done_before_a_call_or_after_it() {
    let (through, milvus, faults) = filled();
    let (handle, interrupt) = Interrupt::new();
    let mut handle = Some(handle);
    faults.inject(
        Point::call("flush"),
        Fault::before(move || {
            handle.take().unwrap().request();
            async {}
        }),
    );
    let other = milvus.clone();
    faults.inject(
        Point::call("flush"),
        Fault::after(move || {
            let other = other.clone();
            async move { other.drop_collection(&films()).await.unwrap() }
        }),
    );
    block_on(through.flush(&films())).unwrap();
    assert!(interrupt.is_requested());
    assert!(!block_on(milvus.has_collection(&films())).unwrap());
}

#[test]
fn a_call_hangs_until_it_is_let_through() {
    let (through, milvus, faults) = filled();
    let gate = Gate::new();
    faults.inject(Point::call("drop_collection"), Fault::hang(&gate));
    let name = films();
    block_on(async {
        let mut drop = through.drop_collection(&name).boxed();
        assert!((&mut drop).now_or_never().is_none());
        gate.reached().await;
        assert!(milvus.has_collection(&name).await.unwrap());
        let release = async { gate.open() };
        let (dropped, ()) = join!(drop, release);
        dropped.unwrap();
        assert!(!milvus.has_collection(&name).await.unwrap());
    });
}

#[test]
fn a_store_fails_at_a_chosen_object() {
    let faults = Faults::new();
    let store = FaultyStore::in_memory(faults.clone());
    let (lock, data) = (Path::from("films/locks/1"), Path::from("films/data/0"));
    let failure = Failure::of_store(|| object_store::Error::NotImplemented {
        operation: "put".to_owned(),
        implementer: "a test".to_owned(),
    });
    faults.inject(Point::call("put").on("/locks/").and_all_after(), Fault::lose(failure));
    faults.inject(Point::call("list"), Fault::fail(Failure::unavailable()));
    block_on(async {
        store.put(&data, PutPayload::from("x")).await.unwrap();
        for _ in 0..2 {
            let lost = store.put(&lock, PutPayload::from("x")).await.unwrap_err();
            assert!(matches!(lost, object_store::Error::NotImplemented { .. }), "{lost}");
        }
        store.head(&lock).await.unwrap();
        // A list that breaks off has shown something before.
        let mut listed = store.list(None);
        assert!(listed.try_next().await.unwrap().is_some());
        assert!(listed.try_next().await.is_err());
        assert_eq!(store.list(None).try_collect::<Vec<_>>().await.unwrap().len(), 2);
    });
}

#[test]
fn uploads_are_recorded_part_by_part() {
    let faults = Faults::new();
    let store = FaultyStore::in_memory(faults.clone());
    faults.inject(Point::call("part").nth(1), Fault::fail(Failure::unavailable()));
    block_on(async {
        let mut upload = store.put_multipart(&Path::from("a")).await.unwrap();
        upload.put_part(PutPayload::from("x")).await.unwrap();
        assert!(upload.put_part(PutPayload::from("y")).await.is_err());
        upload.abort().await.unwrap();
    });
    let names: Vec<&str> = faults.effects().iter().map(|call| call.name).collect();
    assert_eq!(names, ["begin", "part", "part", "abort"]);
}

#[test]
fn a_seed_repeats_its_faults() {
    let run = |seed| {
        let faults = Faults::new();
        faults.inject_at_random(seed, 30);
        let store = FaultyStore::in_memory(faults);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
        runtime.block_on(async {
            let mut outcomes = Vec::new();
            for number in 0..40 {
                let path = Path::from(format!("{number}"));
                let put = store.put(&path, PutPayload::from("some bytes"));
                outcomes.push(put.await.is_ok());
            }
            outcomes
        })
    };
    assert_eq!(run(7), run(7));
    assert_ne!(run(7), run(8));
    assert!(run(7).contains(&true) && run(7).contains(&false));
}
