//! Differences between servers that determine the steps of an operation.

use std::collections::BTreeSet;

use crate::schema::{RowTraitKind, SchemaSupport};

/// Differences between servers that determine the steps of an operation.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Capabilities {
    /// Version string of the server.
    pub server_version: String,
    /// Whether a collection can be renamed.
    pub rename: bool,
    /// Whether partitions can be created and listed.
    pub partitions: bool,
    /// Whether generated primary keys can be supplied on insert while `autoID` remains on.
    pub preserve_auto_id: PreserveAutoId,
    /// Whether single partitions can be loaded and released.
    pub partition_loading: bool,
    /// Whether a collection can be loaded only when each of its vector fields has an index.
    pub load_needs_index: bool,
    /// Whether the parameters of an index are checked when it is created on a collection without rows.
    pub checks_indexes: bool,
    /// Whether properties of a collection can be changed.
    pub alter_properties: bool,
    /// Whether the server supports bulk import of files.
    pub bulk_import: bool,
    /// Whether inserts are made under keys where a collection has the property [`INSERT_IDEMPOTENCY`], so that equal
    /// batches are not taken for repetitions.
    pub insert_keys: bool,
    /// The supported parts of the schema of a collection.
    pub schema: SchemaSupport,
    /// The kinds of row contents that this server accepts and preserves.
    pub row_traits: BTreeSet<RowTraitKind>,
    /// Whether a key that occurs in several partitions is preserved in each of them only if the rows of one partition
    /// are flushed before those of the next are inserted (Milvus Lite 3).
    pub flush_between_partitions: bool,
}

/// Whether generated primary keys can be supplied on insert while `autoID` remains on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PreserveAutoId {
    /// Supplied keys are always rejected.
    No,
    /// Supplied keys are always preserved.
    Yes,
    /// Supplied keys are preserved while the collection has the property [`ALLOW_INSERT_AUTO_ID`] (Milvus 2.6).
    WithProperty,
}

/// The property with which a collection accepts generated primary keys on insert.
pub const ALLOW_INSERT_AUTO_ID: &str = "allow_insert_auto_id";

/// The property with which a collection recognises an insert that is made again: under its key, or without one by its
/// rows (Milvus 3.0).
pub const INSERT_IDEMPOTENCY: &str = "collection.insert.idempotency.enabled";

/// The property that sets the time after which inserted rows expire, in seconds.
pub const TTL_SECONDS: &str = "collection.ttl.seconds";

impl Capabilities {
    /// Returns the capabilities of a server that supports everything.
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
            insert_keys: true,
            schema: SchemaSupport::all(),
            row_traits: BTreeSet::from(RowTraitKind::ALL),
            flush_between_partitions: false,
        }
    }
}
