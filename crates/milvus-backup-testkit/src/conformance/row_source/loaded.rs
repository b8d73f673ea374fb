//! "Needs a loaded collection."

use milvus_backup_core::{KeyRange, LoadState};

use crate::conformance::Subject;
use crate::conformance::expectations::{done, refused_as};
use crate::fakes::milvus::refusals::released;
use crate::fakes::{ReadPoints, samples};

/// A read of a released collection is refused, or loads it.
pub(super) async fn what_is_not_loaded_is_refused_or_loaded(subject: &Subject) {
    let Subject { milvus, expected, .. } = subject;
    let name = subject.loaded("released").await;
    subject.insert(&name, None, 0..3, "a").await;
    done(milvus.release_collection(&name).await);
    let (count, after) = (subject.try_count(&name, None).await, done(milvus.load_state(&name, &[]).await));
    if !expected.loading.reads_load {
        let refusal = released(&name);
        refused_as(count, &refusal);
        assert_eq!(after, LoadState::NotLoaded);
        let scan = subject.scan_without_moment(&name, &samples::schema()).await;
        refused_as(scan.census("_default").await, &refusal);
        refused_as(subject.unit(scan.as_ref(), None, 100, 4).await, &refusal);
        done(scan.close().await);
        if expected.rows.read_points == ReadPoints::Snapshot {
            refused_as(subject.scan(&name, &samples::schema()).await, &refusal);
        } else {
            refused_as(subject.pages(&name, None, KeyRange::default(), 1 << 20).await, &refusal);
        }
        return subject.forget(&name).await;
    }
    assert_eq!(done(count), 3);
    assert_eq!(after, LoadState::Loaded, "after a count");
    done(milvus.release_collection(&name).await);
    assert_eq!(subject.texts(&name, None).await, ["a0", "a1", "a2"]);
    assert_eq!(done(milvus.load_state(&name, &[]).await), LoadState::Loaded, "after a scan");
    subject.forget(&name).await;
}

/// Where some partitions are loaded, the others are refused.
pub(super) async fn partitions_that_are_not_loaded_are_not_read(subject: &Subject) {
    let Subject { milvus, expected, .. } = subject;
    if !expected.capabilities.partition_loading {
        return;
    }
    let name = subject.created("partly").await;
    done(milvus.create_partition(&name, "p1").await);
    done(milvus.create_index(&name, &samples::index()).await);
    subject.insert(&name, None, [1, 2, 3], "a").await;
    subject.insert(&name, Some("p1"), [10, 11], "b").await;
    done(milvus.flush(&name).await);
    done(milvus.load_partitions(&name, &["p1".to_owned()], None).await);
    assert_eq!(subject.count(&name, Some("p1")).await, 2);
    assert_eq!(subject.texts(&name, Some("p1")).await, ["b10", "b11"]);
    refused_as(subject.try_count(&name, Some("_default")).await, &released(&name));
    let pages = subject.pages(&name, Some("_default"), KeyRange::default(), 1 << 20).await;
    refused_as(pages, &released(&name));
    assert_eq!(done(milvus.stored_rows(&name, Some("_default")).await), 3, "storage has it all the same");
    subject.forget(&name).await;
}

/// "Rows in stored segments that are not in the server's list of loaded ones … `None` where the server does not report it."
pub(super) async fn pending_rows_are_those_not_in_memory(subject: &Subject) {
    let Subject { milvus, expected, .. } = subject;
    let missing = subject.fresh("pending_missing").await;
    assert_eq!(subject.pending(&missing, &[]).await, None);
    let name = subject.created("pending").await;
    if !expected.loading.reports_pending {
        assert_eq!(subject.pending(&name, &[]).await, None);
        return subject.forget(&name).await;
    }
    let parts = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    done(milvus.create_partition(&name, "p1").await);
    subject.insert(&name, None, [1, 2, 3], "a").await;
    subject.insert(&name, Some("p1"), [10, 11], "b").await;
    assert_eq!(subject.pending(&name, &[]).await, Some(0), "nothing is stored yet");
    done(milvus.flush(&name).await);
    assert_eq!(subject.pending(&name, &[]).await, Some(5));
    assert_eq!(subject.pending(&name, &parts(&["p1"])).await, Some(2));
    assert_eq!(subject.pending(&name, &parts(&["nope"])).await, Some(0));
    done(milvus.create_index(&name, &samples::index()).await);
    done(milvus.load_partitions(&name, &parts(&["p1"]), None).await);
    assert_eq!(subject.pending(&name, &parts(&["p1"])).await, Some(0));
    assert_eq!(subject.pending(&name, &[]).await, Some(3));
    subject.forget(&name).await;
}
