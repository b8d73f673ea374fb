//! Runs one invocation to its end.

use std::io;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::ExitStatus;

use super::capture::Capture;
use super::guarded::Guarded;
use super::private::PrivateDirectory;
use crate::commands::Invocation;
use crate::error::{Error, Result};

/// What an invocation printed and how it ended. It may have printed secrets.
pub(crate) struct Ended {
    /// `None` if a signal ended it.
    pub(crate) code: Option<i32>,
    pub(crate) signal: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Ended {
    /// Returns whether it reported success, which proves nothing.
    pub(crate) fn claims_success(&self) -> bool {
        self.code == Some(0)
    }
}

/// Runs an invocation in its private directory until it ends. Its process group is killed when the future is dropped,
/// and after the end, so that nothing that it started remains.
///
/// # Errors
/// [`Error::Run`]
pub(crate) async fn run(invocation: &Invocation, executable: &Path, private: &PrivateDirectory) -> Result<Ended> {
    let failed = |source| Error::Run { path: executable.to_owned(), source };
    let mut running = Guarded::start(invocation, executable, private.path()).map_err(failed)?;
    let (stdout, stderr) = running.streams();
    let (mut stdout, mut stderr) = stdout.zip(stderr).ok_or_else(|| failed(io::ErrorKind::BrokenPipe.into()))?;
    let [mut printed, mut errors] = [Capture::default(), Capture::default()];
    let status = {
        let read = async {
            tokio::join!(printed.read(&mut stdout), errors.read(&mut stderr));
            std::future::pending::<()>().await;
        };
        tokio::select! {
            status = running.wait() => status.map_err(failed)?,
            () = read => return Err(failed(io::ErrorKind::BrokenPipe.into())),
        }
    };
    // Ends what holds the streams open.
    drop(running);
    tokio::join!(printed.read(&mut stdout), errors.read(&mut stderr));
    Ok(ended(status, printed, errors))
}

fn ended(status: ExitStatus, printed: Capture, errors: Capture) -> Ended {
    Ended { code: status.code(), signal: status.signal(), stdout: printed.text(), stderr: errors.text() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::Commands;
    use crate::tool::Features;

    /// Runs a shell script as the command `list`, without arguments.
    async fn ran(script: &str) -> Ended {
        let private = PrivateDirectory::create().unwrap();
        std::fs::write(private.path().join("list"), script).unwrap();
        run(&Commands::new(Features::default()).list(), Path::new("/bin/sh"), &private).await.unwrap()
    }

    #[tokio::test]
    async fn both_streams_and_the_way_it_ended_are_told() {
        let ended = ran("pwd; echo no >&2; exit 3").await;
        assert_eq!((ended.code, ended.signal, ended.claims_success()), (Some(3), None, false));
        assert!(ended.stdout.contains("milvus-backup-") && ended.stderr == "no\n");
        let ended = ran("kill -9 $$").await;
        assert_eq!((ended.code, ended.signal, ended.claims_success()), (None, Some(9), false));
    }

    #[tokio::test]
    async fn nothing_is_read_and_much_output_does_not_block() {
        let ended = ran("cat; head -c 3000000 /dev/zero | tr '\\0' x; echo end").await;
        assert!(ended.claims_success() && ended.stdout.ends_with("end\n") && ended.stdout.len() < 100_000);
    }

    #[tokio::test]
    async fn a_process_that_holds_the_streams_does_not_delay_the_end() {
        let ended = ran("echo before; sleep 60 & exit 0").await;
        assert_eq!((ended.code, ended.stdout.as_str()), (Some(0), "before\n"));
    }

    #[tokio::test]
    async fn a_program_that_cannot_be_started_is_told_by_its_code() {
        let private = PrivateDirectory::create().unwrap();
        let ended = run(&Commands::new(Features::default()).list(), Path::new("/nonexistent"), &private).await.unwrap();
        assert!(matches!(ended.code, Some(126 | 127)), "{:?}", ended.code);
    }
}
