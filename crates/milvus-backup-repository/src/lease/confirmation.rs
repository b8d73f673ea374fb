//! The last time at which a lease was confirmed.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use milvus_backup_core::Clock;

use super::renewal::RENEWAL;

/// The time at which the store was asked whether a lease is held, and it was.
#[derive(Debug, Clone, Copy)]
pub(super) struct Confirmation {
    elapsed: Duration,
    now: Timestamp,
}

impl Confirmation {
    pub(super) fn now(clock: &dyn Clock) -> Self {
        Self { elapsed: clock.elapsed(), now: clock.now() }
    }

    /// Returns whether it is so recent that no other operation can have taken the lease over: less than the interval of
    /// renewals by both clocks, since one of them stands still while a machine is suspended.
    pub(super) fn is_recent(self, clock: &dyn Clock) -> bool {
        let passed = clock.now().duration_since(self.now);
        clock.elapsed().saturating_sub(self.elapsed) < RENEWAL
            && passed >= SignedDuration::ZERO
            && passed.unsigned_abs() < RENEWAL
    }
}
