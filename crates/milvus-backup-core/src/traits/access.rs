//! The access to a collection that an operation needs, checked before the operation starts.

/// An action that requires permission. Servers grant each of them by a privilege, see
/// [`crate::Catalog::require_access`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Access {
    /// List the partitions of the collection.
    ShowPartitions,
    /// Query whether the collection is in memory.
    LoadState,
    /// Read rows of the collection.
    Query,
    /// Create a collection in the database.
    CreateCollection,
    /// Create partitions of the collection.
    CreatePartition,
    /// Insert rows into the collection.
    Insert,
    /// Flush rows to storage, and query whether the flush is complete.
    Flush,
    /// Count the stored rows of the complete collection.
    Statistics,
    /// Create indexes on the collection.
    CreateIndex,
    /// Change properties of the collection.
    AlterCollection,
    /// Give the collection another name.
    RenameCollection,
    /// Drop the collection with its rows.
    DropCollection,
    /// Create aliases of the collection.
    CreateAlias,
    /// Load the collection into memory.
    Load,
}

impl Access {
    /// The access that a backup needs to the collection that it reads.
    pub const READING: &'static [Self] = &[Self::ShowPartitions, Self::LoadState, Self::Query];

    /// The access that a backup needs to the collection whose segment files it reads.
    pub const READING_SEGMENTS: &'static [Self] = &[Self::ShowPartitions, Self::LoadState, Self::Flush];

    /// The access that every restore needs to the collection that it creates.
    pub const RESTORING: &'static [Self] =
        &[Self::CreateCollection, Self::Insert, Self::Flush, Self::RenameCollection, Self::DropCollection];
}
