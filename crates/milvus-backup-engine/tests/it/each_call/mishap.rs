//! [`Mishap`]: what goes wrong at a call.

use futures::FutureExt;
use futures::future::{Either, select};
use milvus_backup_core::{Error, Interrupt, InterruptHandle, Result};
use milvus_backup_testkit::fakes::faults::{Call, CallKind, Failure, Fault, Faults, Gate, Point};

use super::overtaking::overtake;
use super::parts::Parts;
use super::scene::Scene;

/// What goes wrong at a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mishap {
    /// It is refused for good.
    Refused,
    /// It is not made, because the server cannot be reached once.
    Unreachable,
    /// It is made, and its response is lost.
    Lost,
    /// Neither it nor any later one is made.
    Down,
    /// The operation is dropped before it.
    Dropped,
    /// The operation is asked to end before it.
    Interrupted,
    /// Another operation takes over the lease before it, and that is found out.
    LeaseLost,
}

/// What became of an operation with a mishap.
#[derive(Debug)]
pub(super) struct Outcome {
    pub(super) mishap: Mishap,
    /// The mishap and its call, for people.
    pub(super) what: String,
    /// All calls of the operation.
    calls: Vec<Call>,
    /// The number among them of the call of the mishap.
    position: usize,
    /// Whether the operation was repeated after the mishap.
    pub(super) repeated: bool,
    /// `None` for an operation that was dropped.
    pub(super) result: Option<Result<()>>,
}

impl Outcome {
    pub(super) fn succeeded(&self) -> bool {
        matches!(self.result, Some(Ok(())))
    }

    /// The outcome of the same operation without a mishap, which must be a good one.
    pub(super) fn repeated(&self, result: Result<()>) -> Self {
        let what = format!("once more after {}", self.what);
        if let Err(error) = &result {
            panic!("{what}: {}", error.full_message());
        }
        Self { what, calls: self.calls.clone(), repeated: true, result: Some(result), ..*self }
    }

    /// Whether the mishap came at a call of this name.
    pub(super) fn is_at(&self, name: &str) -> bool {
        self.calls.get(self.position).is_some_and(|call| call.name == name)
    }

    /// Whether the mishap came at or after a call of this name with such a subject.
    pub(super) fn is_from(&self, name: &str, part_of_subject: &str) -> bool {
        let mut calls = self.calls.iter().take(self.position + 1);
        calls.any(|call| call.name == name && call.subject.contains(part_of_subject))
    }

    /// Whether nothing could be tidied up after it.
    pub(super) fn is_final(&self) -> bool {
        matches!(self.mishap, Mishap::Down | Mishap::Dropped)
    }
}

impl Mishap {
    /// All that can happen to any operation.
    pub(super) const ALL: &[Self] =
        &[Self::Refused, Self::Unreachable, Self::Lost, Self::Down, Self::Dropped, Self::Interrupted];

    /// What differs most.
    pub(super) const FEW: &[Self] = &[Self::Refused, Self::Lost, Self::Dropped];

    /// Runs an operation with this mishap at the call with this number, from 0. Returns `None` once there are not so many
    /// calls.
    pub(super) async fn strike(
        self,
        number: usize,
        scene: &Scene,
        operation: &impl AsyncFn(&Scene, &Parts) -> Result<()>,
    ) -> Option<Outcome> {
        let (faults, gate) = (Faults::new(), Gate::new());
        let (handle, interrupt) = Interrupt::new();
        let fault = self.fault(scene, &gate, handle);
        faults.inject(self.point().nth(number), fault);
        let parts = Parts::faulty(&scene.world, &faults, interrupt);
        let result = match select(operation(scene, &parts).boxed_local(), gate.reached().boxed_local()).await {
            Either::Left((result, _)) => Some(result),
            Either::Right(_) => None,
        };
        let calls = faults.calls();
        let matching = |call: &Call| !self.changes() || call.kind == CallKind::Effect;
        let Some((position, call)) = calls.iter().enumerate().filter(|(_, call)| matching(call)).nth(number) else {
            let Some(Ok(())) = result else { panic!("without a fault: {result:?}") };
            return None;
        };
        let what = format!("{self:?} at {number} ({call})");
        let outcome = Outcome { mishap: self, what, calls, position, repeated: false, result };
        self.require_its_error(&outcome);
        Some(outcome)
    }

    fn fault(self, scene: &Scene, gate: &Gate, handle: InterruptHandle) -> Fault {
        match self {
            Self::Refused => Fault::fail(Failure::refused()),
            Self::Unreachable => Fault::fail(Failure::unavailable()),
            Self::Lost => Fault::lose(Failure::unavailable()),
            Self::Down => Fault::down(Failure::unavailable()),
            Self::Dropped => Fault::hang(gate),
            Self::Interrupted => {
                let mut handle = Some(handle);
                Fault::before(move || {
                    handle.take().unwrap().request();
                    // The call is a long one, so that the request comes first.
                    tokio::task::yield_now()
                })
            }
            Self::LeaseLost => {
                let (store, clock, films) = (scene.world.store.clone(), scene.world.clock.clone(), scene.films.clone());
                Fault::before(move || overtake(store.clone(), clock.clone(), films.clone()))
            }
        }
    }

    /// Whether it is of interest only at calls that change something.
    fn changes(self) -> bool {
        matches!(self, Self::Lost | Self::Down)
    }

    fn point(self) -> Point {
        if self.changes() { Point::effect() } else { Point::any() }
    }

    /// An operation that fails says what went wrong.
    fn require_its_error(self, outcome: &Outcome) {
        let Some(Err(error)) = &outcome.result else { return };
        let cause = cause(error);
        let says = match self {
            Self::Interrupted => matches!(cause, Error::Interrupted),
            Self::LeaseLost => matches!(cause, Error::InProgress { .. }),
            // A lease that was not released is in the way of the next deletion.
            _ if matches!(cause, Error::InProgress { .. }) => outcome.is_from("list", "/locks"),
            _ => error.full_message().contains("fault in "),
        };
        assert!(says, "{}: {}", outcome.what, error.full_message());
    }
}

/// The cause of a failed operation, below the error that says which one failed.
fn cause(error: &Error) -> &Error {
    match error {
        Error::Backup { source, .. } | Error::Restore { source, .. } => source,
        error => error,
    }
}
