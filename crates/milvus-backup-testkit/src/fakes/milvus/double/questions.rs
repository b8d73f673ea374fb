//! What tests ask a double afterwards.

use super::call::locked;
use super::journal::{SeenCall, SeenRead};
use super::server::Double;

impl Double {
    /// Returns the calls so far.
    pub fn calls(&self) -> Vec<SeenCall> {
        self.parts.journal.calls()
    }

    /// Returns the requests of these calls so far; those that carry rows are empty.
    pub fn requests<Q: prost::Message + Default>(&self, call: &str) -> Vec<Q> {
        let calls = self.calls().into_iter().filter(|seen| seen.name == call);
        calls.map(|seen| Q::decode(seen.message.as_slice()).unwrap()).collect()
    }

    /// Returns the queries so far.
    pub fn reads(&self) -> Vec<SeenRead> {
        self.calls().into_iter().filter_map(|call| call.read).collect()
    }

    /// Forgets the calls so far.
    pub fn forget_calls(&self) {
        self.parts.journal.clear();
    }

    /// Returns the names of the snapshots.
    pub fn snapshots(&self) -> Vec<String> {
        locked(&self.parts.snapshots).names()
    }
}
