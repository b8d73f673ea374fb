//! A link of limited speed, shared by all connections of one proxy.

use std::sync::Mutex;
use std::time::{Duration, Instant};

use super::settings::locked;

/// The most bytes that are passed on at once.
pub(super) const PIECE_BYTES: usize = 16 << 10;

/// When the link is free again, and how fast it is.
#[derive(Debug, Default)]
pub(super) struct Link(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    /// `None` where it is as fast as the machine.
    bytes_per_second: Option<u32>,
    free: Option<Instant>,
}

impl Link {
    pub(super) fn limit(&self, bytes_per_second: u32) {
        locked(&self.0).bytes_per_second = Some(bytes_per_second);
    }

    /// Waits until so many bytes have passed.
    pub(super) async fn carry(&self, bytes: usize) {
        let until = self.until(bytes);
        if let Some(until) = until {
            tokio::time::sleep_until(until.into()).await;
        }
    }

    fn until(&self, bytes: usize) -> Option<Instant> {
        let mut state = locked(&self.0);
        let takes = Duration::from_secs(1) * u32::try_from(bytes).ok()? / state.bytes_per_second?;
        let start = state.free.unwrap_or_else(Instant::now).max(Instant::now());
        state.free = Some(start + takes);
        state.free
    }
}
