//! Rows that are counted and rows that are returned.

use crate::conformance::Subject;
use crate::conformance::expectations::done;
use crate::fakes::{Copies, samples};

/// "Rows that are counted" and "a query returns one row of a key".
pub(super) async fn copies_of_keys_are_counted_and_explained(subject: &Subject) {
    let copies = subject.expected.rows.copies;
    let name = subject.loaded("copies").await;
    subject.insert(&name, None, [1, 2, 3], "a").await;
    done(subject.milvus.flush(&name).await);
    subject.insert(&name, None, [2, 3], "b").await;
    subject.insert(&name, None, [3], "c").await;
    let texts = subject.texts(&name, None).await;
    if copies == Copies::Any {
        assert_eq!((texts.len(), texts[0].as_str()), (3, "a1"), "{texts:?}");
        assert!(
            ["a2", "b2"].contains(&texts[1].as_str()) && ["a3", "b3", "c3"].contains(&texts[2].as_str()),
            "{texts:?}"
        );
    } else {
        assert_eq!(texts, ["a1", "b2", "c3"]);
    }
    let counted = if copies == Copies::Replaced { 3 } else { 6 };
    assert_eq!(subject.count(&name, None).await, counted);
    let census = done(subject.try_census(&name, &samples::schema()).await);
    assert_eq!((census.keys, census.rows), (3, counted));
    assert!(census.explains_all(), "{census:?}");
    if copies == Copies::Replaced {
        assert_eq!((census.duplicated_keys, census.copies, census.example), (0, 0, None));
    } else {
        assert_eq!((census.duplicated_keys, census.copies), (2, 3));
        assert_eq!(census.example.as_deref(), Some("2"));
    }
    subject.forget(&name).await;
}

/// "Rows visible now", and what a delete and an upsert make of them.
pub(super) async fn deleted_rows_are_neither_counted_nor_returned(subject: &Subject) {
    let Subject { milvus, other, expected, .. } = subject;
    let name = subject.loaded("deletes").await;
    subject.insert(&name, None, 0..6, "a").await;
    done(milvus.flush(&name).await);
    other.delete(&name, None, vec![1, 2, 99]).await;
    assert_eq!(subject.texts(&name, None).await, ["a0", "a3", "a4", "a5"]);
    assert_eq!(subject.count(&name, None).await, 4);
    subject.insert(&name, None, [2], "b").await;
    assert_eq!(subject.texts(&name, None).await, ["a0", "b2", "a3", "a4", "a5"]);
    other.upsert(&name, None, vec![3, 7], "c").await;
    assert_eq!(subject.texts(&name, None).await, ["a0", "b2", "c3", "a4", "a5", "c7"]);
    assert_eq!(subject.count(&name, None).await, 6, "an upsert leaves no copies");
    let census = done(subject.try_census(&name, &samples::schema()).await);
    assert_eq!((census.keys, census.rows, census.copies), (6, 6, 0));
    if expected.capabilities.partitions {
        deletes_of_one_partition(subject).await;
    }
    subject.forget(&name).await;
}

/// A delete that names a partition, and an upsert of a key that another partition has.
async fn deletes_of_one_partition(subject: &Subject) {
    let Subject { milvus, other, expected, .. } = subject;
    let name = subject.loaded("deletes_in_one").await;
    done(milvus.create_partition(&name, "p1").await);
    subject.insert(&name, None, [1, 2], "a").await;
    done(milvus.flush(&name).await);
    subject.insert(&name, Some("p1"), [1, 2], "b").await;
    done(milvus.flush(&name).await);
    other.delete(&name, Some("p1"), vec![1]).await;
    let apart = expected.rows.copies != Copies::Replaced;
    let left = if apart { vec!["a1", "a2"] } else { vec!["a2"] };
    assert_eq!(subject.texts(&name, Some("_default")).await, left);
    assert_eq!(subject.texts(&name, Some("p1")).await, ["b2"]);
    other.upsert(&name, Some("p1"), vec![2], "c").await;
    assert_eq!(subject.texts(&name, Some("_default")).await, left);
    assert_eq!(subject.texts(&name, Some("p1")).await, ["c2"]);
    subject.forget(&name).await;
}
