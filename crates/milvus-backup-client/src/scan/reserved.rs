//! Primary keys whose name the expression language reserves, such as `like`, `in` or `exists`. Old servers accept such
//! names, and no quoting helps. Their rows are read page by page without an expression, as far as the server allows.

use milvus::proto::common::ConsistencyLevel as WireConsistency;
use milvus_backup_core::schema::{CollectionSchema, DataType};
use milvus_backup_core::{CollectionName, Result, RowSink};

use super::keys::Keys;
use super::position::key_not_nameable;
use crate::connection::MilvusConnection;
use crate::refusal::RefusalKind;

impl MilvusConnection {
    /// Implements [`milvus_backup_core::RowSource::require_readable`]. Milvus parses an expression before it checks
    /// whether the collection is loaded.
    pub(super) async fn require_nameable_key(
        &self,
        collection: &CollectionName,
        schema: &CollectionSchema,
        partitions: &[String],
    ) -> Result<()> {
        let key = schema.primary_key()?;
        if self.server().await?.is_lite() || self.is_nameable(collection, schema).await? {
            return Ok(());
        }
        let window = self.window().rows();
        let names: Vec<Option<&str>> = if schema.has_partition_key() {
            vec![None]
        } else {
            partitions.iter().map(|name| Some(name.as_str())).collect()
        };
        for partition in names {
            if self.stored_rows(collection, partition).await? > window as u64 {
                return Err(key_not_nameable(collection, &key.name, window));
            }
        }
        Ok(())
    }

    async fn is_nameable(&self, collection: &CollectionName, schema: &CollectionSchema) -> Result<bool> {
        let key = schema.primary_key()?;
        let name = &key.name;
        let probe = if key.data_type == DataType::Int64 { format!("{name} >= 0") } else { format!("{name} >= \"\"") };
        let guarantee = (WireConsistency::Eventually as i32, 0);
        let keys = Keys { connection: self, collection, key, partition: None, guarantee };
        match keys.probe(&probe).await {
            Err(failure) if failure.is(RefusalKind::Unparsable) => Ok(false),
            // The calls that need a response will encounter any other refusal again.
            Err(failure) if !failure.is_of_the_request() => Err(failure.into()),
            _ => Ok(true),
        }
    }
}
