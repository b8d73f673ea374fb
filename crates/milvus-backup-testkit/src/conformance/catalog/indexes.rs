//! Indexes.

use milvus_backup_core::schema::IndexDefinition;

use crate::conformance::Subject;
use crate::conformance::expectations::{done, done_if, refused, refused_as};
use crate::fakes::{Repetition, samples};

/// "Creates an index"; "removes an index".
pub(super) async fn indexes_are_described_and_dropped(subject: &Subject) {
    let Subject { milvus, expected, .. } = subject;
    let name = subject.created("indexed").await;
    let missing = milvus.drop_index(&name, &samples::index()).await;
    done_if(expected.indexing.drops_missing, missing);
    let index = samples::index_of("IVF_FLAT", r#"{"nlist":16}"#);
    done(milvus.create_index(&name, &index).await);
    let described = done(milvus.describe_collection(&name).await);
    assert_eq!(described.indexes, [expected.reported_index(&samples::schema(), &index)]);
    done(milvus.load_collection(&name, None).await);
    let loaded = milvus.drop_index(&name, &index).await;
    if expected.indexing.drop_needs_release {
        refused_as(loaded, &expected.family.index_loaded());
        done(milvus.release_collection(&name).await);
        done(milvus.drop_index(&name, &index).await);
    } else {
        done(loaded);
    }
    assert_eq!(done(milvus.describe_collection(&name).await).indexes, []);
    let nowhere = IndexDefinition { field_name: "nowhere".to_owned(), ..samples::index() };
    refused_as(milvus.create_index(&name, &nowhere).await, &expected.family.field_not_found("nowhere"));
    subject.forget(&name).await;
}

/// A field has one index.
pub(super) async fn a_second_index_of_a_field(subject: &Subject) {
    let Subject { milvus, expected, .. } = subject;
    let name = subject.created("indexed_twice").await;
    let other = samples::index_of("IVF_FLAT", r#"{"nlist":16}"#);
    done(milvus.create_index(&name, &samples::index()).await);
    let (equal, second) =
        (milvus.create_index(&name, &samples::index()).await, milvus.create_index(&name, &other).await);
    let exists = expected.family.index_exists("vector");
    match expected.indexing.second {
        Repetition::EqualOnly => {
            done(equal);
            refused_as(second, &exists);
        }
        Repetition::Refused => {
            refused_as(equal, &exists);
            refused_as(second, &exists);
        }
        Repetition::Ignored => {
            done(equal);
            done(second);
        }
    }
    let described = done(milvus.describe_collection(&name).await);
    assert_eq!(described.indexes, [expected.reported_index(&samples::schema(), &samples::index())]);
    subject.forget(&name).await;
}

/// "Whether the parameters of an index are checked when it is created on a collection without rows."
pub(super) async fn parameters_are_checked_where_it_says_so(subject: &Subject) {
    let Subject { milvus, expected, .. } = subject;
    if !expected.capabilities.checks_indexes {
        return;
    }
    let name = subject.created("index_params").await;
    for (index_type, params) in [("HNSW", r#"{"M":8}"#), ("IVF_FLAT", "{}"), ("NOPE", "{}")] {
        refused(milvus.create_index(&name, &samples::index_of(index_type, params)).await);
    }
    done(milvus.create_index(&name, &samples::index_of("HNSW", r#"{"M":8,"efConstruction":64}"#)).await);
    subject.forget(&name).await;
}
