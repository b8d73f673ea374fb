//! The implementation of [`Catalog`], which delegates to the other files of this crate.

use std::collections::BTreeMap;
use std::time::Duration;

use async_trait::async_trait;
use milvus_backup_core::schema::{CollectionSchema, IndexDefinition};
use milvus_backup_core::{
    Access, Capabilities, Catalog, CollectionDescription, CollectionName, KnownIssue, LoadState, PinnedCollection,
    ReplicationRole, Result,
};

use crate::connection::MilvusConnection;
use crate::versions::{Server, known_issues_of};

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
        self.properties_of_database().await
    }

    async fn create_database(&self, properties: &BTreeMap<String, String>) -> Result<()> {
        self.create_own_database(properties).await
    }

    async fn list_databases(&self) -> Result<Vec<String>> {
        self.database_names().await
    }

    async fn capabilities(&self) -> Result<Capabilities> {
        let version = self.version().await?;
        Ok(Server::from_version(&version).capabilities(&version))
    }

    async fn known_issues(&self) -> Result<Vec<KnownIssue>> {
        Ok(known_issues_of(&self.version().await?))
    }

    async fn replication_role(&self) -> Result<ReplicationRole> {
        self.role().await
    }

    async fn require_access(&self, collection: &CollectionName, needed: &[Access]) -> Result<()> {
        self.require_permissions(collection, needed).await
    }

    async fn list_collections(&self) -> Result<Vec<String>> {
        self.collection_names().await
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
        self.marks(collection).await
    }

    async fn unpin_collection(&self, pin: &PinnedCollection) -> Result<()> {
        self.unpin(pin).await
    }

    async fn describe_collection(&self, collection: &CollectionName) -> Result<CollectionDescription> {
        self.description(collection).await
    }

    async fn create_collection(&self, collection: &CollectionName, schema: &CollectionSchema) -> Result<()> {
        self.create(collection, schema).await
    }

    async fn drop_collection(&self, collection: &CollectionName) -> Result<()> {
        self.drop_if_exists(collection).await
    }

    async fn rename_collection(&self, from: &CollectionName, to: &CollectionName) -> Result<()> {
        self.rename(from, to).await
    }

    async fn create_partition(&self, collection: &CollectionName, partition: &str) -> Result<()> {
        self.new_partition(collection, partition).await
    }

    async fn alter_properties(
        &self,
        collection: &CollectionName,
        properties: &BTreeMap<String, String>,
        removed: &[String],
    ) -> Result<()> {
        self.alter(collection, properties, removed).await
    }

    async fn create_alias(&self, collection: &CollectionName, alias: &str) -> Result<()> {
        self.new_alias(collection, alias).await
    }

    async fn alter_alias(&self, collection: &CollectionName, alias: &str) -> Result<()> {
        self.move_alias(collection, alias).await
    }

    async fn replica_number(&self, collection: &CollectionName) -> Result<Option<u32>> {
        self.replicas_of(collection).await
    }

    async fn create_index(&self, collection: &CollectionName, index: &IndexDefinition) -> Result<()> {
        self.new_index(collection, index).await
    }

    async fn drop_index(&self, collection: &CollectionName, index: &IndexDefinition) -> Result<()> {
        self.remove_index(collection, index).await
    }

    async fn load_state(&self, collection: &CollectionName, partitions: &[String]) -> Result<LoadState> {
        self.state_of(collection, partitions).await
    }

    async fn protect_from_compaction(
        &self,
        collection: &CollectionName,
        name: &CollectionName,
        duration: Duration,
    ) -> Result<()> {
        self.protect(collection, name, duration).await
    }

    async fn end_protection(&self, collection: &CollectionName, name: &CollectionName) -> Result<()> {
        self.unprotect(collection, name).await
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
