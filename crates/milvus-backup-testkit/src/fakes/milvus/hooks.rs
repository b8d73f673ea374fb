//! What a test lets happen at a chosen call: faults of the server, and what other clients do at that moment.

use std::fmt;
use std::sync::{Mutex, PoisonError};

use milvus_backup_core::Result;

use super::server::InMemoryMilvus;

type Action = Box<dyn FnMut(usize, &InMemoryMilvus) -> Result<()> + Send>;

struct Hook {
    call: String,
    /// Number of calls so far.
    calls: usize,
    action: Action,
}

/// The hooks of a server.
#[derive(Default)]
pub(super) struct Hooks(Mutex<Vec<Hook>>);

impl fmt::Debug for Hooks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Hooks")
    }
}

impl InMemoryMilvus {
    /// Runs `action` before each call of this method of the traits, from now on, with the number of the call, from 1. Where it
    /// fails, the call is not made, and answers with that error. Each page of a scan is a call of `read`.
    ///
    /// Calls that the action itself makes run no hooks.
    pub fn on(&self, call: &str, action: impl FnMut(usize, &InMemoryMilvus) -> Result<()> + Send + 'static) {
        let hook = Hook { call: call.to_owned(), calls: 0, action: Box::new(action) };
        self.hooks.0.lock().unwrap_or_else(PoisonError::into_inner).push(hook);
    }

    /// Removes all registered actions.
    pub fn forget_hooks(&self) {
        self.hooks.0.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    pub(super) fn run_hooks(&self, call: &str) -> Result<()> {
        let hooks = &self.hooks.0;
        // They are taken out while they run, since they may make calls.
        let mut taken = std::mem::take(&mut *hooks.lock().unwrap_or_else(PoisonError::into_inner));
        let mut outcome = Ok(());
        for hook in taken.iter_mut().filter(|hook| hook.call == call) {
            hook.calls += 1;
            outcome = outcome.and_then(|()| (hook.action)(hook.calls, self));
        }
        let mut kept = hooks.lock().unwrap_or_else(PoisonError::into_inner);
        taken.append(&mut kept);
        *kept = taken;
        outcome
    }
}
