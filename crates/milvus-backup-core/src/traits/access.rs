//! What an operation needs to be allowed to do with a collection, checked before it starts.

/// One thing to be allowed to do. Servers grant each of them by a privilege, see [`crate::Catalog::require_access`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Access {
    /// List the partitions.
    ShowPartitions,
    /// Ask whether the collection is in memory.
    LoadState,
    /// Read rows.
    Query,
    /// Create a collection.
    CreateCollection,
    /// Create partitions.
    CreatePartition,
    /// Insert rows.
    Insert,
    /// Flush rows to storage, and ask whether that is done.
    Flush,
    /// Count the stored rows of the whole collection.
    Statistics,
    /// Create indexes.
    CreateIndex,
    /// Change properties.
    AlterCollection,
    /// Rename the collection.
    RenameCollection,
    /// Drop the collection.
    DropCollection,
    /// Create aliases.
    CreateAlias,
    /// Load the collection into memory.
    Load,
}

impl Access {
    /// What a backup needs of the collection that it reads.
    pub const READING: &'static [Self] = &[Self::ShowPartitions, Self::LoadState, Self::Query];

    /// What every restore needs of a collection that it creates.
    pub const RESTORING: &'static [Self] =
        &[Self::CreateCollection, Self::Insert, Self::Flush, Self::RenameCollection, Self::DropCollection];
}
