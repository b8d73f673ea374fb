//! Attributes of a collection that a server does not report.

use milvus_backup_core::schema::{CollectionSchema, DataType};

use crate::versions::Server;

/// The property of a collection whose rows are protected by policies.
const ROW_SECURITY: &str = "rls.enabled";

/// Returns human-readable descriptions of the attributes that are missing in the description.
pub(crate) fn describe_limitations(server: Server, schema: &CollectionSchema) -> Vec<String> {
    let mut limitations = Vec::new();
    match server {
        Server::Lite3 => limitations.push(
            "Milvus Lite does not report descriptions, consistency level, number of shards, clustering keys, names and \
             build parameters of indexes, and lengths of texts in arrays: they are restored with its defaults"
                .to_owned(),
        ),
        Server::Lite2 => limitations.extend([
            "Milvus Lite 2 does not report consistency level, number of shards, and properties: they are restored with \
             its defaults"
                .to_owned(),
            "Milvus Lite 2 does not report functions: their outputs are stored as plain fields".to_owned(),
        ]),
        Server::Milvus(..) => {}
    }
    let nullable_vectors = schema.fields.iter().filter(|field| field.nullable && field.data_type.is_vector());
    if server == Server::Lite3 {
        for field in nullable_vectors {
            limitations.push(format!(
                "field `{}`: Milvus Lite returns a vector of zeros for NULL, so the two cannot be distinguished",
                field.name
            ));
        }
    }
    let json = schema.fields.iter().filter(|field| field.data_type == DataType::Json);
    if server == Server::Lite3 {
        for field in json {
            limitations.push(format!(
                "field `{}`: Milvus Lite returns JSON texts without their quotes; a text that is a serialized object or \
                 array is stored as one",
                field.name
            ));
        }
    }
    if schema.properties.get(ROW_SECURITY).is_some_and(|enabled| enabled == "true") {
        limitations.push("the policies that protect its rows are not in the backup".to_owned());
    }
    if schema.has_partition_key() {
        limitations.push(
            "rows are distributed by a partition key: the server assigns their partitions again during a restore"
                .to_owned(),
        );
    }
    limitations
}

#[cfg(test)]
mod tests {
    use milvus_backup_core::schema::FieldSchema;

    use super::*;

    /// Measured: Milvus Lite 2.5.1 reports descriptions, clustering keys, and names and parameters of indexes; Milvus Lite
    /// 3.2.2 does not.
    #[test]
    fn each_server_has_only_its_own_limitations() {
        let schema = CollectionSchema::new(vec![FieldSchema::new("id", DataType::Int64)]);
        let of = |server| describe_limitations(server, &schema).join("; ");
        assert_eq!(of(Server::from_version("2.3.5")), "");
        assert!(of(Server::Lite3).contains("descriptions") && !of(Server::Lite3).contains("properties"));
        assert!(of(Server::Lite2).contains("properties") && of(Server::Lite2).contains("functions"));
        assert!(!of(Server::Lite2).contains("descriptions") && !of(Server::Lite2).contains("indexes"));
    }
}
