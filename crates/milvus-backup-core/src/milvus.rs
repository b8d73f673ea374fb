//! Milvus, as the backup system needs it: a catalogue of collections, a source of rows and a sink for rows.
//!
//! The traits speak of batches, partitions and read points and not of any transport, so that a reader of segment
//! files can stand where a client of the query API stands.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Debug;

use arrow_array::RecordBatch;
use async_trait::async_trait;
use futures::stream::BoxStream;
use serde::{Deserialize, Serialize};

use crate::access::Access;
use crate::error::Result;
use crate::identity::PinnedCollection;
use crate::model::Consistency;
use crate::names::CollectionName;
use crate::schema::{CollectionSchema, IndexDefinition, RowTraitKind, SchemaSupport};

/// Everything a server tells about one collection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
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
#[non_exhaustive]
pub enum LoadState {
    /// Not in memory.
    NotLoaded,
    /// On its way into memory.
    Loading,
    /// In memory.
    Loaded,
}

/// The moment at which rows are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadPoint {
    /// Hybrid timestamp of the server: physical milliseconds, shifted left by 18 bits, and a counter. `None`
    /// where the server gives none.
    pub timestamp: Option<u64>,
    /// Whether every page is read at exactly this moment, or at this moment or later.
    pub consistency: Consistency,
}

/// A range of primary keys. Keys are texts: decimal for `Int64`, the key itself for `VarChar`, ordered by its bytes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct KeyRange {
    /// The last key before the range; `None` where it begins with the first key of all.
    pub after: Option<String>,
    /// The last key in the range; `None` where it ends with the last key of all.
    pub up_to: Option<String>,
}

impl KeyRange {
    /// The ranges between these keys, which ascend: every key is in exactly one of them.
    ///
    /// ```
    /// use milvus_backup_core::KeyRange;
    ///
    /// let ranges = KeyRange::between(&["10".to_owned(), "20".to_owned()]);
    /// assert_eq!(ranges.len(), 3);
    /// assert_eq!(ranges[1], KeyRange { after: Some("10".to_owned()), up_to: Some("20".to_owned()) });
    /// assert_eq!(KeyRange::between(&[]), [KeyRange::default()]);
    /// ```
    pub fn between(keys: &[String]) -> Vec<Self> {
        let afters = std::iter::once(None).chain(keys.iter().cloned().map(Some));
        let ends = keys.iter().cloned().map(Some).chain(std::iter::once(None));
        afters.zip(ends).map(|(after, up_to)| Self { after, up_to }).collect()
    }
}

/// Rows to read.
#[derive(Debug, Clone)]
pub struct ScanRequest {
    /// The collection.
    pub collection: CollectionName,
    /// Its definition; columns come in the order of [`crate::schema::arrow_schema`].
    pub schema: CollectionSchema,
    /// The partition, or `None` for the whole collection.
    pub partition: Option<String>,
    /// Only rows whose primary keys are in this range.
    pub range: KeyRange,
    /// When.
    pub read_point: ReadPoint,
    /// Size of one batch to aim for, in bytes of column values.
    pub batch_bytes: usize,
}

/// The keys of a partition, compared with its rows: what [`RowSource::census`] found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct KeyCensus {
    /// Keys that queries return.
    pub keys: u64,
    /// Rows that are counted.
    pub rows: u64,
    /// Keys that more than one row has.
    pub duplicated_keys: u64,
    /// Rows beyond the first of each of these keys. A query returns one row of a key.
    pub copies: u64,
    /// Rows that are counted, and whose keys no query returns.
    pub unreturned: u64,
    /// Rows too many that were not examined, since there were too many places to look at.
    pub unexamined: u64,
    /// One of the keys that more than one row has.
    pub example: Option<String>,
}

impl KeyCensus {
    /// Whether copies of keys are the reason for every row that is counted and not returned.
    pub fn explains_all(&self) -> bool {
        self.unreturned == 0 && self.unexamined == 0
    }
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
    /// seconds more until all rows are found by queries: see [`RowSource::pending_rows`].
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

/// A source of rows.
#[async_trait]
pub trait RowSource: Send + Sync + Debug {
    /// Fixes the moment at which the rows of `collection` are read.
    async fn read_point(&self, collection: &CollectionName) -> Result<ReadPoint>;

    /// Rows visible now in a partition, or in the whole collection, with all that were written before the read point.
    /// Needs a loaded collection.
    async fn count_rows(
        &self,
        collection: &CollectionName,
        schema: &CollectionSchema,
        partition: Option<&str>,
        read_point: ReadPoint,
    ) -> Result<u64>;

    /// Makes certain, before anything is loaded, that these partitions can be read at all.
    ///
    /// # Errors
    /// [`crate::Error::Refused`] with the reason, such as a primary key whose name the server's expressions reserve. A source
    /// without such reasons has nothing to do.
    async fn require_readable(
        &self,
        _collection: &CollectionName,
        _schema: &CollectionSchema,
        _partitions: &[String],
    ) -> Result<()> {
        Ok(())
    }

    /// Rows of these partitions, or of all where none is named, in stored segments that are not in the server's list of
    /// loaded ones. A server may report a partition as loaded, or an import as complete, seconds before queries find its
    /// rows. 0 proves that they find all that is flushed; more proves nothing. `None` where the server does not report it.
    async fn pending_rows(&self, _collection: &CollectionName, _partitions: &[String]) -> Result<Option<u64>> {
        Ok(None)
    }

    /// Reads all keys of a partition, or of the collection, and counts the rows of each: why the server counts other rows
    /// than it returns. Takes as long as reading the keys without their rows.
    ///
    /// # Errors
    /// [`crate::Error::Unsupported`] where keys cannot be counted.
    async fn census(
        &self,
        _collection: &CollectionName,
        _schema: &CollectionSchema,
        _partition: Option<&str>,
        _read_point: ReadPoint,
    ) -> Result<KeyCensus> {
        Err(crate::Error::Unsupported { what: "counting rows by key".to_owned() })
    }

    /// Keys that split the `rows` rows of a partition, or of the whole collection, into about `parts` parts of about the
    /// same size, for [`KeyRange::between`]. Fewer or none where that cannot be told cheaply; in ascending order, each
    /// once.
    async fn split_keys(
        &self,
        collection: &CollectionName,
        schema: &CollectionSchema,
        partition: Option<&str>,
        rows: u64,
        parts: usize,
    ) -> Result<Vec<String>>;

    /// The rows in batches, in ascending order of primary key, each key once.
    ///
    /// Transient errors are retried inside, from the last key that was read. The stream ends after its first error.
    fn scan(&self, request: ScanRequest) -> BoxStream<'static, Result<RecordBatch>>;
}

/// A sink for rows.
#[async_trait]
pub trait RowSink: Send + Sync + Debug {
    /// Inserts a batch into a partition, or into the collection where rows are spread by a partition key. Split
    /// into as many calls as the message limit of the server needs. Returns the number of rows that were accepted.
    ///
    /// Columns that the schema does not have are an error. Safe to call concurrently. Not cancel-safe: an
    /// insert that was sent may take effect.
    async fn insert(
        &self,
        collection: &CollectionName,
        schema: &CollectionSchema,
        partition: Option<&str>,
        batch: RecordBatch,
    ) -> Result<u64>;

    /// Lets the server read a Parquet file by itself (bulk import), and returns once its rows are in the collection.
    /// `file` is its path as the server sees it. Returns the number of rows.
    ///
    /// Not cancel-safe: an import that was asked for goes on. A file that is imported twice is there twice.
    ///
    /// # Errors
    /// [`crate::Error::Unsupported`] on a server without bulk import. [`crate::Error::Refused`] with the server's reason,
    /// such as a file that it cannot read.
    async fn import_file(&self, collection: &CollectionName, partition: Option<&str>, file: &str) -> Result<u64>;

    /// Makes all rows inserted so far durable, and returns once they are.
    async fn flush(&self, collection: &CollectionName) -> Result<()>;

    /// Rows in the segments of a partition, or of the collection, as the server's statistics have it. Deleted
    /// rows count, rows not yet flushed do not. Does not need a loaded collection.
    async fn stored_rows(&self, collection: &CollectionName, partition: Option<&str>) -> Result<u64>;
}

/// Differences between servers that decide what an operation may do.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Capabilities {
    /// Version text of the server.
    pub server_version: String,
    /// Whether a collection can be renamed.
    pub rename: bool,
    /// Whether partitions can be created and listed.
    pub partitions: bool,
    /// Whether generated primary keys can be supplied on insert while `autoID` stays on.
    pub preserve_auto_id: PreserveAutoId,
    /// Whether single partitions can be loaded and released.
    pub partition_loading: bool,
    /// Whether a collection can be loaded only when each of its vector fields has an index.
    pub load_needs_index: bool,
    /// Whether the parameters of an index are checked when it is created on a collection without rows.
    pub checks_indexes: bool,
    /// Whether properties of a collection can be changed.
    pub alter_properties: bool,
    /// Whether it reads files by itself.
    pub bulk_import: bool,
    /// What the schema of a collection may have.
    pub schema: SchemaSupport,
    /// What rows may hold: the kinds that this server takes and keeps as they are.
    pub row_traits: BTreeSet<RowTraitKind>,
    /// Whether a key that several partitions have is kept in each only if the rows of one are flushed before those of the
    /// next are inserted (Milvus Lite 3).
    pub flush_between_partitions: bool,
}

/// Whether generated primary keys can be supplied on insert while `autoID` stays on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PreserveAutoId {
    /// They are refused.
    No,
    /// They are kept.
    Yes,
    /// They are kept while the collection has the property [`ALLOW_INSERT_AUTO_ID`] (Milvus 2.6).
    WithProperty,
}

/// The property with which a collection takes generated primary keys on insert.
pub const ALLOW_INSERT_AUTO_ID: &str = "allow_insert_auto_id";

/// The property that makes rows expire, so many seconds after they were inserted.
pub const TTL_SECONDS: &str = "collection.ttl.seconds";

impl Capabilities {
    /// A server that can do everything.
    pub fn all(server_version: impl Into<String>) -> Self {
        Self {
            server_version: server_version.into(),
            rename: true,
            partitions: true,
            partition_loading: true,
            load_needs_index: true,
            checks_indexes: true,
            preserve_auto_id: PreserveAutoId::Yes,
            alter_properties: true,
            bulk_import: true,
            schema: SchemaSupport::all(),
            row_traits: BTreeSet::from(RowTraitKind::ALL),
            flush_between_partitions: false,
        }
    }
}

/// A whole Milvus: catalogue, source and sink.
pub trait Milvus: Catalog + RowSource + RowSink {}

impl<T: Catalog + RowSource + RowSink> Milvus for T {}
