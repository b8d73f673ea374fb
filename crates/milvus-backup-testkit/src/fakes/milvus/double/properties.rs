//! Properties of collections that a server does not take.

use std::collections::BTreeMap;

use super::call::Call;
use super::refusal::{Answer, invalid};

/// Properties that are set at create only: milvus#50557.
const OF_CREATE: [&str; 2] = ["namespace.mode", "namespace.sharding.enabled"];

/// Refuses properties of a new collection.
pub(super) fn require_creatable(call: &Call<'_>, properties: &BTreeMap<String, String>) -> Answer<()> {
    // Documentation of the time to live of entities, 3.0.
    if properties.contains_key("ttl_field") && properties.contains_key("collection.ttl.seconds") {
        return Err(invalid("ttl_field and collection.ttl.seconds exclude each other"));
    }
    require_taken(call, properties)
}

/// Refuses changes of properties.
pub(super) fn require_alterable(call: &Call<'_>, properties: &BTreeMap<String, String>) -> Answer<()> {
    match properties.keys().find(|key| OF_CREATE.contains(&key.as_str())) {
        Some(key) => Err(invalid(format!("property {key} cannot be altered"))),
        None => require_taken(call, properties),
    }
}

/// Refuses what a test wants to be refused: newer servers do not take all properties of older ones, as a time to live out of
/// range since 2.6.9 (milvus#47010, milvus#46736), and an unknown `query_mode` since 2.6.15 (milvus#48826).
fn require_taken(call: &Call<'_>, properties: &BTreeMap<String, String>) -> Answer<()> {
    let refused = call.parts.settings().refused_properties;
    match properties.iter().find(|(key, _)| refused.contains(*key)) {
        Some((key, value)) => Err(invalid(format!("invalid property {key}: {value}"))),
        None => Ok(()),
    }
}
