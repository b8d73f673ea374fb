//! Another operation takes over the lease.

use std::sync::Arc;
use std::time::Duration;

use milvus_backup_core::{Clock, CollectionName, FORMAT_VERSION};
use object_store::memory::InMemory;
use object_store::path::Path;
use object_store::{ObjectStoreExt, PutPayload};
use serde_json::json;

use super::mishap::Outcome;
use super::scene::Scene;
use crate::environment::TestClock;
use crate::world::{successor, take_over};

/// The time after which leases are renewed, and a loss is found.
const RENEWAL: Duration = Duration::from_mins(1);

/// Lets another operation have the lease of a collection, and the time pass after which a loss is found.
pub(super) async fn overtake(store: Arc<InMemory>, clock: Arc<TestClock>, collection: CollectionName) {
    let held = Path::from(format!("{collection}/locks/00000001.json"));
    if store.head(&held).await.is_ok() {
        take_over(&store, &collection).await;
    } else {
        let (process, now) = (json!({"host": "a", "machine": "another", "pid": 1, "started": "1"}), clock.now());
        let lease = json!({
            "format_version": FORMAT_VERSION, "owner": "another", "operation": "create", "process": process,
            "acquired_at": now, "renewed_at": now, "expires_at": now,
        });
        store.put(&Path::from(successor(&collection)), PutPayload::from(lease.to_string())).await.unwrap();
    }
    // The task that renews it may not have run yet.
    tokio::task::yield_now().await;
    clock.advance(RENEWAL);
    for _ in 0..20 {
        tokio::task::yield_now().await;
    }
}

impl Scene {
    /// The other operation still has the lease, and ends.
    pub(super) async fn require_lease_of_the_other(&self, Outcome { what, .. }: &Outcome) {
        assert_eq!(self.leases().await, [successor(&self.films)], "{what}");
        self.world.store.delete(&Path::from(successor(&self.films))).await.unwrap();
    }
}
