//! The kinds of servers, told apart by the version that they report.

use milvus_backup_core::schema::DataType;

use super::gates::{Feature, Version};

/// The version string for a server that has no call to report it, which is Milvus Lite 2.
pub(crate) const LITE_2_VERSION: &str = "milvus_lite-2";

/// The kinds of servers, which differ in their capabilities.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Server {
    /// The C++ core behind Milvus Lite 2.x, which does not report its version.
    Lite2,
    /// Milvus Lite 3.x, which is written in Python.
    Lite3,
    /// Milvus by its version.
    Milvus(Version),
}

impl Server {
    /// Parses the version string of a server. One that cannot be parsed counts as the newest: the server then rejects
    /// what it does not support.
    pub(crate) fn from_version(version: &str) -> Self {
        if version == LITE_2_VERSION {
            return Self::Lite2;
        }
        if version.starts_with("milvus_lite") {
            return Self::Lite3;
        }
        Self::Milvus(Version::parse(version))
    }

    pub(crate) fn is_lite(self) -> bool {
        matches!(self, Self::Lite2 | Self::Lite3)
    }

    /// Returns whether rows with this type must not share a segment with those of another insert, as on Milvus 2.3:
    /// each insert then gets a separate segment.
    pub(crate) fn needs_flush_after_insert(self, data_type: DataType) -> bool {
        self.is_before_2_4() && data_type == DataType::Float16Vector
    }

    /// Returns whether collections have partitions that can be named.
    pub(crate) fn has_partitions(self) -> bool {
        self != Self::Lite2
    }

    /// Returns whether a query can report its timestamp, so that later ones can be made at the same one.
    pub(crate) fn has_snapshots(self) -> bool {
        self.has(Feature::SessionTimestamp)
    }

    /// Returns whether the server reports which clusters replicate.
    pub(crate) fn reports_replication(self) -> bool {
        self.has(Feature::ReplicationRole)
    }

    /// Returns whether an import that is requested again under its key is the first one. Versions 3.0.0 and 3.0.1 do
    /// not have what 2.6.24 has.
    pub(crate) fn has_import_keys(self) -> bool {
        let without =
            matches!(self, Self::Milvus(version) if version >= Version(3, 0, 0) && version < Version(3, 0, 2));
        self.has(Feature::ImportKeys) && !without
    }

    /// Returns whether an insert that is made again under its key is recognised, if the server is set to it.
    pub(crate) fn has_insert_keys(self) -> bool {
        self.has(Feature::InsertKeys)
    }

    /// Returns whether this is a Milvus of the first versions, which hold one vector field per collection.
    pub(super) fn is_before_2_4(self) -> bool {
        matches!(self, Self::Milvus(version) if version < Version(2, 4, 0))
    }

    /// Returns whether this is a Milvus that has a feature. What Milvus Lite has is not told by its version.
    pub(super) fn has(self, feature: Feature) -> bool {
        matches!(self, Self::Milvus(version) if version >= feature.since())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn servers_are_told_apart_by_their_version_text() {
        assert_eq!(Server::from_version("v2.3.5-lite"), Server::Milvus(Version(2, 3, 5)));
        assert_eq!(Server::from_version("2.6.18"), Server::Milvus(Version(2, 6, 18)));
        assert_eq!(Server::from_version("milvus_lite-3.2.2"), Server::Lite3);
        assert_eq!(Server::from_version("milvus_lite-2"), Server::Lite2);
        assert!(Feature::ALL.iter().all(|feature| Server::from_version("nightly").has(*feature)));
    }

    #[test]
    fn a_feature_comes_with_a_patch_version() {
        let has = |version: &str, feature| Server::from_version(version).has(feature);
        assert!(!has("2.6.17", Feature::NullableVectors) && has("2.6.18", Feature::NullableVectors));
        assert!(!has("2.6.5", Feature::Geometry) && has("2.6.6", Feature::Geometry));
        assert!(!has("2.6.24", Feature::MinHash) && has("3.0.0", Feature::MinHash));
    }
}
