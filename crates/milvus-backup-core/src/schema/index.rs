//! The definitions of indexes.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// The definition from which an index is recreated.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IndexDefinition {
    /// Name of the indexed field.
    pub field_name: String,
    /// Name of the index; empty lets the server choose one.
    pub index_name: String,
    /// `index_type`, `metric_type`, `params` and all other parameters, as the server reported them.
    pub params: BTreeMap<String, String>,
}
