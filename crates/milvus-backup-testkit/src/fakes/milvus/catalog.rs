//! [`Catalog`]: each call lets other work run, and is carried out by the state.

use std::collections::BTreeMap;
use std::time::Duration;

use async_trait::async_trait;
use milvus_backup_core::schema::{CollectionSchema, IndexDefinition};
use milvus_backup_core::{
    Access, Capabilities, Catalog, CollectionDescription, CollectionName, LoadState, PinnedCollection, Result,
};

use super::server::InMemoryMilvus;

#[async_trait]
impl Catalog for InMemoryMilvus {
    fn uri(&self) -> &str {
        &self.uri
    }

    fn database(&self) -> &str {
        &self.database
    }

    async fn server_version(&self) -> Result<String> {
        Ok(self.turn("server_version").await?.model.capabilities.server_version.clone())
    }

    async fn database_properties(&self) -> Result<BTreeMap<String, String>> {
        Ok(self.turn("database_properties").await?.database_properties.clone())
    }

    async fn create_database(&self, properties: &BTreeMap<String, String>) -> Result<()> {
        self.turn("create_database").await?.create_database(properties)
    }

    async fn list_databases(&self) -> Result<Vec<String>> {
        Ok(self.turn("list_databases").await?.databases())
    }

    async fn capabilities(&self) -> Result<Capabilities> {
        Ok(self.turn("capabilities").await?.model.capabilities.clone())
    }

    async fn require_access(&self, _: &CollectionName, needed: &[Access]) -> Result<()> {
        self.turn("require_access").await?.require_access(needed)
    }

    async fn list_collections(&self) -> Result<Vec<String>> {
        Ok(self.turn("list_collections").await?.names())
    }

    async fn resolve_collection(&self, name: &CollectionName) -> Result<Option<CollectionName>> {
        self.turn("resolve_collection").await?.resolve(name)
    }

    async fn pin_collection(&self, name: &CollectionName, mark: &CollectionName) -> Result<PinnedCollection> {
        self.turn("pin_collection").await?.pin(name, mark)
    }

    async fn locate_collection(&self, pin: &PinnedCollection) -> Result<Option<CollectionName>> {
        Ok(self.turn("locate_collection").await?.locate(pin))
    }

    async fn list_marks(&self, collection: &CollectionName) -> Result<Vec<CollectionName>> {
        self.turn("list_marks").await?.marks(collection)
    }

    async fn unpin_collection(&self, pin: &PinnedCollection) -> Result<()> {
        self.turn("unpin_collection").await?.unpin(pin);
        Ok(())
    }

    async fn describe_collection(&self, collection: &CollectionName) -> Result<CollectionDescription> {
        self.turn("describe_collection").await?.describe(collection)
    }

    async fn create_collection(&self, collection: &CollectionName, schema: &CollectionSchema) -> Result<()> {
        self.turn("create_collection").await?.create_collection(collection, schema)
    }

    async fn drop_collection(&self, collection: &CollectionName) -> Result<()> {
        self.turn("drop_collection").await?.drop_collection(collection)
    }

    async fn rename_collection(&self, from: &CollectionName, to: &CollectionName) -> Result<()> {
        self.turn("rename_collection").await?.rename_collection(from, to)
    }

    async fn create_partition(&self, collection: &CollectionName, partition: &str) -> Result<()> {
        self.turn("create_partition").await?.create_partition(collection, partition)
    }

    async fn alter_properties(
        &self,
        collection: &CollectionName,
        properties: &BTreeMap<String, String>,
        removed: &[String],
    ) -> Result<()> {
        self.turn("alter_properties").await?.alter_properties(collection, properties, removed)
    }

    async fn create_alias(&self, collection: &CollectionName, alias: &str) -> Result<()> {
        self.turn("create_alias").await?.create_alias(collection, alias)
    }

    async fn alter_alias(&self, collection: &CollectionName, alias: &str) -> Result<()> {
        self.turn("alter_alias").await?.alter_alias(collection, alias)
    }

    async fn replica_number(&self, collection: &CollectionName) -> Result<Option<u32>> {
        Ok(self.turn("replica_number").await?.replica_number(collection))
    }

    async fn create_index(&self, collection: &CollectionName, index: &IndexDefinition) -> Result<()> {
        self.turn("create_index").await?.create_index(collection, index)
    }

    async fn drop_index(&self, collection: &CollectionName, index: &IndexDefinition) -> Result<()> {
        self.turn("drop_index").await?.drop_index(collection, index)
    }

    async fn load_state(&self, collection: &CollectionName, partitions: &[String]) -> Result<LoadState> {
        self.turn("load_state").await?.load_state(collection, partitions)
    }

    async fn protect_from_compaction(
        &self,
        collection: &CollectionName,
        name: &CollectionName,
        _: Duration,
    ) -> Result<()> {
        self.turn("protect_from_compaction").await?.protect(collection, name)
    }

    async fn end_protection(&self, _: &CollectionName, name: &CollectionName) -> Result<()> {
        self.turn("end_protection").await?.protections.retain(|(_, protection)| protection != name.as_str());
        Ok(())
    }

    async fn load_collection(&self, collection: &CollectionName, replicas: Option<u32>) -> Result<()> {
        self.turn("load_collection").await?.load_collection(collection, replicas)
    }

    async fn release_collection(&self, collection: &CollectionName) -> Result<()> {
        self.turn("release_collection").await?.release_collection(collection)
    }

    async fn load_partitions(
        &self,
        collection: &CollectionName,
        partitions: &[String],
        replicas: Option<u32>,
    ) -> Result<()> {
        self.turn("load_partitions").await?.load_partitions(collection, partitions, replicas)
    }

    async fn release_partitions(&self, collection: &CollectionName, partitions: &[String]) -> Result<()> {
        self.turn("release_partitions").await?.release_partitions(collection, partitions)
    }
}
