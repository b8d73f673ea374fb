//! One server process: started in a separate process group, logged to a file, and always stopped.

use std::{
    ffi::OsString,
    fs::{self, OpenOptions},
    io::Write,
    os::unix::process::CommandExt as _,
    path::PathBuf,
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use rustix::process::{Pid, Signal, kill_process_group};

use super::run_dir::RunDir;
use crate::{
    command,
    error::{Attempt, Error},
};

const POLL: Duration = Duration::from_millis(20);
/// Number of lines that are shown before the beginning of a crash; the next constant is the number after it.
const BEFORE_CRASH: usize = 6;
const AFTER_CRASH: usize = 12;
/// The variables that a server inherits from our environment. Any other could change its configuration.
const INHERITED: [&str; 5] = ["PATH", "HOME", "TMPDIR", "LANG", "TZ"];
/// Waits for a line, so that the keeper knows the process before the server starts; at end of input, it just exits.
const GATE: &str = r#"IFS= read -r go && exec "$@" </dev/null"#;

/// The command line, environment and grace period of a server.
#[derive(Debug)]
pub(crate) struct Launch {
    pub(crate) program: PathBuf,
    pub(crate) arguments: Vec<OsString>,
    pub(crate) environment: Vec<(String, OsString)>,
    pub(crate) directory: PathBuf,
    /// Time that the server has to end after SIGTERM.
    pub(crate) grace: Duration,
}

/// A server process and the directory it runs in.
#[derive(Debug)]
pub(crate) struct Daemon {
    launch: Launch,
    child: Option<Child>,
    run: RunDir,
}

impl Daemon {
    /// Starts the process, without waiting until it is ready.
    pub(crate) fn start(run: RunDir, launch: Launch) -> Result<Self, Error> {
        let mut daemon = Self { launch, child: None, run };
        daemon.spawn()?;
        Ok(daemon)
    }

    /// Starts the process again after [`Self::stop`] or [`Self::kill`].
    pub(crate) fn spawn(&mut self) -> Result<(), Error> {
        self.kill();
        let program = self.launch.program.display().to_string();
        let mut child = self.gated()?.spawn().attempt(|| format!("run {program}"))?;
        let gate = child.stdin.take();
        self.run.guard(Some(child.id())).attempt(|| "instruct the keeper".to_owned())?;
        self.child = Some(child);
        gate.map_or(Ok(()), |mut gate| gate.write_all(b"go\n")).attempt(|| format!("run {program}"))
    }

    fn gated(&self) -> Result<Command, Error> {
        let path = self.log_path();
        let log = OpenOptions::new().create(true).append(true).open(&path);
        let log = log.attempt(|| format!("open {}", path.display()))?;
        let mut command = Command::new("sh");
        command
            .args(["-c", GATE, "sh"])
            .arg(&self.launch.program)
            .args(&self.launch.arguments)
            .env_clear()
            .envs(INHERITED.iter().filter_map(|name| std::env::var_os(name).map(|value| (name, value))))
            .envs(self.launch.environment.iter().map(|(name, value)| (name, value)))
            .current_dir(&self.launch.directory)
            .stdin(Stdio::piped())
            .stdout(log.try_clone().attempt(|| format!("open {}", path.display()))?)
            .stderr(log)
            .process_group(0);
        Ok(command)
    }

    /// Returns its process id while it is running (or has ended unexpectedly).
    pub(crate) fn pid(&self) -> Option<u32> {
        self.child.as_ref().map(Child::id)
    }

    /// Returns its exit status, if it ended unexpectedly.
    pub(crate) fn ended(&mut self) -> Option<String> {
        let status = self.child.as_mut()?.try_wait().ok()??;
        Some(status.to_string())
    }

    /// Sends SIGTERM, waits for the grace period, and sends SIGKILL; returns when the process has ended.
    pub(crate) fn stop(&mut self) {
        self.signal(Signal::TERM);
        let asked = Instant::now();
        while self.child.is_some() && self.ended().is_none() && asked.elapsed() < self.launch.grace {
            thread::sleep(POLL);
        }
        self.kill();
    }

    /// Sends SIGKILL to the process group; returns when the process has ended.
    pub(crate) fn kill(&mut self) {
        self.signal(Signal::KILL);
        if let Some(mut child) = self.child.take() {
            // The process id may be reused from here on, so the keeper must forget it first.
            drop(self.run.guard(None));
            drop(child.wait());
        }
    }

    fn signal(&self, signal: Signal) {
        let group = self.pid().and_then(|pid| i32::try_from(pid).ok()).and_then(Pid::from_raw);
        if let Some(group) = group {
            // It fails only if the group no longer exists, which is the goal.
            let _gone = kill_process_group(group, signal);
        }
    }

    /// Returns the log of the process; empty if it cannot be read.
    pub(crate) fn log(&self) -> String {
        String::from_utf8_lossy(&fs::read(self.log_path()).unwrap_or_default()).into_owned()
    }

    /// Returns the end of the log, and the beginning of a crash if that is further up.
    pub(crate) fn log_tail(&self) -> String {
        excerpt(&self.log())
    }

    fn log_path(&self) -> PathBuf {
        self.run.path().join("server.log")
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        self.stop();
    }
}

/// Returns an excerpt of a log. A Go program prints the reason of a crash before all goroutines, so the end alone does
/// not contain it.
fn excerpt(log: &str) -> String {
    let tail = command::tail(log);
    let earlier: Vec<&str> = log[..log.len() - tail.len()].lines().collect();
    let crash = earlier.iter().position(|line| line.starts_with("panic: ") || line.starts_with("fatal error: "));
    let Some(at) = crash else { return tail.to_owned() };
    let shown = earlier.iter().skip(at.saturating_sub(BEFORE_CRASH)).take(BEFORE_CRASH + AFTER_CRASH);
    format!("{}\n[...]\n{tail}", shown.copied().collect::<Vec<_>>().join("\n"))
}

#[cfg(test)]
mod tests {
    use super::excerpt;

    #[test]
    fn the_reason_of_a_crash_is_shown_however_long_the_dump() {
        let log = format!("start\npanic: no config\n{}end", "goroutine\n".repeat(5_000));
        let shown = excerpt(&log);
        assert!(shown.starts_with("start\npanic: no config\n") && shown.ends_with("end"));
        assert_eq!(excerpt("start\npanic: short"), "start\npanic: short");
    }
}
