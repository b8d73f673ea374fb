//! The definitions of functions, which compute fields from other fields.

use milvus::proto::schema as wire;
use milvus_backup_core::schema::{FunctionKind, FunctionSchema};
use milvus_backup_core::{Error, Result};

use super::params::{params_from_wire, params_to_wire};

/// The functions that exist on both sides.
const FUNCTIONS: &[(wire::FunctionType, FunctionKind)] = &[
    (wire::FunctionType::Bm25, FunctionKind::Bm25),
    (wire::FunctionType::TextEmbedding, FunctionKind::TextEmbedding),
    (wire::FunctionType::Rerank, FunctionKind::Rerank),
    (wire::FunctionType::MinHash, FunctionKind::MinHash),
    (wire::FunctionType::MolFingerprint, FunctionKind::MolFingerprint),
];

/// Reads a function of the protocol.
pub(super) fn decode_function(function: &wire::FunctionSchema) -> Result<FunctionSchema> {
    let wire::FunctionSchema {
        name,
        id: _,
        description,
        r#type,
        input_field_names,
        input_field_ids: _,
        output_field_names,
        output_field_ids: _,
        params,
    } = function;
    let kind = FUNCTIONS.iter().find(|(theirs, _)| *theirs as i32 == *r#type).map(|(_, ours)| *ours);
    Ok(FunctionSchema {
        name: name.clone(),
        description: description.clone(),
        kind: kind.ok_or_else(|| Error::Unsupported { what: format!("function `{name}` of type {type}") })?,
        input_fields: input_field_names.clone(),
        output_fields: output_field_names.clone(),
        params: params_from_wire(params),
    })
}

/// Returns a function in the form of the protocol.
pub(super) fn encode_function(function: &FunctionSchema) -> wire::FunctionSchema {
    let kind = FUNCTIONS.iter().find(|(_, ours)| *ours == function.kind);
    wire::FunctionSchema {
        name: function.name.clone(),
        description: function.description.clone(),
        r#type: kind.map_or(0, |(theirs, _)| *theirs as i32),
        input_field_names: function.input_fields.clone(),
        output_field_names: function.output_fields.clone(),
        params: params_to_wire(&function.params),
        ..wire::FunctionSchema::default()
    }
}
