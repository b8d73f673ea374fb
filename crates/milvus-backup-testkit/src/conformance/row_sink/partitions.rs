//! "Into a partition, or into the collection where rows are spread by a partition key."

use crate::conformance::Subject;
use crate::conformance::expectations::{done, refused_as};
use crate::fakes::{Copies, Statistics, samples};

/// Without a name it is `_default`.
pub(super) async fn rows_go_into_the_partition_that_is_named(subject: &Subject) {
    let Subject { milvus, expected, .. } = subject;
    if !expected.capabilities.partitions {
        return;
    }
    let name = subject.loaded("into").await;
    done(milvus.create_partition(&name, "p1").await);
    subject.insert(&name, None, [1], "a").await;
    subject.insert(&name, Some("_default"), [2], "a").await;
    subject.insert(&name, Some("p1"), [3], "a").await;
    assert_eq!(subject.texts(&name, Some("_default")).await, ["a1", "a2"]);
    assert_eq!(subject.texts(&name, Some("p1")).await, ["a3"]);
    subject.forget(&name).await;
}

/// "Whether a key that several partitions have is kept in each only if the rows of one are flushed before those of the next
/// are inserted."
pub(super) async fn a_key_that_several_partitions_have(subject: &Subject) {
    let Subject { milvus, expected, .. } = subject;
    if !expected.capabilities.partitions {
        return;
    }
    let replaced = expected.rows.copies == Copies::Replaced;
    assert_eq!(expected.capabilities.flush_between_partitions, replaced);
    let name = subject.loaded("shared_keys").await;
    done(milvus.create_partition(&name, "p1").await);
    subject.insert(&name, None, [1, 2], "a").await;
    done(milvus.flush(&name).await);
    subject.insert(&name, Some("p1"), [1, 2], "b").await;
    for (partition, texts) in [("_default", ["a1", "a2"]), ("p1", ["b1", "b2"])] {
        assert_eq!(subject.texts(&name, Some(partition)).await, texts);
        assert_eq!(subject.count(&name, Some(partition)).await, 2);
    }
    // Not flushed between: where the newer row replaces the older one, it moves.
    subject.insert(&name, None, [1], "c").await;
    let texts = subject.texts(&name, Some("p1")).await;
    assert_eq!(texts, if replaced { vec!["b2"] } else { vec!["b1", "b2"] });
    done(milvus.flush(&name).await);
    let (default, p1) =
        (done(milvus.stored_rows(&name, Some("_default")).await), done(milvus.stored_rows(&name, Some("p1")).await));
    match expected.rows.statistics {
        Statistics::Live => assert_eq!((default, p1), (2, 1)),
        Statistics::Flushed => assert_eq!((default, p1), (3, 2)),
    }
    subject.forget(&name).await;
}

/// Their partitions cannot be named in a call, or are not where the rows are.
pub(super) async fn rows_that_are_spread_name_no_partition(subject: &Subject) {
    let Subject { milvus, expected, .. } = subject;
    if !expected.capabilities.schema.partition_key {
        return;
    }
    let mut schema = samples::schema();
    schema.fields[1].is_partition_key = true;
    schema.num_partitions = Some(4);
    let name = subject.loaded_with("spread_rows", &schema).await;
    assert_eq!(done(milvus.insert(&name, &schema, None, samples::rows(&schema, 0..20, "a")).await), 20);
    assert_eq!(done(subject.try_count_of(&name, &schema, None).await), 20);
    assert_eq!(samples::keys_of(&subject.rows_of(&name, &schema, None).await), (0..20).collect::<Vec<_>>());
    let inserted = milvus.insert(&name, &schema, Some("_default"), samples::rows(&schema, 20..21, "a")).await;
    let stored = milvus.stored_rows(&name, Some("_default")).await;
    if expected.rows.names_spread_partitions {
        assert_eq!((done(inserted), done(stored)), (1, 0));
    } else {
        refused_as(inserted, &expected.family.spread("Insert"));
        refused_as(stored, &expected.family.partition_not_found("GetPartitionStatistics", "_default"));
    }
    if expected.capabilities.partition_loading {
        let default = ["_default".to_owned()];
        let state = milvus.load_state(&name, &default).await;
        refused_as(state, &expected.family.partition_not_found("GetLoadState", "_default"));
        let loaded = milvus.load_partitions(&name, &default, None).await;
        refused_as(loaded, &expected.family.spread("LoadPartitions"));
        let released = milvus.release_partitions(&name, &default).await;
        refused_as(released, &expected.family.spread("ReleasePartitions"));
    }
    subject.forget(&name).await;
}
