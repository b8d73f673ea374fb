//! [`Fault`]: what happens at a call.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use futures::future::{BoxFuture, FutureExt};

use super::failure::Failure;
use super::gate::Gate;

/// What happens at a call.
#[derive(Debug, Clone)]
pub struct Fault(pub(super) Kind);

#[derive(Debug, Clone)]
pub(super) enum Kind {
    Fail(Failure),
    Lose(Failure),
    Down(Failure),
    Hang(Gate),
    Before(Hook),
    After(Hook),
    Kill,
}

/// Something that a test does at a call.
#[derive(Clone)]
pub(super) struct Hook(Arc<Mutex<dyn FnMut() -> BoxFuture<'static, ()> + Send>>);

impl fmt::Debug for Hook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Hook")
    }
}

impl Hook {
    fn new<F>(mut hook: impl FnMut() -> F + Send + 'static) -> Self
    where
        F: Future<Output = ()> + Send + 'static,
    {
        Self(Arc::new(Mutex::new(move || hook().boxed())))
    }

    pub(super) async fn run(&self) {
        let running = {
            let mut hook = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            hook()
        };
        running.await;
    }
}

impl Fault {
    /// The call is not made, and fails.
    pub fn fail(failure: Failure) -> Self {
        Self(Kind::Fail(failure))
    }

    /// The call is made, and its response is lost: it fails.
    pub fn lose(failure: Failure) -> Self {
        Self(Kind::Lose(failure))
    }

    /// The call is not made, and fails, and so does everything from then on.
    pub fn down(failure: Failure) -> Self {
        Self(Kind::Down(failure))
    }

    /// The call waits at the gate before it is made.
    pub fn hang(gate: &Gate) -> Self {
        Self(Kind::Hang(gate.clone()))
    }

    /// This is done before the call is made: what another client does meanwhile, or a request to stop.
    pub fn before<F>(hook: impl FnMut() -> F + Send + 'static) -> Self
    where
        F: Future<Output = ()> + Send + 'static,
    {
        Self(Kind::Before(Hook::new(hook)))
    }

    /// This is done after the call was made, and before its caller has the response.
    pub fn after<F>(hook: impl FnMut() -> F + Send + 'static) -> Self
    where
        F: Future<Output = ()> + Send + 'static,
    {
        Self(Kind::After(Hook::new(hook)))
    }

    /// The process ends, with SIGKILL, before the call is made.
    pub fn kill() -> Self {
        Self(Kind::Kill)
    }
}
