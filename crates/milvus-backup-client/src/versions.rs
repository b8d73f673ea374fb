//! The capabilities of each version of Milvus.
//!
//! Sources: Milvus 2.3.5, Milvus Lite 3.2.2 and Milvus Lite 2.5.1 were run; the rows for 2.4, 2.5, 2.6 and 3.0 follow
//! their release notes and protocol definitions.

use std::collections::BTreeSet;

use milvus_backup_core::schema::{DataType, FunctionKind, RowTraitKind, SchemaSupport};
use milvus_backup_core::{Capabilities, PreserveAutoId};

/// The version string for a server that has no call to report it, which is Milvus Lite 2.
pub(crate) const LITE_2_VERSION: &str = "milvus_lite-2";

/// The kinds of servers, which differ in their capabilities.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Server {
    /// The C++ core behind Milvus Lite 2.x, which does not report its version.
    Lite2,
    /// Milvus Lite 3.x, which is written in Python.
    Lite3,
    /// Milvus by major and minor version.
    Milvus(u32, u32),
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
        let mut numbers = version.trim_start_matches('v').split('.').map(str::parse::<u32>);
        match (numbers.next(), numbers.next()) {
            (Some(Ok(major)), Some(Ok(minor))) => Self::Milvus(major, minor),
            _ => Self::Milvus(u32::MAX, 0),
        }
    }

    pub(crate) fn is_lite(self) -> bool {
        matches!(self, Self::Lite2 | Self::Lite3)
    }

    /// Returns whether rows with this type must not share a segment with those of another insert, as on Milvus 2.3:
    /// each insert then gets a separate segment.
    pub(crate) fn needs_flush_after_insert(self, data_type: DataType) -> bool {
        matches!(self, Self::Milvus(2, 0..=3)) && data_type == DataType::Float16Vector
    }

    /// Returns whether collections have partitions that can be named.
    pub(crate) fn has_partitions(self) -> bool {
        self != Self::Lite2
    }

    /// Returns whether a query can report its timestamp, so that later ones can be made at the same one.
    pub(crate) fn has_snapshots(self) -> bool {
        self.at_least(2, 5)
    }

    /// Returns the capabilities of this server.
    pub(crate) fn capabilities(self, version: &str) -> Capabilities {
        let mut capabilities = Capabilities::all(version);
        capabilities.rename = self != Self::Lite2;
        capabilities.partitions = self.has_partitions();
        capabilities.partition_loading = !self.is_lite();
        capabilities.load_needs_index = !self.is_lite();
        // Milvus Lite accepts nearly any parameters, and does not remove indexes of a loaded collection; a new
        // collection is loaded.
        capabilities.checks_indexes = !self.is_lite();
        capabilities.alter_properties = self != Self::Lite2;
        capabilities.bulk_import = !self.is_lite();
        capabilities.preserve_auto_id = match self {
            Self::Lite2 | Self::Lite3 => PreserveAutoId::Yes,
            Self::Milvus(major, minor) if (major, minor) >= (2, 6) => PreserveAutoId::WithProperty,
            Self::Milvus(..) => PreserveAutoId::No,
        };
        capabilities.schema = self.schema_support();
        capabilities.row_traits = self.row_traits();
        capabilities.flush_between_partitions = self == Self::Lite3;
        capabilities
    }

    fn schema_support(self) -> SchemaSupport {
        let mut support = SchemaSupport::all();
        support.data_types = self.data_types();
        support.functions = self.functions();
        support.default_values = self != Self::Lite2;
        support.partition_key = self != Self::Lite2;
        support.nullable_scalars = self == Self::Lite3 || self.at_least(2, 5);
        support.nullable_vectors = self == Self::Lite3 || self.at_least(3, 0);
        support.clustering_key = self.is_lite() || self.at_least(2, 4);
        support.struct_arrays = self.at_least(2, 6);
        // Several vector fields are supported from 2.4 on.
        support.max_vector_fields = matches!(self, Self::Milvus(2, 0..=3)).then_some(1);
        support
    }

    /// Returns the supported contents of rows. Milvus 2.3.5 and Milvus Lite 3.2.2 were measured; the proxy of Milvus
    /// 2.4 and later rejects dynamic keys with the name of a field. For all others the server decides.
    fn row_traits(self) -> BTreeSet<RowTraitKind> {
        let refused: &[RowTraitKind] = match self {
            Self::Lite3 => &[
                RowTraitKind::DynamicKeyOfField,
                RowTraitKind::JsonScalar,
                RowTraitKind::JsonNull,
                RowTraitKind::EmptySparseVector,
            ],
            Self::Milvus(2, 0..=3) => &[RowTraitKind::JsonArray, RowTraitKind::JsonText, RowTraitKind::JsonScalar],
            Self::Milvus(..) => &[RowTraitKind::DynamicKeyOfField],
            Self::Lite2 => &[],
        };
        RowTraitKind::ALL.into_iter().filter(|kind| !refused.contains(kind)).collect()
    }

    fn at_least(self, major: u32, minor: u32) -> bool {
        matches!(self, Self::Milvus(own_major, own_minor) if (own_major, own_minor) >= (major, minor))
    }

    fn data_types(self) -> BTreeSet<DataType> {
        let since = |data_type: DataType| match data_type {
            DataType::Float16Vector if matches!(self, Self::Milvus(2, 3)) => true,
            DataType::Float16Vector | DataType::BFloat16Vector => self == Self::Lite2 || self.at_least(2, 4),
            DataType::SparseFloatVector => self.is_lite() || self.at_least(2, 4),
            DataType::BinaryVector => self != Self::Lite3,
            DataType::Int8Vector | DataType::ArrayOfVector => self.at_least(2, 6),
            DataType::Geometry | DataType::Timestamptz => self == Self::Lite3 || self.at_least(2, 6),
            DataType::Text => self.at_least(3, 0),
            _ => true,
        };
        DataType::ALL.iter().copied().filter(|data_type| since(*data_type)).collect()
    }

    fn functions(self) -> BTreeSet<FunctionKind> {
        let since = |function: FunctionKind| match function {
            FunctionKind::Bm25 => self == Self::Lite3 || self.at_least(2, 5),
            FunctionKind::TextEmbedding => self == Self::Lite3 || self.at_least(2, 6),
            FunctionKind::Rerank | FunctionKind::MinHash => self.at_least(2, 6),
            _ => self.at_least(3, 0),
        };
        FunctionKind::ALL.iter().copied().filter(|function| since(*function)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn servers_are_told_apart_by_their_version_text() {
        assert_eq!(Server::from_version("v2.3.5-lite"), Server::Milvus(2, 3));
        assert_eq!(Server::from_version("2.6.1"), Server::Milvus(2, 6));
        assert_eq!(Server::from_version("milvus_lite-3.2.2"), Server::Lite3);
        assert_eq!(Server::from_version("milvus_lite-2"), Server::Lite2);
        assert!(Server::from_version("nightly").at_least(3, 0));
    }

    #[test]
    fn what_a_server_does_not_handle_is_not_among_what_it_has() {
        let old = Server::Milvus(2, 3).schema_support();
        for data_type in [DataType::Geometry, DataType::Timestamptz, DataType::SparseFloatVector, DataType::Text] {
            assert!(!old.data_types.contains(&data_type), "{data_type}");
        }
        assert!(!old.nullable_scalars, "Milvus 2.3 drops the flag in silence");
    }

    #[test]
    fn a_newer_version_has_all_that_an_older_one_has() {
        let versions = [(2, 3), (2, 4), (2, 5), (2, 6), (3, 0), (3, 1)].map(|(a, b)| Server::Milvus(a, b));
        for pair in versions.windows(2) {
            assert!(pair[0].data_types().is_subset(&pair[1].data_types()), "{pair:?}");
            assert!(pair[0].functions().is_subset(&pair[1].functions()), "{pair:?}");
        }
    }
}
