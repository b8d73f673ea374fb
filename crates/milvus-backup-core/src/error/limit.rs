//! Limits that are settings of the server.

/// A quantity that the configuration of the server limits, see [`crate::Error::ServerLimit`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ServerLimit {
    /// The number of collections in the server or database.
    Collections,
    /// The number of partitions in a collection.
    Partitions,
    /// The length of a name in bytes.
    NameLength,
    /// The number of fields in a collection.
    Fields,
    /// The number of shards of a collection.
    Shards,
}

impl ServerLimit {
    /// Returns the advice on what to change: in the collection, or in the configuration of the server.
    pub const fn advice(self) -> &'static str {
        match self {
            Self::Collections => {
                "a restore needs one more collection than there were: drop one, or raise \
                 `quotaAndLimits.limits.maxCollectionNum` (and `maxCollectionNumPerDB`) in milvus.yaml"
            }
            Self::Partitions => "raise `rootCoord.maxPartitionNum` in milvus.yaml",
            Self::NameLength => "choose a shorter name, or raise `proxy.maxNameLength` in milvus.yaml",
            Self::Fields => "raise `proxy.maxFieldNum` in milvus.yaml",
            Self::Shards => "raise `proxy.maxShardNum` in milvus.yaml",
        }
    }
}

impl std::fmt::Display for ServerLimit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Collections => "collections",
            Self::Partitions => "partitions",
            Self::NameLength => "the length of a name",
            Self::Fields => "fields",
            Self::Shards => "shards",
        })
    }
}
