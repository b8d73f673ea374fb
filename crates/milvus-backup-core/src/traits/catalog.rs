//! The collections of one database, with the operations on them.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::time::Duration;

use async_trait::async_trait;

use super::access::Access;
use super::capabilities::Capabilities;
use super::known_issue::KnownIssue;
use super::replication::ReplicationRole;
use crate::error::{Error, Result};
use crate::identity::PinnedCollection;
use crate::names::CollectionName;
use crate::schema::{CollectionSchema, IndexDefinition};

/// The description of a collection as reported by the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CollectionDescription {
    /// Its own name, even if it was described by an alias.
    pub name: CollectionName,
    /// The definition of the collection.
    pub schema: CollectionSchema,
    /// Its partitions, in the order of the server. A single one represents all rows if they are distributed by a
    /// partition key, because such partitions cannot be named in a call.
    pub partitions: Vec<String>,
    /// The indexes of the collection.
    pub indexes: Vec<IndexDefinition>,
    /// The aliases of the collection.
    pub aliases: Vec<String>,
    /// Human-readable descriptions of attributes that the server does not report, or reports incorrectly.
    pub limitations: Vec<String>,
}

/// Whether a collection is in memory, and thus can be queried.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LoadState {
    /// The collection is not in memory.
    NotLoaded,
    /// The collection is being loaded into memory.
    Loading,
    /// The collection is in memory.
    Loaded,
}

/// Reads and changes the collections of one database.
///
/// # Errors
/// Every method that calls the server fails with [`crate::Error::Unreachable`], [`crate::Error::Authentication`],
/// [`crate::Error::PermissionDenied`], [`crate::Error::DatabaseNotFound`], [`crate::Error::ServerLimit`] or
/// [`crate::Error::Unsupported`] if that is the reason, and with [`crate::Error::Milvus`] for any other error of the
/// server. The methods list only their specific errors.
#[async_trait]
pub trait Catalog: Send + Sync + Debug {
    /// Returns the address of the server, without credentials.
    fn uri(&self) -> &str;

    /// Returns the database that all calls refer to.
    fn database(&self) -> &str;

    /// Returns the version string of the server, and thereby checks that it is reachable.
    async fn server_version(&self) -> Result<String>;

    /// Returns the properties of the database such as `database.replica.number`; empty if the server does not report
    /// them.
    async fn database_properties(&self) -> Result<BTreeMap<String, String>>;

    /// Creates the database that all calls refer to, with these properties.
    ///
    /// # Errors
    /// If it exists.
    async fn create_database(&self, properties: &BTreeMap<String, String>) -> Result<()>;

    /// Returns the names of all databases of the server that this user can see, sorted; only the default one if the server
    /// has no others.
    async fn list_databases(&self) -> Result<Vec<String>>;

    /// Returns the capabilities of this server.
    async fn capabilities(&self) -> Result<Capabilities>;

    /// Returns the known issues of the version of this server.
    async fn known_issues(&self) -> Result<Vec<KnownIssue>> {
        Ok(Vec::new())
    }

    /// Returns the role of this cluster among clusters that replicate.
    async fn replication_role(&self) -> Result<ReplicationRole> {
        Ok(ReplicationRole::Alone)
    }

    /// Checks that the user has all of the `needed` access to a collection, and changes nothing. Servers without
    /// privileges, or without a way to query them, allow everything here.
    ///
    /// The access to a collection that is to be created is checked with a name that no collection has.
    ///
    /// # Errors
    /// [`crate::Error::PermissionDenied`], which lists every missing privilege.
    async fn require_access(&self, _collection: &CollectionName, _needed: &[Access]) -> Result<()> {
        Ok(())
    }

    /// Returns the names of all collections, sorted.
    async fn list_collections(&self) -> Result<Vec<String>>;

    /// Returns the collection that a name refers to: itself, or the collection behind an alias. `None` if the name is
    /// unused.
    ///
    /// # Errors
    /// [`crate::Error::InvalidParameter`] for a name that no collection on this server can have.
    async fn resolve_collection(&self, name: &CollectionName) -> Result<Option<CollectionName>>;

    /// Returns whether a collection has this name. Aliases do not count.
    async fn has_collection(&self, collection: &CollectionName) -> Result<bool> {
        Ok(self.resolve_collection(collection).await?.is_some_and(|name| name == *collection))
    }

    /// Pins the collection that a name refers to, so that it can be distinguished from others that are given its name.
    /// `mark` is an unused name, for servers that need one.
    ///
    /// # Errors
    /// [`crate::Error::CollectionNotFound`] if the name is unused; [`crate::Error::InvalidParameter`] as for
    /// [`Self::resolve_collection`].
    async fn pin_collection(&self, name: &CollectionName, mark: &CollectionName) -> Result<PinnedCollection>;

    /// Returns the current name of a pinned collection; `None` if it was dropped.
    async fn locate_collection(&self, pin: &PinnedCollection) -> Result<Option<CollectionName>>;

    /// Lists the marks of a collection that are aliases, including those of operations that were killed.
    async fn list_marks(&self, collection: &CollectionName) -> Result<Vec<CollectionName>>;

    /// Releases a pinned collection. One that was dropped is not an error.
    async fn unpin_collection(&self, pin: &PinnedCollection) -> Result<()>;

    /// Describes one collection.
    ///
    /// # Errors
    /// [`crate::Error::CollectionNotFound`]; [`crate::Error::InvalidParameter`] as for [`Self::resolve_collection`];
    /// [`crate::Error::Unsupported`] for a data type that this program does not know.
    async fn describe_collection(&self, collection: &CollectionName) -> Result<CollectionDescription>;

    /// Creates a collection without indexes. It then has the partition `_default`.
    async fn create_collection(&self, collection: &CollectionName, schema: &CollectionSchema) -> Result<()>;

    /// Removes a collection with its rows. A collection that does not exist is not an error.
    async fn drop_collection(&self, collection: &CollectionName) -> Result<()>;

    /// Renames a collection of the database.
    async fn rename_collection(&self, from: &CollectionName, to: &CollectionName) -> Result<()>;

    /// Creates a partition. One that exists is not an error.
    async fn create_partition(&self, collection: &CollectionName, partition: &str) -> Result<()>;

    /// Sets properties of a collection, and removes those in `removed`.
    async fn alter_properties(
        &self,
        collection: &CollectionName,
        properties: &BTreeMap<String, String>,
        removed: &[String],
    ) -> Result<()>;

    /// Creates an alias of a collection.
    ///
    /// # Errors
    /// If the alias already belongs to a collection.
    async fn create_alias(&self, collection: &CollectionName, alias: &str) -> Result<()>;

    /// Moves an alias to another collection.
    async fn alter_alias(&self, collection: &CollectionName, alias: &str) -> Result<()>;

    /// Returns the number of replicas in memory; `None` if the collection is not loaded or the server does not report
    /// it.
    async fn replica_number(&self, collection: &CollectionName) -> Result<Option<u32>>;

    /// Creates an index on a collection.
    async fn create_index(&self, collection: &CollectionName, index: &IndexDefinition) -> Result<()>;

    /// Removes an index from a collection.
    async fn drop_index(&self, collection: &CollectionName, index: &IndexDefinition) -> Result<()>;

    /// Returns whether all of these partitions are in memory; if none are given, whether any part of the collection is.
    async fn load_state(&self, collection: &CollectionName, partitions: &[String]) -> Result<LoadState>;

    /// Protects the segments of a collection from compaction for at most `duration`, so that rows of an earlier read point
    /// are not lost while they are read. `name` is an unused name for the protection.
    ///
    /// # Errors
    /// [`crate::Error::Unsupported`] without [`Capabilities::compaction_protection`].
    async fn protect_from_compaction(
        &self,
        _collection: &CollectionName,
        _name: &CollectionName,
        _duration: Duration,
    ) -> Result<()> {
        Err(Error::Unsupported { what: "protection of segments from compaction".to_owned() })
    }

    /// Ends a protection. One that does not exist, or whose collection does not, is not an error.
    async fn end_protection(&self, _collection: &CollectionName, _name: &CollectionName) -> Result<()> {
        Ok(())
    }

    /// Loads the collection with all its partitions, and returns once the server reports it as loaded. Queries may find
    /// all rows only seconds later: see [`crate::ScanSession::pending_rows`].
    async fn load_collection(&self, collection: &CollectionName, replicas: Option<u32>) -> Result<()>;

    /// Releases the collection from memory.
    async fn release_collection(&self, collection: &CollectionName) -> Result<()>;

    /// Loads these partitions in addition to those that are loaded, and returns once the server reports them as loaded.
    ///
    /// # Errors
    /// [`crate::Error::Unsupported`] on a server that loads only entire collections
    /// ([`Capabilities::partition_loading`]).
    async fn load_partitions(
        &self,
        collection: &CollectionName,
        partitions: &[String],
        replicas: Option<u32>,
    ) -> Result<()>;

    /// Releases these partitions, and no others.
    ///
    /// # Errors
    /// The same errors as [`Catalog::load_partitions`].
    async fn release_partitions(&self, collection: &CollectionName, partitions: &[String]) -> Result<()>;
}
