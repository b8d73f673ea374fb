//! Partitions, and rows that are spread by a partition key.

use milvus_backup_core::schema::CollectionSchema;

use crate::conformance::Subject;
use crate::conformance::expectations::{done, refused_as, unsupported};
use crate::fakes::samples;

/// "Its partitions, in the order of the server"; "one that exists is no error".
pub(super) async fn partitions_are_listed_in_the_order_of_the_server(subject: &Subject) {
    let Subject { milvus, expected, .. } = subject;
    let name = subject.created("partitions").await;
    if !expected.capabilities.partitions {
        unsupported(milvus.create_partition(&name, "p1").await);
        assert_eq!(done(milvus.describe_collection(&name).await).partitions, ["_default"]);
        return subject.forget(&name).await;
    }
    for partition in ["z", "a", "z", "_default"] {
        done(milvus.create_partition(&name, partition).await);
    }
    let order = if expected.naming.sorts_partitions { ["_default", "a", "z"] } else { ["_default", "z", "a"] };
    assert_eq!(done(milvus.describe_collection(&name).await).partitions, order);
    let missing = subject.fresh("without_partitions").await;
    let of_missing = milvus.create_partition(&missing, "p1").await;
    refused_as(of_missing, &expected.family.collection_not_found("CreatePartition", missing.as_str()));
    subject.forget(&name).await;
}

/// "One that stands for all rows where rows are spread by a partition key."
pub(super) async fn rows_that_are_spread_have_one_partition(subject: &Subject) {
    let Subject { milvus, expected, .. } = subject;
    let schema = spread();
    if !expected.capabilities.schema.partition_key {
        // Milvus Lite 2 takes such a collection, and cannot read it.
        assert!(!expected.capabilities.schema.missing(&schema).is_empty());
        return;
    }
    let name = subject.fresh("spread").await;
    done(milvus.create_collection(&name, &schema).await);
    let described = done(milvus.describe_collection(&name).await);
    assert_eq!(described.partitions, ["_default"]);
    assert_eq!(described.schema, expected.reported_schema(&schema));
    assert!(described.limitations.iter().any(|sentence| sentence.contains("partition key")));
    let manual = milvus.create_partition(&name, "p1").await;
    refused_as(manual, &expected.family.spread("CreatePartition"));
    subject.forget(&name).await;
}

/// A collection whose rows are spread by their texts.
fn spread() -> CollectionSchema {
    let mut schema = samples::schema();
    schema.fields[1].is_partition_key = true;
    schema.num_partitions = Some(4);
    schema
}
