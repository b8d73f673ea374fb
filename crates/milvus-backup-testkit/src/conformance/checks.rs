//! Runs the checks of a suite one after the other, and fails with all that failed.

use std::any::Any;
use std::panic::AssertUnwindSafe;

use futures::FutureExt;

/// What failed of a suite so far.
#[derive(Debug, Default)]
pub(super) struct Failures(Vec<String>);

impl Failures {
    /// Runs a check, whose future panics where it does not hold.
    pub(super) async fn run(&mut self, name: &str, check: impl Future<Output = ()>) {
        if let Err(panic) = AssertUnwindSafe(check).catch_unwind().await {
            self.0.push(format!("{name}: {}", message(panic.as_ref())));
        }
    }

    /// # Panics
    /// Where a check failed.
    pub(super) fn report(self, suite: &str) {
        assert!(self.0.is_empty(), "{} checks of {suite} failed:\n{}", self.0.len(), self.0.join("\n"));
    }
}

fn message(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("it panicked")
}

/// Runs each of these functions with the subject.
macro_rules! run_checks {
    ($suite:literal, $subject:expr, [$($module:ident: $($check:ident),+;)+]) => {{
        let subject: &$crate::conformance::Subject = $subject;
        let mut failures = $crate::conformance::checks::Failures::default();
        $($(failures.run(stringify!($check), $module::$check(subject)).await;)+)+
        failures.report($suite);
    }};
}
pub(super) use run_checks;

#[cfg(test)]
mod tests {
    use futures::executor::block_on;

    use super::*;

    #[test]
    fn every_check_runs_and_all_failures_are_named() {
        let mut failures = Failures::default();
        block_on(failures.run("good", async {}));
        block_on(failures.run("bad", async { panic!("because {}", 1) }));
        block_on(failures.run("worse", async { panic!("so") }));
        assert_eq!(failures.0, ["bad: because 1", "worse: so"]);
    }
}
