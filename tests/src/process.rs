//! A run of the command that is still going on, to be sent signals.

use std::{
    io,
    os::unix::process::ExitStatusExt as _,
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use rustix::process::{Pid, Signal, kill_process};

use crate::outcome::Outcome;

/// A running command. It is killed when it is dropped.
#[derive(Debug)]
pub struct Running {
    child: Option<Child>,
    arguments: Vec<String>,
    started: Instant,
}

impl Running {
    pub(crate) fn start(command: &mut Command, arguments: &[&str]) -> Self {
        let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let arguments = arguments.iter().map(|&argument| argument.to_owned()).collect();
        Self { child: Some(child), arguments, started: Instant::now() }
    }

    /// Whether it has not ended yet.
    pub fn is_running(&mut self) -> bool {
        self.child.as_mut().unwrap().try_wait().unwrap().is_none()
    }

    /// Waits until `condition` holds; panics when the command ends before, or a minute passes.
    pub fn wait_until(&mut self, what: &str, condition: impl Fn() -> bool) {
        while !condition() {
            assert!(self.is_running(), "{:?} ended before {what}: {:#?}", self.arguments.clone(), self.take_outcome());
            assert!(self.started.elapsed() < Duration::from_mins(1), "{:?}: no {what}", self.arguments);
            thread::sleep(Duration::from_millis(2));
        }
    }

    /// Sends a signal.
    pub fn signal(&self, signal: Signal) {
        let pid = i32::try_from(self.child.as_ref().unwrap().id()).ok().and_then(Pid::from_raw).unwrap();
        kill_process(pid, signal).unwrap();
    }

    /// SIGKILL, and waits for the end; true when it was this that ended it.
    pub fn kill(mut self) -> bool {
        let mut child = self.child.take().unwrap();
        child.kill().unwrap();
        child.wait().unwrap().signal() == Some(Signal::KILL.as_raw())
    }

    /// Waits for the end, which must come within `limit`.
    pub fn finish_within(mut self, limit: Duration) -> Outcome {
        let asked = Instant::now();
        while self.is_running() {
            assert!(asked.elapsed() < limit, "{:?} did not end within {limit:?}", self.arguments);
            thread::sleep(Duration::from_millis(5));
        }
        self.take_outcome()
    }

    fn take_outcome(&mut self) -> Outcome {
        let output = self.child.take().unwrap().wait_with_output().unwrap();
        let arguments: Vec<&str> = self.arguments.iter().map(String::as_str).collect();
        Outcome::new(&arguments, output, self.started.elapsed())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Some(mut child) = self.child.take() {
            // Only an end that came first makes this fail.
            let _gone: io::Result<()> = child.kill();
            drop(child.wait());
        }
    }
}
