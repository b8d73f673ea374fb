//! What is printed: steps and results on standard output, failures on standard error.

use std::fmt::Display;
use std::io::Write as _;
use std::time::{Duration, Instant};

use crate::error::{Error, Result};

/// Prints a line on standard output.
pub(crate) fn say(line: impl Display) {
    // A reader that has gone away is no reason to stop.
    drop(writeln!(std::io::stdout(), "{line}"));
}

/// Prints a failure on standard error.
pub(crate) fn complain(error: &Error) {
    drop(writeln!(std::io::stderr(), "error: {error}"));
}

/// Does a step of a command: names it before, and says how long it took after.
pub(crate) fn step<T>(title: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
    say(format_args!("==> {title}"));
    let started = Instant::now();
    let outcome = work();
    let verdict = if outcome.is_ok() { "done" } else { "failed" };
    say(format_args!("<== {title}: {verdict} in {}", seconds(started.elapsed())));
    outcome
}

/// Returns a human-readable duration.
pub(crate) fn seconds(duration: Duration) -> String {
    format!("{:.1} s", duration.as_secs_f64())
}
