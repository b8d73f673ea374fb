//! What a proxy does, and what it has seen; shared by its connections.

use std::fmt;
use std::net::SocketAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::disturbance::Disturbance;
use super::link::Link;
use super::seen::SeenRequest;

/// Returns the disturbance of a request, of which `usize` came before it since the rule was set.
pub(super) type Rule = Box<dyn FnMut(&SeenRequest, usize) -> Option<Disturbance> + Send>;

pub(super) struct Settings {
    pub(super) upstream: SocketAddr,
    pub(super) link: Link,
    pub(super) delay: Mutex<Duration>,
    pub(super) ignores_conditions: Mutex<bool>,
    rule: Mutex<Option<(Rule, usize)>>,
    seen: Mutex<Vec<SeenRequest>>,
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings").field("upstream", &self.upstream).field("seen", &self.seen).finish_non_exhaustive()
    }
}

impl Settings {
    pub(super) fn before(upstream: SocketAddr) -> Self {
        Self {
            upstream,
            link: Link::default(),
            delay: Mutex::default(),
            ignores_conditions: Mutex::default(),
            rule: Mutex::default(),
            seen: Mutex::default(),
        }
    }

    pub(super) fn set_rule(&self, rule: Option<Rule>) {
        *locked(&self.rule) = rule.map(|rule| (rule, 0));
    }

    /// Notes a request, and returns its disturbance.
    pub(super) fn take(&self, request: SeenRequest) -> Option<Disturbance> {
        let disturbance = locked(&self.rule).as_mut().and_then(|(rule, before)| {
            *before += 1;
            rule(&request, *before - 1)
        });
        locked(&self.seen).push(request);
        disturbance
    }

    pub(super) fn seen(&self) -> MutexGuard<'_, Vec<SeenRequest>> {
        locked(&self.seen)
    }
}

/// A panic of one connection does not matter to the others.
pub(super) fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
