//! [`Turn`]: what becomes of one call.

use super::call::Call;
use super::failure::Failure;
use super::fault::{Fault, Hook, Kind};
use super::gate::Gate;

/// What becomes of one call.
#[derive(Debug)]
pub(super) struct Turn {
    call: Call,
    before: Vec<Before>,
    after: Vec<Hook>,
    outcome: Outcome,
}

#[derive(Debug)]
enum Before {
    Wait(Gate),
    Do(Hook),
}

/// Whether a call is made, and whether its response arrives.
#[derive(Debug)]
pub(super) enum Outcome {
    Done,
    NotDone(Failure),
    Lost(Failure),
}

impl Turn {
    pub(super) fn new(call: Call, outcome: Outcome) -> Self {
        Self { call, before: Vec::new(), after: Vec::new(), outcome }
    }

    /// Adds a fault. Of several that let the call fail, the first one counts.
    pub(super) fn add(&mut self, fault: &Fault) {
        let outcome = match fault.0.clone() {
            Kind::Hang(gate) => return self.before.push(Before::Wait(gate)),
            Kind::Before(hook) => return self.before.push(Before::Do(hook)),
            Kind::After(hook) => return self.after.push(hook),
            Kind::Kill => end_this_process(),
            Kind::Fail(failure) | Kind::Down(failure) => Outcome::NotDone(failure),
            Kind::Lose(failure) => Outcome::Lost(failure),
        };
        if matches!(self.outcome, Outcome::Done) {
            self.outcome = outcome;
        }
    }

    /// Makes the call, unless it is not to be made, and loses its response if that is to be lost.
    pub(super) async fn run<T, E>(
        self,
        call: impl Future<Output = Result<T, E>>,
        error: impl Fn(&Failure, &Call) -> E,
    ) -> Result<T, E> {
        for before in &self.before {
            match before {
                Before::Wait(gate) => gate.pass().await,
                Before::Do(hook) => hook.run().await,
            }
        }
        let response = match &self.outcome {
            Outcome::NotDone(failure) => return Err(error(failure, &self.call)),
            Outcome::Lost(failure) => call.await.and_then(|_| Err(error(failure, &self.call))),
            Outcome::Done => call.await,
        };
        for after in &self.after {
            after.run().await;
        }
        response
    }
}

fn end_this_process() -> ! {
    let this = rustix::process::getpid();
    rustix::process::kill_process(this, rustix::process::Signal::KILL).unwrap();
    unreachable!("SIGKILL does not return")
}
