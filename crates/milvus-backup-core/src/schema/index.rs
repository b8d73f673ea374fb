//! Index definitions.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// What is needed to build an index again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IndexDefinition {
    /// The indexed field.
    pub field_name: String,
    /// Name of the index; empty lets the server choose one.
    pub index_name: String,
    /// `index_type`, `metric_type`, `params` and all other parameters, as the server gave them.
    pub params: BTreeMap<String, String>,
}
