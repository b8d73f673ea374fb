//! The description of a collection as reported by the server.

use milvus::proto::milvus as pb;
use milvus_backup_columns::schema_limitations;
use milvus_backup_core::{CollectionDescription, CollectionMark, CollectionName, Error, Result};

use crate::collections::ALL_ROWS;
use crate::connection::MilvusConnection;
use crate::definition::described_schema;
use crate::limitations::describe_limitations;
use crate::refusal::RefusalKind;
use crate::wire::{self, Description};

impl MilvusConnection {
    /// Returns the complete description of a collection, including the attributes that the server does not report.
    pub(crate) async fn description(&self, collection: &CollectionName) -> Result<CollectionDescription> {
        let Description { answer, unknown } = self.describe(collection).await?;
        let (name, schema) = (real_name(&answer)?, described_schema(&answer)?);
        schema.primary_key()?;
        let partitions =
            if schema.has_partition_key() { vec![ALL_ROWS.to_owned()] } else { self.partitions(collection).await? };
        let mut limitations = describe_limitations(self.server().await?, &schema);
        limitations.extend(answer.schema.as_ref().map(schema_limitations).into_iter().flatten());
        limitations.extend(unknown);
        let mut aliases = match answer.aliases {
            none if none.is_empty() => self.aliases(collection, &mut limitations).await?,
            aliases => aliases,
        };
        aliases.retain(|alias| !alias.starts_with(CollectionMark::PREFIX));
        aliases.sort_unstable();
        let indexes = self.indexes(collection).await?;
        Ok(CollectionDescription { name, partitions, indexes, aliases, limitations, schema })
    }

    /// Returns the description of the collection that a name refers to; `None` if the name is unused.
    ///
    /// # Errors
    /// [`Error::InvalidParameter`] for a name that no collection on this server can have.
    pub(crate) async fn described(&self, name: &CollectionName) -> Result<Option<Description>> {
        self.server().await?.require_accepted_name("collection_name", name.as_str())?;
        let request = pb::DescribeCollectionRequest {
            db_name: self.request_database(),
            collection_name: name.to_string(),
            ..Default::default()
        };
        let send = |_, request| wire::describe_collection(self.transport(), request, self.buffers());
        match self.call("DescribeCollection", request, send).await {
            Err(failure) if failure.is(RefusalKind::CollectionNotFound) => Ok(None),
            answer => Ok(Some(answer?)),
        }
    }

    /// Returns the description of a collection that must exist.
    pub(crate) async fn describe(&self, collection: &CollectionName) -> Result<Description> {
        match self.described(collection).await? {
            Some(answer) => Ok(answer),
            None => Err(Error::CollectionNotFound {
                collection: collection.to_string(),
                database: self.database().to_owned(),
                available: self.collection_names().await.unwrap_or_default(),
            }),
        }
    }
}

/// Returns the name of the described collection, even if it was requested by an alias: Milvus repeats the requested
/// name in `collection_name`, and reports the name of the collection in its schema.
pub(crate) fn real_name(answer: &pb::DescribeCollectionResponse) -> Result<CollectionName> {
    let in_schema = answer.schema.as_ref().map_or("", |schema| schema.name.as_str());
    let name = if in_schema.is_empty() { &answer.collection_name } else { in_schema };
    name.parse()
}
