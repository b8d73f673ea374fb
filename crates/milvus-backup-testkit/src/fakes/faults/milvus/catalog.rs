//! [`Catalog`].

use std::collections::BTreeMap;
use std::time::Duration;

use async_trait::async_trait;
use milvus_backup_core::schema::{CollectionSchema, IndexDefinition};
use milvus_backup_core::{
    Access, Capabilities, Catalog, CollectionDescription, CollectionName, KnownIssue, LoadState, PinnedCollection,
    ReplicationRole, Result,
};

use super::wrapper::FaultyMilvus;

#[async_trait]
impl Catalog for FaultyMilvus {
    fn uri(&self) -> &str {
        self.inner.uri()
    }

    fn database(&self) -> &str {
        self.inner.database()
    }

    async fn server_version(&self) -> Result<String> {
        self.read("server_version", &"", self.inner.server_version()).await
    }

    async fn database_properties(&self) -> Result<BTreeMap<String, String>> {
        self.read("database_properties", &"", self.inner.database_properties()).await
    }

    async fn create_database(&self, properties: &BTreeMap<String, String>) -> Result<()> {
        self.change("create_database", &self.inner.database(), self.inner.create_database(properties)).await
    }

    async fn list_databases(&self) -> Result<Vec<String>> {
        self.read("list_databases", &"", self.inner.list_databases()).await
    }

    async fn capabilities(&self) -> Result<Capabilities> {
        self.read("capabilities", &"", self.inner.capabilities()).await
    }

    async fn known_issues(&self) -> Result<Vec<KnownIssue>> {
        self.read("known_issues", &"", self.inner.known_issues()).await
    }

    async fn replication_role(&self) -> Result<ReplicationRole> {
        self.read("replication_role", &"", self.inner.replication_role()).await
    }

    async fn require_access(&self, collection: &CollectionName, needed: &[Access]) -> Result<()> {
        self.read("require_access", collection, self.inner.require_access(collection, needed)).await
    }

    async fn list_collections(&self) -> Result<Vec<String>> {
        self.read("list_collections", &"", self.inner.list_collections()).await
    }

    async fn resolve_collection(&self, name: &CollectionName) -> Result<Option<CollectionName>> {
        self.read("resolve_collection", name, self.inner.resolve_collection(name)).await
    }

    async fn pin_collection(&self, name: &CollectionName, mark: &CollectionName) -> Result<PinnedCollection> {
        self.change("pin_collection", name, self.inner.pin_collection(name, mark)).await
    }

    async fn locate_collection(&self, pin: &PinnedCollection) -> Result<Option<CollectionName>> {
        self.read("locate_collection", &pin.name, self.inner.locate_collection(pin)).await
    }

    async fn list_marks(&self, collection: &CollectionName) -> Result<Vec<CollectionName>> {
        self.read("list_marks", collection, self.inner.list_marks(collection)).await
    }

    async fn unpin_collection(&self, pin: &PinnedCollection) -> Result<()> {
        self.change("unpin_collection", &pin.name, self.inner.unpin_collection(pin)).await
    }

    async fn describe_collection(&self, collection: &CollectionName) -> Result<CollectionDescription> {
        self.read("describe_collection", collection, self.inner.describe_collection(collection)).await
    }

    async fn create_collection(&self, collection: &CollectionName, schema: &CollectionSchema) -> Result<()> {
        self.change("create_collection", collection, self.inner.create_collection(collection, schema)).await
    }

    async fn drop_collection(&self, collection: &CollectionName) -> Result<()> {
        self.change("drop_collection", collection, self.inner.drop_collection(collection)).await
    }

    async fn rename_collection(&self, from: &CollectionName, to: &CollectionName) -> Result<()> {
        self.change("rename_collection", from, self.inner.rename_collection(from, to)).await
    }

    async fn create_partition(&self, collection: &CollectionName, partition: &str) -> Result<()> {
        self.change("create_partition", collection, self.inner.create_partition(collection, partition)).await
    }

    async fn alter_properties(
        &self,
        collection: &CollectionName,
        properties: &BTreeMap<String, String>,
        removed: &[String],
    ) -> Result<()> {
        let answer = self.inner.alter_properties(collection, properties, removed);
        self.change("alter_properties", collection, answer).await
    }

    async fn create_alias(&self, collection: &CollectionName, alias: &str) -> Result<()> {
        self.change("create_alias", collection, self.inner.create_alias(collection, alias)).await
    }

    async fn alter_alias(&self, collection: &CollectionName, alias: &str) -> Result<()> {
        self.change("alter_alias", collection, self.inner.alter_alias(collection, alias)).await
    }

    async fn replica_number(&self, collection: &CollectionName) -> Result<Option<u32>> {
        self.read("replica_number", collection, self.inner.replica_number(collection)).await
    }

    async fn create_index(&self, collection: &CollectionName, index: &IndexDefinition) -> Result<()> {
        self.change("create_index", collection, self.inner.create_index(collection, index)).await
    }

    async fn drop_index(&self, collection: &CollectionName, index: &IndexDefinition) -> Result<()> {
        self.change("drop_index", collection, self.inner.drop_index(collection, index)).await
    }

    async fn load_state(&self, collection: &CollectionName, partitions: &[String]) -> Result<LoadState> {
        self.read("load_state", collection, self.inner.load_state(collection, partitions)).await
    }

    async fn load_partitions(
        &self,
        collection: &CollectionName,
        partitions: &[String],
        replicas: Option<u32>,
    ) -> Result<()> {
        let answer = self.inner.load_partitions(collection, partitions, replicas);
        self.change("load_partitions", collection, answer).await
    }

    async fn release_partitions(&self, collection: &CollectionName, partitions: &[String]) -> Result<()> {
        self.change("release_partitions", collection, self.inner.release_partitions(collection, partitions)).await
    }

    async fn protect_from_compaction(
        &self,
        collection: &CollectionName,
        name: &CollectionName,
        duration: Duration,
    ) -> Result<()> {
        let protect = self.inner.protect_from_compaction(collection, name, duration);
        self.change("protect_from_compaction", collection, protect).await
    }

    async fn end_protection(&self, collection: &CollectionName, name: &CollectionName) -> Result<()> {
        self.change("end_protection", collection, self.inner.end_protection(collection, name)).await
    }

    async fn load_collection(&self, collection: &CollectionName, replicas: Option<u32>) -> Result<()> {
        self.change("load_collection", collection, self.inner.load_collection(collection, replicas)).await
    }

    async fn release_collection(&self, collection: &CollectionName) -> Result<()> {
        self.change("release_collection", collection, self.inner.release_collection(collection)).await
    }
}
