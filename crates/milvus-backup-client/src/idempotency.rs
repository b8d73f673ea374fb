//! The keys with which a server recognises a call that is made again after its response was lost.
//!
//! A key is the metadata entry `idempotency-key`. It is used for one insert or one import, and for its repetitions.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

use milvus_backup_core::{Environment, Result};
use tonic::metadata::{Ascii, MetadataMap, MetadataValue};

/// The metadata entry of a key (milvus#50007, milvus#52544).
const ENTRY: &str = "idempotency-key";

/// The key of one call.
#[derive(Debug, Clone)]
pub(crate) struct IdempotencyKey(MetadataValue<Ascii>);

impl IdempotencyKey {
    pub(crate) fn add_to(&self, metadata: &mut MetadataMap) {
        metadata.insert(ENTRY, self.0.clone());
    }
}

/// The source of the keys of a connection, which no other connection uses.
#[derive(Debug, Clone, Default)]
pub(crate) struct IdempotencyKeys(Arc<State>);

#[derive(Debug, Default)]
struct State {
    /// The random beginning of all keys.
    beginning: OnceLock<u128>,
    used: AtomicU64,
    refused: AtomicBool,
}

impl IdempotencyKeys {
    /// Returns a key that was never used.
    ///
    /// # Errors
    /// Those of the source of randomness.
    pub(crate) fn next(&self, environment: &Environment) -> Result<IdempotencyKey> {
        let beginning = if let Some(beginning) = self.0.beginning.get() {
            *beginning
        } else {
            let random = random(environment)?;
            *self.0.beginning.get_or_init(|| random)
        };
        let number = self.0.used.fetch_add(1, Ordering::Relaxed);
        // Printable, so that it is a valid entry.
        let key = MetadataValue::try_from(format!("milvus-br-{beginning:032x}-{number}"));
        key.map(IdempotencyKey).map_err(|source| milvus_backup_core::Error::Internal {
            action: "make an idempotency key".to_owned(),
            source: Box::new(source),
        })
    }

    /// Returns whether the server refused a key of an insert: idempotent inserts are off in its configuration.
    pub(crate) fn are_refused(&self) -> bool {
        self.0.refused.load(Ordering::Relaxed)
    }

    /// Records that the server refuses keys of inserts.
    pub(crate) fn mark_refused(&self) {
        self.0.refused.store(true, Ordering::Relaxed);
    }
}

fn random(environment: &Environment) -> Result<u128> {
    let mut random = 0;
    for _ in 0..4 {
        random = (random << 32) | u128::from(u32::from_le_bytes(environment.entropy.bytes()?));
    }
    Ok(random)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::environment::system_environment;

    #[test]
    fn no_key_is_used_twice() {
        let environment = system_environment();
        let one = IdempotencyKeys::default();
        let other = IdempotencyKeys::default();
        let keys = (0..3).flat_map(|_| [&one, &other, &one.clone()].map(|keys| keys.next(&environment).unwrap().0));
        let keys: BTreeSet<String> = keys.map(|key| key.to_str().unwrap().to_owned()).collect();
        assert_eq!(keys.len(), 9);
    }
}
