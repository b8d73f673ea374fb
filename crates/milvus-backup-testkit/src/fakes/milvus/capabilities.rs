//! What servers say that they can do: as `milvus-backup-client` has it of them.

use std::collections::BTreeSet;

use milvus_backup_core::schema::{DataType, FunctionKind, RowTraitKind, SchemaSupport};
use milvus_backup_core::{Capabilities, PreserveAutoId};

pub(super) fn milvus_2_3_capabilities() -> Capabilities {
    let mut capabilities = Capabilities::all("v2.3.5-lite");
    capabilities.preserve_auto_id = PreserveAutoId::No;
    capabilities.insert_keys = false;
    let schema = &mut capabilities.schema;
    schema.data_types = all_types_but(&[
        DataType::Text,
        DataType::Geometry,
        DataType::Timestamptz,
        DataType::BFloat16Vector,
        DataType::SparseFloatVector,
        DataType::Int8Vector,
        DataType::ArrayOfVector,
    ]);
    schema.functions.clear();
    schema.nullable_scalars = false;
    schema.nullable_vectors = false;
    schema.clustering_key = false;
    schema.struct_arrays = false;
    schema.max_vector_fields = Some(1);
    capabilities.row_traits =
        all_traits_but(&[RowTraitKind::JsonArray, RowTraitKind::JsonText, RowTraitKind::JsonScalar]);
    capabilities
}

pub(super) fn milvus_2_6_capabilities() -> Capabilities {
    let mut capabilities = Capabilities::all("v2.6.0");
    capabilities.preserve_auto_id = PreserveAutoId::WithProperty;
    capabilities.insert_keys = false;
    capabilities.schema.data_types = all_types_but(&[DataType::Text]);
    capabilities.schema.functions.remove(&FunctionKind::MolFingerprint);
    capabilities.schema.nullable_vectors = false;
    capabilities.row_traits = all_traits_but(&[RowTraitKind::DynamicKeyOfField]);
    capabilities
}

pub(super) fn lite_3_capabilities() -> Capabilities {
    let mut capabilities = lite_capabilities("milvus_lite-3.2.2");
    capabilities.schema.data_types = all_types_but(&[
        DataType::Text,
        DataType::BinaryVector,
        DataType::Float16Vector,
        DataType::BFloat16Vector,
        DataType::Int8Vector,
        DataType::ArrayOfVector,
    ]);
    capabilities.schema.functions = BTreeSet::from([FunctionKind::Bm25, FunctionKind::TextEmbedding]);
    capabilities.row_traits = BTreeSet::from([RowTraitKind::JsonArray, RowTraitKind::JsonText]);
    capabilities.flush_between_partitions = true;
    capabilities
}

pub(super) fn lite_2_capabilities() -> Capabilities {
    let mut capabilities = lite_capabilities("milvus_lite-2");
    capabilities.rename = false;
    capabilities.partitions = false;
    capabilities.alter_properties = false;
    let schema: &mut SchemaSupport = &mut capabilities.schema;
    schema.data_types = all_types_but(&[
        DataType::Text,
        DataType::Geometry,
        DataType::Timestamptz,
        DataType::Int8Vector,
        DataType::ArrayOfVector,
    ]);
    schema.functions.clear();
    schema.default_values = false;
    schema.partition_key = false;
    schema.nullable_scalars = false;
    schema.nullable_vectors = false;
    capabilities
}

fn lite_capabilities(version: &str) -> Capabilities {
    let mut capabilities = Capabilities::all(version);
    capabilities.partition_loading = false;
    capabilities.load_needs_index = false;
    capabilities.checks_indexes = false;
    capabilities.bulk_import = false;
    capabilities.insert_keys = false;
    capabilities.schema.struct_arrays = false;
    capabilities
}

fn all_types_but(missing: &[DataType]) -> BTreeSet<DataType> {
    DataType::ALL.iter().copied().filter(|data_type| !missing.contains(data_type)).collect()
}

fn all_traits_but(missing: &[RowTraitKind]) -> BTreeSet<RowTraitKind> {
    RowTraitKind::ALL.into_iter().filter(|kind| !missing.contains(kind)).collect()
}
