//! "The units that have all rows of these partitions", and reading them.

use std::collections::BTreeMap;

use futures::TryStreamExt;
use milvus_backup_core::schema::PrimaryKey;
use milvus_backup_core::{RowOrder, ScanPosition, ScanSession, ScanTarget, ScanUnit};

use crate::conformance::Subject;
use crate::conformance::expectations::done;
use crate::fakes::samples;

/// The keys of a unit that come after `from`, in the order in which they are read.
pub(super) async fn keys_read(scan: &dyn ScanSession, unit: &ScanUnit, from: &ScanPosition) -> Vec<i64> {
    let pages: Vec<_> = done(scan.read(unit, from, 200).try_collect().await);
    pages.iter().flat_map(samples::keys_of).collect()
}

/// "Every row of a plan is in exactly one unit", and one in the order of primary keys ascends.
pub(super) async fn units_cover_every_row_of_their_partitions_once(subject: &Subject) {
    let name = subject.loaded("units").await;
    subject.insert(&name, None, (0..40).rev(), "a").await;
    let mut expected = BTreeMap::from([("_default".to_owned(), (0..40).collect::<Vec<i64>>())]);
    if subject.expected.capabilities.partitions {
        done(subject.milvus.create_partition(&name, "p1").await);
        done(subject.milvus.create_partition(&name, "empty").await);
        subject.insert(&name, Some("p1"), 100..130, "b").await;
        expected.insert("p1".to_owned(), (100..130).collect());
        expected.insert("empty".to_owned(), Vec::new());
    }
    let scan = done(subject.scan(&name, &samples::schema()).await);
    let target = |(partition, keys): (&String, &Vec<i64>)| ScanTarget {
        partition: partition.clone(),
        rows: keys.len() as u64,
        parts: 4,
    };
    let units = done(scan.plan(&expected.iter().map(target).collect::<Vec<_>>()).await);
    let mut ids: Vec<_> = units.iter().map(|unit| unit.id).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), units.len(), "each has an id of its own");
    let mut found: BTreeMap<String, Vec<i64>> = expected.keys().map(|name| (name.clone(), Vec::new())).collect();
    for unit in &units {
        let keys = keys_read(scan.as_ref(), unit, &ScanPosition::Start).await;
        assert!(unit.order == RowOrder::Unordered || keys.is_sorted_by(|a, b| a < b), "{keys:?}");
        found.get_mut(&unit.partition).unwrap().extend(keys);
    }
    for keys in found.values_mut() {
        keys.sort_unstable();
    }
    assert_eq!(found, expected);
    done(scan.close().await);
    subject.forget(&name).await;
}

/// "The rows of a unit that come after `from`."
pub(super) async fn reading_goes_on_from_a_position(subject: &Subject) {
    let name = subject.loaded("positions").await;
    subject.insert(&name, None, (0..30).map(|key| key * 2), "a").await;
    let scan = done(subject.scan(&name, &samples::schema()).await);
    let unit = done(subject.unit(scan.as_ref(), None, 30, 1).await);
    let all = keys_read(scan.as_ref(), &unit, &ScanPosition::Start).await;
    for read in [1, 17, 30] {
        let position = match unit.order {
            RowOrder::PrimaryKey => ScanPosition::AfterKey(PrimaryKey::Int64(all[read - 1])),
            RowOrder::Unordered => ScanPosition::AfterRows(read as u64),
        };
        assert_eq!(keys_read(scan.as_ref(), &unit, &position).await, all[read..], "after {read} rows");
    }
    if unit.order == RowOrder::PrimaryKey {
        let between = ScanPosition::AfterKey(PrimaryKey::Int64(31));
        assert_eq!(keys_read(scan.as_ref(), &unit, &between).await, all[16..], "after a key that no row has");
    }
    done(scan.close().await);
    subject.forget(&name).await;
}

/// "Releases what the session holds on the server": the collection can be dropped, also after a stream that was not read to
/// its end, and other scans go on.
pub(super) async fn a_scan_lets_go(subject: &Subject) {
    let name = subject.loaded("closed").await;
    subject.insert(&name, None, 0..20, "a").await;
    let (one, other) =
        (done(subject.scan(&name, &samples::schema()).await), done(subject.scan(&name, &samples::schema()).await));
    let unit = done(subject.unit(one.as_ref(), None, 20, 1).await);
    let mut pages = one.read(&unit, &ScanPosition::Start, 1);
    assert!(done(pages.try_next().await).is_some());
    drop(pages);
    done(one.close().await);
    done(one.close().await);
    let unit = done(subject.unit(other.as_ref(), None, 20, 1).await);
    assert_eq!(keys_read(other.as_ref(), &unit, &ScanPosition::Start).await.len(), 20);
    done(other.close().await);
    done(subject.milvus.release_collection(&name).await);
    subject.forget(&name).await;
}
