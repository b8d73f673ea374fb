//! "Inserts a batch"; "returns the number of rows that were accepted".

use futures::future::join_all;

use crate::conformance::Subject;
use crate::conformance::expectations::{done, refused, refused_as};
use crate::fakes::samples;

/// Bit for bit, keys outside the schema included.
pub(super) async fn rows_come_back_as_they_were(subject: &Subject) {
    let mut schema = samples::schema();
    schema.enable_dynamic_field = true;
    let name = subject.loaded_with("fidelity", &schema).await;
    let rows = samples::rows(&schema, 0..50, "é漢 \"quoted\" \\ ");
    assert_eq!(done(subject.milvus.insert(&name, &schema, None, rows.clone()).await), 50);
    let back = subject.rows_of(&name, &schema, None).await;
    let dynamic = back.num_columns() - 1;
    assert_eq!(back.columns()[..dynamic], rows.columns()[..dynamic]);
    // Milvus Lite prints JSON again in its own way.
    let value = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap();
    for (ours, theirs) in dynamic_texts(&rows).iter().zip(dynamic_texts(&back)) {
        assert_eq!(value(ours), value(&theirs));
    }
    subject.forget(&name).await;
}

fn dynamic_texts(rows: &arrow_array::RecordBatch) -> Vec<String> {
    use arrow_array::cast::AsArray;

    let column = rows.columns().last().unwrap();
    column.as_string::<i32>().iter().map(|text| text.unwrap().to_owned()).collect()
}

/// No rows are no rows, whether or not there is a collection.
pub(super) async fn a_batch_without_rows_is_no_call(subject: &Subject) {
    let (schema, missing) = (samples::schema(), subject.fresh("no_rows").await);
    let none = samples::rows(&schema, [], "");
    assert_eq!(done(subject.milvus.insert(&missing, &schema, None, none).await), 0);
}

/// "Columns that the schema does not have are an error", and so are those that it has and the batch has not.
pub(super) async fn columns_that_do_not_fit_are_refused(subject: &Subject) {
    let Subject { milvus, expected, .. } = subject;
    let (schema, name) = (samples::schema(), subject.loaded("misfit").await);
    let mut wide = schema.clone();
    wide.enable_dynamic_field = true;
    let with_more = samples::rows(&wide, 0..2, "a");
    let more = milvus.insert(&name, &schema, None, with_more.clone()).await;
    assert!(matches!(more, Err(milvus_backup_core::Error::Encoding { .. })), "{more:?}");
    // As the caller has it, and the collection has not.
    let more = milvus.insert(&name, &wide, None, with_more).await;
    if expected.rows.drops_unknown_columns {
        assert_eq!(done(more), 2);
        assert_eq!(subject.texts(&name, None).await, ["a0", "a1"]);
    } else {
        refused(more);
        assert_eq!(subject.count(&name, None).await, 0);
    }
    for missing in ["id", "text", "vector"] {
        let mut batch = samples::rows(&schema, 5..7, "b");
        batch.remove_column(batch.schema().index_of(missing).unwrap());
        refused(milvus.insert(&name, &schema, None, batch).await);
    }
    let other = samples::rows(&samples::text_schema(), 0..2, "a");
    let other_type = milvus.insert(&name, &schema, None, other).await;
    assert!(matches!(other_type, Err(milvus_backup_core::Error::Encoding { .. })), "{other_type:?}");
    subject.forget(&name).await;
}

/// A text that is longer than its field allows is refused, or kept.
pub(super) async fn long_texts_are_refused_where_they_are_checked(subject: &Subject) {
    let (schema, name) = (samples::schema(), subject.loaded("long").await);
    let long = samples::rows(&schema, [1], &"x".repeat(64));
    let inserted = subject.milvus.insert(&name, &schema, None, long.clone()).await;
    if subject.expected.rows.checks_lengths {
        refused(inserted);
        assert_eq!(subject.count(&name, None).await, 0);
    } else {
        assert_eq!(done(inserted), 1);
        assert_eq!(subject.texts(&name, None).await, samples::texts(&long));
    }
    subject.forget(&name).await;
}

/// A collection or a partition that does not exist.
pub(super) async fn where_there_is_no_collection_rows_are_refused(subject: &Subject) {
    let Subject { milvus, expected, .. } = subject;
    let (schema, missing) = (samples::schema(), subject.fresh("insert_missing").await);
    let rows = samples::rows(&schema, 0..2, "a");
    let inserted = milvus.insert(&missing, &schema, None, rows.clone()).await;
    refused_as(inserted, &expected.family.collection_not_found("Insert", missing.as_str()));
    let name = subject.created("insert_nowhere").await;
    let inserted = milvus.insert(&name, &schema, Some("nope"), rows).await;
    if expected.capabilities.partitions {
        refused_as(inserted, &expected.family.partition_not_found("Insert", "nope"));
    } else {
        assert_eq!(done(inserted), 2);
    }
    subject.forget(&name).await;
}

/// "Safe to call concurrently."
pub(super) async fn inserts_may_run_concurrently(subject: &Subject) {
    let (schema, name) = (samples::schema(), subject.loaded("concurrent").await);
    let inserts = (0..8).map(|part| {
        let rows = samples::rows(&schema, part * 10..(part + 1) * 10, "a");
        subject.milvus.insert(&name, &schema, None, rows)
    });
    let accepted: u64 = join_all(inserts).await.into_iter().map(done).sum();
    assert_eq!(accepted, 80);
    assert_eq!(samples::keys_of(&subject.rows(&name, None).await), (0..80).collect::<Vec<_>>());
    subject.forget(&name).await;
}
