//! Differences between servers that decide what an operation may do.

use std::collections::BTreeSet;

use crate::schema::{RowTraitKind, SchemaSupport};

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
