//! [`Gate`]: a call waits at it until a test lets it pass.

use std::sync::Arc;

use tokio::sync::watch;

/// A gate that calls wait at until it is opened. One that is never opened hangs them for good. Clones are the same gate.
#[derive(Debug, Clone)]
pub struct Gate {
    open: Arc<watch::Sender<bool>>,
    waiting: Arc<watch::Sender<usize>>,
}

impl Default for Gate {
    fn default() -> Self {
        Self { open: Arc::new(watch::Sender::new(false)), waiting: Arc::new(watch::Sender::new(0)) }
    }
}

impl Gate {
    /// Returns a gate that is closed.
    pub fn new() -> Self {
        Self::default()
    }

    /// Opens it, for the calls that wait and for all that come.
    pub fn open(&self) {
        self.open.send_replace(true);
    }

    /// Returns once a call has come to the gate, whether or not it has passed.
    pub async fn reached(&self) {
        let mut waiting = self.waiting.subscribe();
        // The sender is held by this gate.
        let _ = waiting.wait_for(|waiting| *waiting > 0).await;
    }

    /// Waits until the gate is open.
    pub(super) async fn pass(&self) {
        self.waiting.send_modify(|waiting| *waiting += 1);
        let mut open = self.open.subscribe();
        let _ = open.wait_for(|open| *open).await;
    }
}

#[cfg(test)]
mod tests {
    use futures::FutureExt;

    use super::*;

    #[test]
    fn a_call_waits_until_the_gate_is_open() {
        let gate = Gate::new();
        assert!(gate.reached().now_or_never().is_none());
        let mut call = Box::pin(gate.pass());
        assert!((&mut call).now_or_never().is_none());
        assert!(gate.reached().now_or_never().is_some());
        gate.open();
        assert!(call.now_or_never().is_some());
        assert!(gate.pass().now_or_never().is_some(), "it stays open");
    }
}
