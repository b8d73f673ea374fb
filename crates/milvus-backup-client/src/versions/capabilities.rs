//! What each server can do.
//!
//! Milvus 2.3.5, Milvus Lite 3.2.2 and Milvus Lite 2.5.1 were run; what later versions have is in
//! [`gates`](super::gates), with sources.

use std::collections::BTreeSet;

use milvus_backup_core::schema::{DataType, FunctionKind, RowTraitKind, SchemaSupport};
use milvus_backup_core::{Capabilities, PreserveAutoId};

use super::gates::{Feature, Version};
use super::server::Server;

impl Server {
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
        capabilities.insert_keys = self.has_insert_keys();
        capabilities.preserve_auto_id = match self {
            Self::Lite2 | Self::Lite3 => PreserveAutoId::Yes,
            Self::Milvus(_) if self.has(Feature::SuppliedAutoIds) => PreserveAutoId::WithProperty,
            Self::Milvus(_) => PreserveAutoId::No,
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
        support.nullable_scalars = self == Self::Lite3 || self.has(Feature::NullableScalars);
        support.nullable_vectors = self == Self::Lite3 || self.has(Feature::NullableVectors);
        support.clustering_key = self.is_lite() || self.has(Feature::ClusteringKey);
        support.struct_arrays = self.has(Feature::StructArrays);
        // Several vector fields are supported from 2.4 on.
        support.max_vector_fields = self.is_before_2_4().then_some(1);
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
            Self::Milvus(_) if self.is_before_2_4() => {
                &[RowTraitKind::JsonArray, RowTraitKind::JsonText, RowTraitKind::JsonScalar]
            }
            Self::Milvus(_) => &[RowTraitKind::DynamicKeyOfField],
            Self::Lite2 => &[],
        };
        RowTraitKind::ALL.into_iter().filter(|kind| !refused.contains(kind)).collect()
    }

    fn data_types(self) -> BTreeSet<DataType> {
        let since = |data_type: DataType| match data_type {
            // Earlier ones were not tried.
            DataType::Float16Vector if self.is_before_2_4() => self >= Self::Milvus(Version(2, 3, 0)),
            DataType::Float16Vector | DataType::BFloat16Vector => self == Self::Lite2 || self.has(Feature::HalfVectors),
            DataType::SparseFloatVector => self.is_lite() || self.has(Feature::SparseVectors),
            DataType::BinaryVector => self != Self::Lite3,
            DataType::Int8Vector => self.has(Feature::Int8Vectors),
            DataType::ArrayOfVector => self.has(Feature::StructArrays),
            DataType::Geometry => self == Self::Lite3 || self.has(Feature::Geometry),
            DataType::Timestamptz => self == Self::Lite3 || self.has(Feature::Timestamptz),
            DataType::Text => self.has(Feature::Text),
            _ => true,
        };
        DataType::ALL.iter().copied().filter(|data_type| since(*data_type)).collect()
    }

    fn functions(self) -> BTreeSet<FunctionKind> {
        let since = |function: FunctionKind| match function {
            FunctionKind::Bm25 => self == Self::Lite3 || self.has(Feature::Bm25),
            FunctionKind::TextEmbedding => self == Self::Lite3 || self.has(Feature::TextEmbedding),
            FunctionKind::Rerank => self.has(Feature::Rerank),
            FunctionKind::MinHash => self.has(Feature::MinHash),
            _ => self.has(Feature::MolFingerprint),
        };
        FunctionKind::ALL.iter().copied().filter(|function| since(*function)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_server_does_not_handle_is_not_among_what_it_has() {
        let old = Server::from_version("2.3.5").schema_support();
        for data_type in [DataType::Geometry, DataType::Timestamptz, DataType::SparseFloatVector, DataType::Text] {
            assert!(!old.data_types.contains(&data_type), "{data_type}");
        }
        assert!(!old.nullable_scalars, "Milvus 2.3 drops the flag in silence");
    }

    #[test]
    fn a_newer_version_has_all_that_an_older_one_has() {
        let versions = ["2.3.5", "2.4.23", "2.5.27", "2.6.0", "2.6.24", "3.0.0", "3.1.0"].map(Server::from_version);
        for pair in versions.windows(2) {
            assert!(pair[0].data_types().is_subset(&pair[1].data_types()), "{pair:?}");
            assert!(pair[0].functions().is_subset(&pair[1].functions()), "{pair:?}");
        }
    }
}
