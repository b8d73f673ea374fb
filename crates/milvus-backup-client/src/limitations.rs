//! Attributes of a collection that a server does not report.

use milvus_backup_core::schema::{CollectionSchema, DataType};

use crate::versions::Server;

/// The property of a collection whose rows are protected by policies.
const ROW_SECURITY: &str = "rls.enabled";

/// Returns human-readable descriptions of the attributes that are missing in the description.
pub(crate) fn describe_limitations(server: Server, schema: &CollectionSchema) -> Vec<String> {
    let mut limitations = Vec::new();
    if server.is_lite() {
        limitations.push(
            "Milvus Lite does not report descriptions, consistency level, number of shards, clustering keys, names and \
             build parameters of indexes, and lengths of texts in arrays: they are restored with its defaults"
                .to_owned(),
        );
    }
    if server == Server::Lite2 {
        limitations.push("Milvus Lite 2 does not tell functions: their outputs are stored as plain fields".to_owned());
    }
    let nullable_vectors = schema.fields.iter().filter(|field| field.nullable && field.data_type.is_vector());
    if server == Server::Lite3 {
        for field in nullable_vectors {
            limitations.push(format!(
                "field `{}`: Milvus Lite returns a vector of zeros for NULL, and does not say which is which",
                field.name
            ));
        }
    }
    let json = schema.fields.iter().filter(|field| field.data_type == DataType::Json);
    if server == Server::Lite3 {
        for field in json {
            limitations.push(format!(
                "field `{}`: Milvus Lite returns JSON texts without their quotes; a text that looks like an object or an \
                 array in its own spelling is stored as one",
                field.name
            ));
        }
    }
    if schema.properties.get(ROW_SECURITY).is_some_and(|enabled| enabled == "true") {
        limitations.push("the policies that protect its rows are not in the backup".to_owned());
    }
    if schema.has_partition_key() {
        limitations.push(
            "rows are spread by a partition key: the server chooses their partitions again on restore".to_owned(),
        );
    }
    limitations
}
