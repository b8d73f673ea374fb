//! The memory limit, divided between collections that are backed up concurrently.
//!
//! Must always hold: the shares together do not exceed the limit, and no collection waits for another one's share.

use std::sync::{Arc, Mutex, PoisonError};

use milvus_backup_core::{BackupPlan, ScanUnit};

use crate::transfer::MIN_SHARE;

/// The memory for rows of all backups that run concurrently.
#[derive(Debug)]
pub(crate) struct MemoryPool {
    limit: u64,
    /// Number of backups that may run concurrently.
    slots: usize,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    granted: u64,
    active: usize,
}

/// A part of the memory, which is returned when it is dropped.
#[derive(Debug)]
pub(crate) struct MemoryShare {
    pool: Arc<MemoryPool>,
    /// Number of bytes that may be used.
    pub(crate) bytes: u64,
}

impl MemoryPool {
    /// Creates a pool for at most `at_once` backups, fewer if memory does not suffice.
    pub(crate) fn new(limit: u64, at_once: usize) -> Self {
        let slots = usize::try_from(limit / MIN_SHARE as u64).unwrap_or(usize::MAX).min(at_once).max(1);
        Self { limit, slots, state: Mutex::default() }
    }

    /// Returns the number of backups that may run concurrently.
    pub(crate) fn slots(&self) -> usize {
        self.slots
    }

    /// Takes a share for a backup: as much as it can use, but so much is left that each of the other slots has its share.
    pub(crate) fn take(self: &Arc<Self>, plan: &BackupPlan, units: &[ScanUnit]) -> MemoryShare {
        let parts: usize = units.iter().map(|unit| unit.parts).sum();
        let workers = plan.concurrency.min(parts).max(1);
        // Twice the minimum: a worker with more memory has larger row groups.
        self.take_bytes((workers as u64).saturating_mul(2 * MIN_SHARE as u64))
    }

    fn take_bytes(self: &Arc<Self>, wanted: u64) -> MemoryShare {
        let least = self.limit / self.slots as u64;
        let least = least.min(MIN_SHARE as u64);
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let others = self.slots.saturating_sub(state.active + 1) as u64;
        let available = self.limit.saturating_sub(state.granted).saturating_sub(others * least);
        let bytes = wanted.min(available).max(least);
        state.granted += bytes;
        state.active += 1;
        MemoryShare { pool: Arc::clone(self), bytes }
    }
}

impl Drop for MemoryShare {
    fn drop(&mut self) {
        let mut state = self.pool.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.granted = state.granted.saturating_sub(self.bytes);
        state.active = state.active.saturating_sub(1);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const MIB: u64 = 1 << 20;

    fn pool(limit: u64, at_once: usize) -> Arc<MemoryPool> {
        Arc::new(MemoryPool::new(limit, at_once))
    }

    #[test]
    fn a_large_collection_leaves_enough_for_the_others() {
        let pool = pool(512 * MIB, 4);
        let large = pool.take_bytes(10_000 * MIB);
        assert_eq!(large.bytes, 320 * MIB);
        let small: Vec<MemoryShare> = (0..3).map(|_| pool.take_bytes(10_000 * MIB)).collect();
        assert!(small.iter().all(|share| share.bytes == 64 * MIB));
        drop((large, small));
        assert_eq!(pool.take_bytes(128 * MIB).bytes, 128 * MIB);
    }

    #[test]
    fn little_memory_means_fewer_at_once() {
        assert_eq!(pool(512 * MIB, 16).slots(), 8);
        assert_eq!(pool(64 * MIB, 16).slots(), 1);
        let tiny = pool(MIB, 16);
        assert_eq!((tiny.slots(), tiny.take_bytes(512 * MIB).bytes), (1, MIB));
    }

    proptest! {
        #[test]
        fn the_shares_never_exceed_the_limit(
            limit in 1_u64..4096, at_once in 1_usize..20, wanted in proptest::collection::vec((1_u64..4096, any::<bool>()), 1..60)
        ) {
            let pool = pool(limit * MIB, at_once);
            let mut held: Vec<MemoryShare> = Vec::new();
            for (wanted, release) in wanted {
                if release || held.len() == pool.slots() {
                    held.pop();
                }
                if held.len() < pool.slots() {
                    held.push(pool.take_bytes(wanted * MIB));
                }
                let sum: u64 = held.iter().map(|share| share.bytes).sum();
                prop_assert!(sum <= limit * MIB);
                prop_assert!(held.iter().all(|share| share.bytes > 0));
            }
        }
    }
}
