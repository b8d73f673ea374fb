//! [`ServerModel`]: how a server behaves where servers differ.
//!
//! The same value is what the in-memory Milvus does and what the conformance suites expect of a server: a model that is
//! wrong about a real server fails there.

use std::collections::BTreeSet;

use milvus_backup_core::Capabilities;

/// How a server behaves where servers differ, as [`milvus_backup_core::Catalog`], [`milvus_backup_core::RowSource`] and
/// [`milvus_backup_core::RowSink`] show it.
///
/// Every field can be changed, so that a test chooses the server that it needs.
///
/// ```
/// use milvus_backup_testkit::fakes::{InMemoryMilvus, ServerModel};
///
/// let mut model = ServerModel::milvus_2_3();
/// model.capabilities.rename = false;
/// let milvus = InMemoryMilvus::new(model);
/// # let _ = milvus;
/// ```
#[derive(Debug, Clone)]
pub struct ServerModel {
    /// Whose words refusals are in, and how much a description holds.
    pub family: Family,
    /// What the server says that it can do.
    pub capabilities: Capabilities,
    /// Collections by their names and aliases.
    pub naming: Naming,
    /// How collections are loaded into memory.
    pub loading: Loading,
    /// How fields are indexed.
    pub indexing: Indexing,
    /// Rows, their copies and their counts.
    pub rows: RowRules,
    /// Limits in the configuration of the server.
    pub limits: Limits,
}

/// The programs that differ in their words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Family {
    /// The Milvus server itself.
    Milvus,
    /// Milvus Lite 3, in Python.
    Lite3,
    /// The C++ core behind Milvus Lite 2.
    Lite2,
}

/// Collections by their names and aliases.
#[derive(Debug, Clone)]
pub struct Naming {
    /// What a pinned collection is told from others by.
    pub marks: Marks,
    /// Whether collections can have aliases.
    pub aliases: bool,
    /// Whether drop and rename take an alias for the collection behind it. The others refuse that.
    pub alias_acts_for_collection: bool,
    /// Whether a collection that has aliases can be dropped, which drops the aliases, too.
    pub drops_aliased: bool,
    /// Whether aliases are left when their collection is dropped: they mean nothing, and hide a collection that gets such a
    /// name later, until they are dropped or moved.
    pub aliases_outlive_collection: bool,
    /// Whether creating an equal collection again succeeds.
    pub recreates_equal: bool,
    /// Whether creating an alias again succeeds for the collection that has it.
    pub recreates_alias: bool,
    /// Whether partitions are listed in the order of their names, and not of their creation.
    pub sorts_partitions: bool,
    /// Whether properties can be removed from a collection.
    pub removes_properties: bool,
    /// Whether names may contain more than letters, digits and underscores. A slash is never accepted.
    pub accepts_any_name: bool,
}

/// What a pinned collection is told from others by, see [`milvus_backup_core::CollectionMark`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Marks {
    /// A number that no other collection ever has.
    Ids,
    /// An alias that is created for the purpose.
    Aliases,
    /// Nothing but its name.
    Names,
}

/// Collections in memory. [`Capabilities`] has whether partitions are loaded one by one, and whether loading needs indexes.
#[derive(Debug, Clone)]
pub struct Loading {
    /// Whether a new collection is loaded.
    pub loaded_when_created: bool,
    /// Whether a read loads a collection that is not. The others refuse the read.
    pub reads_load: bool,
    /// Whether all rows of a collection are counted without it being loaded.
    pub counts_unloaded: bool,
    /// Whether a rename releases the collection.
    pub rename_releases: bool,
    /// Whether only a collection with an index can be released: one without is always loaded.
    pub release_needs_index: bool,
    /// Whether creating an index, and inserting rows, loads the collection.
    pub writes_load: bool,
    /// The most copies that can be in memory; `None` where a number is ignored, and not reported.
    pub max_replicas: Option<u32>,
    /// Whether the server reports stored rows that are not in its list of loaded ones.
    pub reports_pending: bool,
}

/// Indexes of fields. [`Capabilities`] has whether parameters are checked.
#[derive(Debug, Clone)]
pub struct Indexing {
    /// What a second index of a field does.
    pub second: Repetition,
    /// Whether an index can be dropped only while the collection is released.
    pub drop_needs_release: bool,
    /// Whether dropping an index that does not exist succeeds.
    pub drops_missing: bool,
}

/// What a second index of a field does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Repetition {
    /// An equal one succeeds and changes nothing; another one is refused.
    EqualOnly,
    /// Every one is refused.
    Refused,
    /// Any succeeds and changes nothing.
    Ignored,
}

/// Rows, their copies and their counts. [`Capabilities`] has what rows may hold, what becomes of supplied keys where the
/// server generates them, and whether partitions must be flushed one by one.
#[derive(Debug, Clone)]
pub struct RowRules {
    /// What an insert of a key does that exists.
    pub copies: Copies,
    /// What read points the server gives.
    pub read_points: ReadPoints,
    /// The rows that statistics count.
    pub statistics: Statistics,
    /// Whether the largest `Int64` is counted and never returned.
    pub hides_largest_key: bool,
    /// Whether columns that the collection does not have are dropped in silence. The others refuse the insert.
    pub drops_unknown_columns: bool,
    /// Whether a text that is longer than its field allows is refused.
    pub checks_lengths: bool,
    /// Whether a partition that does not exist reads as an empty one. The others refuse the read.
    pub unknown_partition_is_empty: bool,
    /// Whether a collection that does not exist can be flushed. The others refuse it.
    pub flushes_unknown: bool,
    /// Whether a partition can be named where rows are spread by a partition key.
    pub names_spread_partitions: bool,
    /// Whether rows can be split by keys.
    pub splits: bool,
    /// Names of primary keys that the server's expressions reserve.
    pub reserved_keys: BTreeSet<String>,
    /// Whether rows are read by their position where the key cannot be named in an expression. The others refuse the read.
    pub reads_by_position: bool,
    /// Rows that a query reaches at most without an expression.
    pub window: usize,
    /// Whether generated keys are the number of the row, whatever keys were supplied before: they may meet those.
    pub numbers_rows: bool,
}

/// What an insert of a key does that exists. A query returns one row of each key in any case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Copies {
    /// Both rows are there and counted, and any of them is returned: here it is the older one, which is what a test that
    /// believes in the newer one must not get.
    Any,
    /// Both rows are there and counted, and the newer one is returned.
    Newest,
    /// The newer row replaces the older one: in the same partition, and in all of them as long as the older one is not
    /// flushed.
    Replaced,
}

/// What read points the server gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReadPoints {
    /// Reads see exactly the rows of that moment.
    Snapshot,
    /// Reads see at least the rows of that moment.
    Timestamp,
    /// The server reports none.
    Unknown,
}

/// The rows that [`milvus_backup_core::RowSink::stored_rows`] counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Statistics {
    /// Flushed rows, deleted ones among them until they are compacted away.
    Flushed,
    /// Rows that were not deleted, flushed or not.
    Live,
}

/// Limits in the configuration of the server; `None` where a test needs none.
#[derive(Debug, Clone, Default)]
pub struct Limits {
    /// Collections of a database.
    pub collections: Option<usize>,
    /// Partitions of a collection.
    pub partitions: Option<usize>,
    /// Bytes of a name.
    pub name_length: Option<usize>,
}
