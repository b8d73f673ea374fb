//! [`Catalog`]: collections, partitions, indexes and load state.

use std::collections::BTreeMap;
use std::time::Duration;

use async_trait::async_trait;
use milvus::proto::common::Status;
use milvus::proto::milvus as pb;
use milvus_backup_core::schema::{CollectionSchema, IndexDefinition};
use milvus_backup_core::{
    Access, Capabilities, Catalog, CollectionDescription, CollectionMark, CollectionName, Error, LoadState,
    PinnedCollection, Result,
};

use crate::connection::{Client, MilvusConnection};
use crate::describe::{create_request, index_params, key_values, pairs, schema_from_wire};
use crate::identity::real_name;
use crate::limitations::describe_limitations;
use crate::status::{is_collection_not_found, is_index_not_found, may_pass};
use crate::versions::Server;

/// The one name under which rows spread by a partition key are stored: their partitions cannot be named in calls.
const ALL_ROWS: &str = "_default";

/// How often the state of a load or a flush is asked for.
pub(crate) const POLL: Duration = Duration::from_millis(100);

/// One call of the generated service.
macro_rules! call {
    ($connection:expr, $name:literal, $method:ident, $request:expr) => {
        $connection.call($name, $request, |mut client, request| async move { client.$method(request).await }).await
    };
}
pub(crate) use call;

#[async_trait]
impl Catalog for MilvusConnection {
    fn uri(&self) -> &str {
        self.uri()
    }

    fn database(&self) -> &str {
        self.database()
    }

    async fn server_version(&self) -> Result<String> {
        self.version().await
    }

    async fn database_properties(&self) -> Result<BTreeMap<String, String>> {
        let request = pb::DescribeDatabaseRequest { db_name: self.database().to_owned(), ..Default::default() };
        match call!(self, "DescribeDatabase", describe_database, request) {
            // Before Milvus 2.4.3, and on Milvus Lite 2.5, databases have no properties.
            Err(Error::Unsupported { .. }) => Ok(BTreeMap::new()),
            answer => answer.map(|answer| pairs(&answer.properties)),
        }
    }

    async fn capabilities(&self) -> Result<Capabilities> {
        let version = self.version().await?;
        Ok(Server::from_version(&version).capabilities(&version))
    }

    async fn require_access(&self, collection: &CollectionName, needed: &[Access]) -> Result<()> {
        self.require_permissions(collection, needed).await
    }

    async fn list_collections(&self) -> Result<Vec<String>> {
        let request = pb::ShowCollectionsRequest { db_name: self.request_database(), ..Default::default() };
        let send = |mut client: Client, request| async move { client.show_collections(request).await };
        let answer = self.repeated(|| self.call_once("ShowCollections", request.clone(), &send));
        let mut names = answer.await?.collection_names;
        names.sort_unstable();
        Ok(names)
    }

    async fn resolve_collection(&self, name: &CollectionName) -> Result<Option<CollectionName>> {
        self.resolve(name).await
    }

    async fn pin_collection(&self, name: &CollectionName, mark: &CollectionName) -> Result<PinnedCollection> {
        self.pin(name, mark).await
    }

    async fn locate_collection(&self, pin: &PinnedCollection) -> Result<Option<CollectionName>> {
        self.locate(pin).await
    }

    async fn list_marks(&self, collection: &CollectionName) -> Result<Vec<CollectionName>> {
        let aliases = self.aliases(collection, &mut Vec::new()).await?;
        aliases.iter().filter(|alias| alias.starts_with(CollectionMark::PREFIX)).map(|alias| alias.parse()).collect()
    }

    async fn unpin_collection(&self, pin: &PinnedCollection) -> Result<()> {
        self.unpin(pin).await
    }

    async fn describe_collection(&self, collection: &CollectionName) -> Result<CollectionDescription> {
        let answer = self.describe(collection).await?;
        let (name, schema) = (real_name(&answer)?, schema_from_wire(&answer)?);
        schema.primary_key()?;
        let partitions =
            if schema.has_partition_key() { vec![ALL_ROWS.to_owned()] } else { self.partitions(collection).await? };
        let mut limitations = describe_limitations(self.server().await?, &schema);
        let mut aliases = match answer.aliases {
            none if none.is_empty() => self.aliases(collection, &mut limitations).await?,
            aliases => aliases,
        };
        aliases.retain(|alias| !alias.starts_with(CollectionMark::PREFIX));
        aliases.sort_unstable();
        let indexes = self.indexes(collection).await?;
        Ok(CollectionDescription { name, partitions, indexes, aliases, limitations, schema })
    }

    async fn create_collection(&self, collection: &CollectionName, schema: &CollectionSchema) -> Result<()> {
        let request = create_request(self.request_database(), collection, schema)?;
        call!(self, "CreateCollection", create_collection, request).map(drop::<Status>)
    }

    async fn drop_collection(&self, collection: &CollectionName) -> Result<()> {
        let request = pb::DropCollectionRequest {
            db_name: self.request_database(),
            collection_name: collection.to_string(),
            ..Default::default()
        };
        let send = |mut client: Client, request| async move { client.drop_collection(request).await };
        match self.repeated(|| self.call_once("DropCollection", request.clone(), &send)).await {
            Err(error) if is_collection_not_found(&error) => Ok(()),
            answer => answer.map(drop::<Status>),
        }
    }

    async fn rename_collection(&self, from: &CollectionName, to: &CollectionName) -> Result<()> {
        let request = pb::RenameCollectionRequest {
            db_name: self.request_database(),
            old_name: from.to_string(),
            new_name: to.to_string(),
            ..Default::default()
        };
        call!(self, "RenameCollection", rename_collection, request).map(drop::<Status>)
    }

    async fn create_partition(&self, collection: &CollectionName, partition: &str) -> Result<()> {
        let request = pb::CreatePartitionRequest {
            db_name: self.request_database(),
            collection_name: collection.to_string(),
            partition_name: partition.to_owned(),
            ..Default::default()
        };
        match call!(self, "CreatePartition", create_partition, request).map(drop::<Status>) {
            // Milvus Lite 3 refuses one that exists, and gives nothing but its name as the reason.
            Err(error @ Error::Milvus { .. }) if self.server().await? == Server::Lite3 => {
                let partitions = self.partitions(collection).await.unwrap_or_default();
                if partitions.iter().any(|name| name == partition) { Ok(()) } else { Err(error) }
            }
            created => created,
        }
    }

    async fn alter_properties(
        &self,
        collection: &CollectionName,
        properties: &BTreeMap<String, String>,
        removed: &[String],
    ) -> Result<()> {
        let request = pb::AlterCollectionRequest {
            db_name: self.request_database(),
            collection_name: collection.to_string(),
            properties: key_values(properties),
            delete_keys: removed.to_vec(),
            ..Default::default()
        };
        call!(self, "AlterCollection", alter_collection, request).map(drop::<Status>)
    }

    async fn create_alias(&self, collection: &CollectionName, alias: &str) -> Result<()> {
        self.new_alias(collection, alias).await
    }

    async fn alter_alias(&self, collection: &CollectionName, alias: &str) -> Result<()> {
        let request = pb::AlterAliasRequest {
            db_name: self.request_database(),
            collection_name: collection.to_string(),
            alias: alias.to_owned(),
            ..Default::default()
        };
        call!(self, "AlterAlias", alter_alias, request).map(drop::<Status>)
    }

    async fn replica_number(&self, collection: &CollectionName) -> Result<Option<u32>> {
        let request = pb::GetReplicasRequest {
            db_name: self.request_database(),
            collection_name: collection.to_string(),
            ..Default::default()
        };
        match call!(self, "GetReplicas", get_replicas, request) {
            Err(Error::Unsupported { .. } | Error::Milvus { .. } | Error::PermissionDenied { .. }) => Ok(None),
            answer => answer.map(|answer| u32::try_from(answer.replicas.len()).ok().filter(|number| *number > 0)),
        }
    }

    async fn create_index(&self, collection: &CollectionName, index: &IndexDefinition) -> Result<()> {
        let request = pb::CreateIndexRequest {
            db_name: self.request_database(),
            collection_name: collection.to_string(),
            field_name: index.field_name.clone(),
            extra_params: key_values(&creatable_params(&index.params)),
            index_name: creatable_name(&index.index_name),
            ..Default::default()
        };
        call!(self, "CreateIndex", create_index, request).map(drop::<Status>)
    }

    async fn drop_index(&self, collection: &CollectionName, index: &IndexDefinition) -> Result<()> {
        let request = pb::DropIndexRequest {
            db_name: self.request_database(),
            collection_name: collection.to_string(),
            field_name: index.field_name.clone(),
            index_name: creatable_name(&index.index_name),
            ..Default::default()
        };
        call!(self, "DropIndex", drop_index, request).map(drop::<Status>)
    }

    async fn load_state(&self, collection: &CollectionName, partitions: &[String]) -> Result<LoadState> {
        self.state_of(collection, partitions).await
    }

    async fn load_collection(&self, collection: &CollectionName, replicas: Option<u32>) -> Result<()> {
        self.load(collection, replicas).await
    }

    async fn release_collection(&self, collection: &CollectionName) -> Result<()> {
        self.release(collection).await
    }

    async fn load_partitions(
        &self,
        collection: &CollectionName,
        partitions: &[String],
        replicas: Option<u32>,
    ) -> Result<()> {
        self.load_some(collection, partitions, replicas).await
    }

    async fn release_partitions(&self, collection: &CollectionName, partitions: &[String]) -> Result<()> {
        self.release_some(collection, partitions).await
    }
}

/// The name, unless the server had made it itself from a path inside a JSON field: such names it does not accept.
fn creatable_name(name: &str) -> String {
    let accepted = name.chars().all(|character| character.is_alphanumeric() || matches!(character, '_' | '$' | '-'));
    if accepted { name.to_owned() } else { String::new() }
}

/// The parameters, in the spelling that is accepted: servers describe a `Trie` index by the name of its library.
fn creatable_params(params: &BTreeMap<String, String>) -> BTreeMap<String, String> {
    let mut params = params.clone();
    if let Some(index_type) = params.get_mut("index_type").filter(|index_type| *index_type == "marisa-trie") {
        "Trie".clone_into(index_type);
    }
    params
}

impl MilvusConnection {
    /// The description of the collection that a name means; `None` where it means nothing.
    pub(crate) async fn described(&self, name: &CollectionName) -> Result<Option<pb::DescribeCollectionResponse>> {
        let request = pb::DescribeCollectionRequest {
            db_name: self.request_database(),
            collection_name: name.to_string(),
            ..Default::default()
        };
        match call!(self, "DescribeCollection", describe_collection, request) {
            Err(error) if is_collection_not_found(&error) => Ok(None),
            answer => answer.map(Some),
        }
    }

    pub(crate) async fn describe(&self, collection: &CollectionName) -> Result<pb::DescribeCollectionResponse> {
        match self.described(collection).await? {
            Some(answer) => Ok(answer),
            None => Err(Error::CollectionNotFound {
                collection: collection.to_string(),
                database: self.database().to_owned(),
                available: self.list_collections().await.unwrap_or_default(),
            }),
        }
    }

    /// A call that may be made twice, made again also when Milvus Lite 3 refuses it. Lite opens each collection to list
    /// them all, fails with whatever it met (a missing file, most often) when someone drops or renames one of them
    /// meanwhile, and cannot remove a directory that it still writes to.
    async fn repeated<A, F>(&self, call: impl Fn() -> F + Send + Sync) -> Result<A>
    where
        A: Send,
        F: Future<Output = Result<A>> + Send,
    {
        let racy = self.server().await? == Server::Lite3;
        let attempt = || async { call().await.map_err(|error| if racy { may_pass(error) } else { error }) };
        self.pace().retried(self.retry_policy(), attempt).await
    }

    async fn partitions(&self, collection: &CollectionName) -> Result<Vec<String>> {
        let request = pb::ShowPartitionsRequest {
            db_name: self.request_database(),
            collection_name: collection.to_string(),
            ..Default::default()
        };
        match call!(self, "ShowPartitions", show_partitions, request) {
            // Milvus Lite 2.5 has no partitions.
            Err(Error::Unsupported { .. }) => Ok(vec![ALL_ROWS.to_owned()]),
            answer => answer.map(|answer| answer.partition_names),
        }
    }

    async fn indexes(&self, collection: &CollectionName) -> Result<Vec<IndexDefinition>> {
        let request = pb::DescribeIndexRequest {
            db_name: self.request_database(),
            collection_name: collection.to_string(),
            ..Default::default()
        };
        let answer = match call!(self, "DescribeIndex", describe_index, request) {
            Err(error) if is_index_not_found(&error) => return Ok(Vec::new()),
            answer => answer?,
        };
        let mut indexes: Vec<IndexDefinition> = answer
            .index_descriptions
            .into_iter()
            .map(|index| IndexDefinition {
                params: index_params(&index.params),
                field_name: index.field_name,
                index_name: index.index_name,
            })
            .collect();
        indexes.sort_by(|a, b| (&a.field_name, &a.index_name).cmp(&(&b.field_name, &b.index_name)));
        Ok(indexes)
    }

    /// Lists the aliases, which Milvus Lite does not put into the description. A user who may not list them is no reason
    /// to fail: where they are described, there are none.
    async fn aliases(&self, collection: &CollectionName, limitations: &mut Vec<String>) -> Result<Vec<String>> {
        let request = pb::ListAliasesRequest {
            db_name: self.request_database(),
            collection_name: collection.to_string(),
            ..Default::default()
        };
        match call!(self, "ListAliases", list_aliases, request) {
            Err(Error::Unsupported { .. }) => Ok(Vec::new()),
            Err(error @ Error::PermissionDenied { .. }) => {
                limitations.push(format!("aliases could not be listed and are not stored: {error}"));
                Ok(Vec::new())
            }
            answer => answer.map(|answer| answer.aliases),
        }
    }
}
