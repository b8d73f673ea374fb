//! [`Guarded`]: a running tool that ends when it is dropped, and when this process ends in any other way.

use std::ffi::OsStr;
use std::io;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process_group};
use tokio::process::{Child, ChildStderr, ChildStdin, ChildStdout};

use crate::commands::Invocation;

/// Becomes the tool, after starting a process that waits for the end of the pipe: it then removes the private directory
/// and ends the process group.
const GUARD: &str = r#"exec 3<&0
private=$1
shift
(cat <&3; rm -rf -- "$private"; kill -9 0) >/dev/null 2>&1 &
exec "$@" </dev/null 3<&-"#;

/// Time within which a process that was killed is gone.
const GONE: Duration = Duration::from_secs(2);

const POLL: Duration = Duration::from_millis(2);

/// A running tool, in its own process group.
#[derive(Debug)]
pub(super) struct Guarded {
    child: Child,
    group: Option<Pid>,
    /// Open for as long as the tool may run.
    pipe: Option<ChildStdin>,
}

impl Guarded {
    /// Starts an invocation in its private directory.
    pub(super) fn start(invocation: &Invocation, executable: &Path, private: &Path) -> io::Result<Self> {
        let mut command = Command::new("/bin/sh");
        command.args([OsStr::new("-c"), OsStr::new(GUARD), OsStr::new("milvus-backup"), private.as_os_str()]);
        command.arg(executable).args(invocation.arguments());
        invocation.set_environment(&mut command);
        command.current_dir(private).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command.process_group(0);
        let mut child = tokio::process::Command::from(command).kill_on_drop(true).spawn()?;
        let group = child.id().and_then(|id| Pid::from_raw(i32::try_from(id).ok()?));
        let pipe = child.stdin.take();
        Ok(Self { child, group, pipe })
    }

    /// Returns the streams of what it prints.
    pub(super) fn streams(&mut self) -> (Option<ChildStdout>, Option<ChildStderr>) {
        (self.child.stdout.take(), self.child.stderr.take())
    }

    /// Waits until the tool itself has ended.
    pub(super) async fn wait(&mut self) -> io::Result<ExitStatus> {
        self.child.wait().await
    }
}

impl Drop for Guarded {
    /// Ends the process group, and waits until the tool can write nothing any more.
    #[expect(clippy::disallowed_methods, reason = "the processes end in the time of the machine")]
    fn drop(&mut self) {
        if let Some(group) = self.group {
            let _ = kill_process_group(group, Signal::KILL);
        }
        drop(self.pipe.take());
        let started = Instant::now();
        while matches!(self.child.try_wait(), Ok(None)) {
            if started.elapsed() > GONE {
                tracing::warn!("milvus-backup does not end although it was killed");
                return;
            }
            std::thread::sleep(POLL);
        }
    }
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "the processes end in the time of the machine")]
mod tests {
    use std::os::unix::process::ExitStatusExt;

    use super::*;
    use crate::commands::Commands;
    use crate::tool::Features;

    /// Starts a shell script as the command `list`, without arguments.
    fn started(private: &Path, script: &str) -> Guarded {
        std::fs::write(private.join("list"), script).unwrap();
        let invocation = Commands::new(Features::default()).list();
        Guarded::start(&invocation, Path::new("/bin/sh"), private).unwrap()
    }

    fn is_running(pid: i32) -> bool {
        // A process that was killed and that nothing has waited for yet is a zombie.
        let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
        stat.rsplit_once(") ").is_some_and(|(_, state)| !state.starts_with('Z'))
    }

    async fn file(path: &Path) -> String {
        loop {
            match std::fs::read_to_string(path) {
                Ok(text) if text.ends_with('\n') => return text,
                _ => tokio::time::sleep(POLL).await,
            }
        }
    }

    #[tokio::test]
    async fn everything_that_it_started_ends_with_it() {
        let private = tempfile::tempdir().unwrap();
        let running = started(private.path(), "sleep 60 & echo $! >child; exec sleep 60");
        let child: i32 = file(&private.path().join("child")).await.trim().parse().unwrap();
        assert!(is_running(child));
        drop(running);
        while is_running(child) {
            tokio::time::sleep(POLL).await;
        }
        assert!(private.path().exists());
    }

    #[tokio::test]
    async fn it_ends_and_its_directory_is_removed_when_nobody_holds_the_pipe() {
        let private = tempfile::tempdir().unwrap();
        let mut running = started(private.path(), "echo started >started; exec sleep 60");
        file(&private.path().join("started")).await;
        running.pipe = None;
        let status = running.wait().await.unwrap();
        assert_eq!(status.signal(), Some(9));
        assert!(!private.path().exists());
    }
}
