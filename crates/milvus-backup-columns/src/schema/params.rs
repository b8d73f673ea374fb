//! Parameters and properties, which are pairs of texts in the protocol.

use std::collections::BTreeMap;

use milvus::proto::common::KeyValuePair;

/// Reads pairs of the protocol. If several pairs have the same key, the last one applies.
pub fn params_from_wire(pairs: &[KeyValuePair]) -> BTreeMap<String, String> {
    pairs.iter().map(|pair| (pair.key.clone(), pair.value.clone())).collect()
}

/// Returns the pairs of the protocol, in the order of their keys.
pub fn params_to_wire(params: &BTreeMap<String, String>) -> Vec<KeyValuePair> {
    params.iter().map(|(key, value)| KeyValuePair { key: key.clone(), value: value.clone() }).collect()
}
