//! The collections of one database: what they are, and what can be done with them.

use std::collections::BTreeMap;
use std::fmt::Debug;

use async_trait::async_trait;

use super::access::Access;
use super::capabilities::Capabilities;
use crate::error::Result;
use crate::identity::PinnedCollection;
use crate::names::CollectionName;
use crate::schema::{CollectionSchema, IndexDefinition};

/// Everything a server tells about one collection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CollectionDescription {
    /// Its own name, also where it was described by an alias.
    pub name: CollectionName,
    /// Its definition.
    pub schema: CollectionSchema,
    /// Its partitions, in the order of the server. One that stands for all rows where rows are spread by a
    /// partition key, because such partitions cannot be named in a call.
    pub partitions: Vec<String>,
    /// Its indexes.
    pub indexes: Vec<IndexDefinition>,
    /// Its other names.
    pub aliases: Vec<String>,
    /// What the server did not tell, or tells wrongly, in plain words.
    pub limitations: Vec<String>,
}

/// Whether a collection is in memory, and so can be queried.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LoadState {
    /// Not in memory.
    NotLoaded,
    /// On its way into memory.
    Loading,
    /// In memory.
    Loaded,
}

/// Reads and changes the collections of one database.
#[async_trait]
pub trait Catalog: Send + Sync + Debug {
    /// The address, without credentials.
    fn uri(&self) -> &str;

    /// The database all calls refer to.
    fn database(&self) -> &str;

    /// Asks the server whether it is there, and for its version text.
    async fn server_version(&self) -> Result<String>;

    /// Properties of the database such as `database.replica.number`; none where the server does not tell.
    async fn database_properties(&self) -> Result<BTreeMap<String, String>>;

    /// What this server can do.
    async fn capabilities(&self) -> Result<Capabilities>;

    /// Checks that the user may do all of `needed` with a collection, and changes nothing. Servers without privileges, or
    /// without a way to ask, allow everything here.
    ///
    /// What is to be created is asked of a name that no collection has.
    ///
    /// # Errors
    /// [`crate::Error::PermissionDenied`], which names every privilege that is missing.
    async fn require_access(&self, _collection: &CollectionName, _needed: &[Access]) -> Result<()> {
        Ok(())
    }

    /// Names of all collections, sorted.
    async fn list_collections(&self) -> Result<Vec<String>>;

    /// The collection that a name means: itself, or the collection behind an alias. `None` where it means nothing.
    async fn resolve_collection(&self, name: &CollectionName) -> Result<Option<CollectionName>>;

    /// Whether a collection has this name. An alias of one is not its name.
    async fn has_collection(&self, collection: &CollectionName) -> Result<bool> {
        Ok(self.resolve_collection(collection).await?.is_some_and(|name| name == *collection))
    }

    /// Takes hold of the collection that a name means, so that it is told from others that get its name. `mark` is a
    /// name that nothing else has, for servers that need one.
    ///
    /// # Errors
    /// [`crate::Error::CollectionNotFound`].
    async fn pin_collection(&self, name: &CollectionName, mark: &CollectionName) -> Result<PinnedCollection>;

    /// The name that a pinned collection has now; `None` when it was dropped.
    async fn locate_collection(&self, pin: &PinnedCollection) -> Result<Option<CollectionName>>;

    /// The marks of a collection that are aliases, those of operations that were killed among them.
    async fn list_marks(&self, collection: &CollectionName) -> Result<Vec<CollectionName>>;

    /// Lets go of a pinned collection. One that was dropped is no error.
    async fn unpin_collection(&self, pin: &PinnedCollection) -> Result<()>;

    /// Everything about one collection.
    ///
    /// # Errors
    /// [`crate::Error::CollectionNotFound`]; [`crate::Error::Unsupported`] for a data type newer than this program.
    async fn describe_collection(&self, collection: &CollectionName) -> Result<CollectionDescription>;

    /// Creates a collection without indexes. It has the partition `_default` afterwards.
    async fn create_collection(&self, collection: &CollectionName, schema: &CollectionSchema) -> Result<()>;

    /// Removes a collection with its rows. One that does not exist is no error.
    async fn drop_collection(&self, collection: &CollectionName) -> Result<()>;

    /// Renames a collection.
    async fn rename_collection(&self, from: &CollectionName, to: &CollectionName) -> Result<()>;

    /// Creates a partition. One that exists is no error.
    async fn create_partition(&self, collection: &CollectionName, partition: &str) -> Result<()>;

    /// Sets properties of a collection, and removes those in `removed`.
    async fn alter_properties(
        &self,
        collection: &CollectionName,
        properties: &BTreeMap<String, String>,
        removed: &[String],
    ) -> Result<()>;

    /// Gives a collection another name.
    ///
    /// # Errors
    /// When the alias belongs to a collection already.
    async fn create_alias(&self, collection: &CollectionName, alias: &str) -> Result<()>;

    /// Moves an alias from the collection that has it to another.
    async fn alter_alias(&self, collection: &CollectionName, alias: &str) -> Result<()>;

    /// Copies of the collection in memory; `None` where it is not loaded or the server does not tell.
    async fn replica_number(&self, collection: &CollectionName) -> Result<Option<u32>>;

    /// Creates an index.
    async fn create_index(&self, collection: &CollectionName, index: &IndexDefinition) -> Result<()>;

    /// Removes an index.
    async fn drop_index(&self, collection: &CollectionName, index: &IndexDefinition) -> Result<()>;

    /// Whether all of these partitions are in memory; of none, whether anything of the collection is.
    async fn load_state(&self, collection: &CollectionName, partitions: &[String]) -> Result<LoadState>;

    /// Loads the collection with all its partitions, and returns once the server reports it as loaded. It may take
    /// seconds more until all rows are found by queries: see [`crate::ScanSession::pending_rows`].
    async fn load_collection(&self, collection: &CollectionName, replicas: Option<u32>) -> Result<()>;

    /// Releases the collection from memory.
    async fn release_collection(&self, collection: &CollectionName) -> Result<()>;

    /// Loads these partitions beside those that are loaded, and returns once the server reports them as loaded.
    ///
    /// # Errors
    /// [`crate::Error::Unsupported`] on a server that loads collections only as a whole
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
    /// As [`Catalog::load_partitions`].
    async fn release_partitions(&self, collection: &CollectionName, partitions: &[String]) -> Result<()>;
}
