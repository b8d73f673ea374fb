//! Models of Milvus 2.4 to 3.0, by release.

use std::collections::BTreeSet;

use milvus_backup_core::schema::{DataType, FunctionKind, RowTraitKind};
use milvus_backup_core::{Capabilities, PreserveAutoId};

use super::model::{ReadPoints, ServerModel};
use super::version::Version;

impl ServerModel {
    /// Milvus of this release, as its release notes, documentation and protocol definitions have it. No such server was
    /// run: what they do not say is as in [`ServerModel::milvus_2_6`].
    ///
    /// [`ServerModel::capabilities`] is what the server can do, and not what a client believes of it.
    pub fn milvus(version: Version) -> Self {
        let mut model = Self::milvus_2_6();
        model.capabilities = capabilities(version);
        model.naming.removes_properties = version.removes_properties();
        model.rows.read_points = if version.has_session_ts() { ReadPoints::Snapshot } else { ReadPoints::Timestamp };
        model
    }
}

fn capabilities(version: Version) -> Capabilities {
    let mut capabilities = Capabilities::all(version.to_string());
    capabilities.preserve_auto_id =
        if version.takes_generated_keys() { PreserveAutoId::WithProperty } else { PreserveAutoId::No };
    capabilities.insert_keys = version.knows_insert_keys();
    let schema = &mut capabilities.schema;
    schema.data_types = DataType::ALL.iter().copied().filter(|data_type| has_type(version, *data_type)).collect();
    schema.functions = FunctionKind::ALL.iter().copied().filter(|function| has_function(version, *function)).collect();
    schema.nullable_scalars = version.has_nulls();
    schema.nullable_vectors = version.has_null_vectors();
    schema.struct_arrays = version.has_structs();
    // The proxy refuses rows with a key outside of the schema that has the name of a field.
    capabilities.row_traits = RowTraitKind::ALL.into_iter().collect::<BTreeSet<_>>();
    capabilities.row_traits.remove(&RowTraitKind::DynamicKeyOfField);
    capabilities
}

fn has_type(version: Version, data_type: DataType) -> bool {
    match data_type {
        // Tag v2.6.0.
        DataType::Int8Vector => version.at_least(2, 6, 0),
        DataType::ArrayOfVector => version.has_structs(),
        DataType::Geometry | DataType::Timestamptz => version.has_places_and_times(),
        // Only with `common.storage.useLoonFFI=true`.
        DataType::Text => version.at_least(3, 0, 0),
        _ => true,
    }
}

fn has_function(version: Version, function: FunctionKind) -> bool {
    match function {
        FunctionKind::Bm25 => version.has_functions(),
        FunctionKind::TextEmbedding | FunctionKind::Rerank => version.at_least(2, 6, 0),
        // 2.6 added the index of this name, 3.0 the function.
        FunctionKind::MinHash => version.at_least(3, 0, 0),
        // In the protocol, and in the documentation of no release.
        _ => false,
    }
}
