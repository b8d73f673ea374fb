//! Collections and partitions in memory.

use milvus_backup_core::{CollectionName, LoadState};

use crate::conformance::Subject;
use crate::conformance::expectations::{done, refused, refused_as, unsupported};
use crate::fakes::milvus::refusals::{no_partitions_named, without_index};
use crate::fakes::samples;

fn named(partitions: &[&str]) -> Vec<String> {
    partitions.iter().map(|name| (*name).to_owned()).collect()
}

async fn state(subject: &Subject, name: &CollectionName, partitions: &[&str]) -> LoadState {
    done(subject.milvus.load_state(name, &named(partitions)).await)
}

/// "Loads the collection with all its partitions"; "releases the collection from memory".
pub(super) async fn a_new_collection_and_its_load_state(subject: &Subject) {
    let Subject { milvus, expected, .. } = subject;
    let name = subject.created("load").await;
    let new = if expected.loading.loaded_when_created { LoadState::Loaded } else { LoadState::NotLoaded };
    assert_eq!(state(subject, &name, &[]).await, new);
    let unindexed = milvus.load_collection(&name, None).await;
    if expected.capabilities.load_needs_index {
        refused_as(unindexed, &without_index(&name));
    } else {
        done(unindexed);
    }
    done(milvus.release_collection(&name).await);
    let released = if expected.loading.release_needs_index { LoadState::Loaded } else { LoadState::NotLoaded };
    assert_eq!(state(subject, &name, &[]).await, released, "without an index");
    done(milvus.create_index(&name, &samples::index()).await);
    let indexed = if expected.loading.writes_load { LoadState::Loaded } else { released };
    assert_eq!(state(subject, &name, &[]).await, indexed, "with an index");
    done(milvus.load_collection(&name, None).await);
    done(milvus.load_collection(&name, None).await);
    assert_eq!(state(subject, &name, &[]).await, LoadState::Loaded);
    done(milvus.release_collection(&name).await);
    done(milvus.release_collection(&name).await);
    assert_eq!(state(subject, &name, &[]).await, LoadState::NotLoaded);
    subject.forget(&name).await;
}

/// "Loads these partitions beside those that are loaded"; "releases these partitions, and no others"; "whether all of these
/// partitions are in memory; of none, whether anything of the collection is".
pub(super) async fn partitions_are_loaded_one_by_one(subject: &Subject) {
    let Subject { milvus, expected, .. } = subject;
    if !expected.capabilities.partition_loading {
        return;
    }
    let name = subject.created("load_parts").await;
    for partition in ["p1", "p2"] {
        done(milvus.create_partition(&name, partition).await);
    }
    done(milvus.create_index(&name, &samples::index()).await);
    done(milvus.load_partitions(&name, &named(&["p1"]), None).await);
    assert_eq!(state(subject, &name, &[]).await, LoadState::Loaded);
    assert_eq!(state(subject, &name, &["p1"]).await, LoadState::Loaded);
    assert_eq!(state(subject, &name, &["_default"]).await, LoadState::NotLoaded);
    assert_eq!(state(subject, &name, &["p1", "p2"]).await, LoadState::NotLoaded);
    done(milvus.create_partition(&name, "p3").await);
    assert_eq!(state(subject, &name, &["p3"]).await, LoadState::NotLoaded);
    done(milvus.load_partitions(&name, &named(&["p1", "p2"]), None).await);
    assert_eq!(state(subject, &name, &["p1", "p2"]).await, LoadState::Loaded);
    done(milvus.release_partitions(&name, &named(&["p2", "_default"])).await);
    assert_eq!(state(subject, &name, &["p1"]).await, LoadState::Loaded);
    assert_eq!(state(subject, &name, &["p2"]).await, LoadState::NotLoaded);
    done(milvus.load_collection(&name, None).await);
    assert_eq!(state(subject, &name, &["_default", "p1", "p2", "p3"]).await, LoadState::Loaded);
    done(milvus.create_partition(&name, "p4").await);
    assert_eq!(state(subject, &name, &["p4"]).await, LoadState::Loaded, "a partition of what is loaded as a whole");
    done(milvus.release_partitions(&name, &named(&["p4"])).await);
    assert_eq!(state(subject, &name, &["p4"]).await, LoadState::NotLoaded);
    done(milvus.release_partitions(&name, &named(&["_default", "p1", "p2", "p3"])).await);
    assert_eq!(state(subject, &name, &[]).await, LoadState::NotLoaded);

    let family = expected.family;
    let unknown = milvus.load_state(&name, &named(&["nope"])).await;
    refused_as(unknown, &family.partition_not_found("GetLoadState", "nope"));
    let unknown = milvus.load_partitions(&name, &named(&["nope"]), None).await;
    refused_as(unknown, &family.partition_not_found("LoadPartitions", "nope"));
    let unknown = milvus.release_partitions(&name, &named(&["nope"])).await;
    refused_as(unknown, &family.partition_not_found("ReleasePartitions", "nope"));
    refused_as(milvus.load_partitions(&name, &[], None).await, &no_partitions_named("LoadPartitions"));
    refused_as(milvus.release_partitions(&name, &[]).await, &no_partitions_named("ReleasePartitions"));
    subject.forget(&name).await;
}

/// [`milvus_backup_core::Error::Unsupported`] "on a server that loads collections only as a whole".
pub(super) async fn partitions_cannot_be_loaded_one_by_one(subject: &Subject) {
    let Subject { milvus, expected, .. } = subject;
    if expected.capabilities.partition_loading {
        return;
    }
    let name = subject.created("load_whole").await;
    unsupported(milvus.load_partitions(&name, &named(&["_default"]), None).await);
    unsupported(milvus.release_partitions(&name, &named(&["_default"])).await);
    // Any partition is as loaded as the collection.
    assert_eq!(state(subject, &name, &["_default"]).await, state(subject, &name, &[]).await);
    assert_eq!(state(subject, &name, &["nope"]).await, state(subject, &name, &[]).await);
    subject.forget(&name).await;
}

/// "Copies of the collection in memory; `None` where it is not loaded or the server does not tell."
pub(super) async fn copies_in_memory(subject: &Subject) {
    let Subject { milvus, expected, .. } = subject;
    let name = subject.created("replicas").await;
    done(milvus.create_index(&name, &samples::index()).await);
    let Some(most) = expected.loading.max_replicas else {
        done(milvus.load_collection(&name, Some(2)).await);
        assert_eq!(done(milvus.replica_number(&name).await), None);
        return subject.forget(&name).await;
    };
    assert_eq!(done(milvus.replica_number(&name).await), None);
    refused(milvus.load_collection(&name, Some(most + 1)).await);
    assert_eq!(state(subject, &name, &[]).await, LoadState::NotLoaded, "a refused load leaves nothing");
    done(milvus.load_collection(&name, Some(1)).await);
    assert_eq!(done(milvus.replica_number(&name).await), Some(1));
    refused(milvus.load_collection(&name, Some(2)).await);
    subject.forget(&name).await;
}
