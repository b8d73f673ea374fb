//! What a server does not tell of a collection.

use milvus_backup_core::schema::CollectionSchema;

/// What the description leaves out, in plain words.
pub(crate) fn describe_limitations(lite: bool, schema: &CollectionSchema) -> Vec<String> {
    let mut limitations = Vec::new();
    if lite {
        limitations.push(
            "Milvus Lite does not tell descriptions, consistency level, number of shards, clustering keys and names \
             of indexes: they are restored as its defaults"
                .to_owned(),
        );
    }
    if schema.has_partition_key() {
        limitations.push(
            "rows are spread by a partition key: the server chooses their partitions again on restore".to_owned(),
        );
    }
    limitations
}
