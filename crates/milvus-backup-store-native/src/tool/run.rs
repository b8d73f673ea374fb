//! Running the tool for a short output.

use std::io::{self, Read};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::channel;
use std::thread::JoinHandle;
use std::time::Duration;

use crate::error::{Error, Result};

/// Maximum number of bytes of each stream that are kept. A help text has a few thousand.
const MAX_OUTPUT: u64 = 1 << 20;

/// Returns everything that the program prints, on both streams: the stream of the banner differs between versions. Its
/// exit code is ignored.
///
/// A program that does not end within the time limit is killed. The same limit applies to a child process that holds
/// the streams open.
pub(super) fn output(mut command: Command, executable: &Path, limit: Duration) -> Result<String> {
    let failed = |source| Error::Run { path: executable.to_owned(), source };
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().map_err(failed)?;
    let (sender, receiver) = channel();
    let (output, errors) = (read_all(child.stdout.take()), read_all(child.stderr.take()));
    std::thread::spawn(move || {
        // There is no receiver after the time limit.
        let _ = sender.send(joined(output).and_then(|output| Ok(format!("{output}\n{}\n", joined(errors)?))));
    });
    let read = receiver.recv_timeout(limit);
    stop(&mut child);
    match read {
        Ok(text) => text.map_err(failed),
        Err(_) => Err(Error::TimedOut { path: executable.to_owned(), seconds: limit.as_secs() }),
    }
}

fn read_all(stream: Option<impl Read + Send + 'static>) -> JoinHandle<io::Result<String>> {
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        if let Some(stream) = stream {
            stream.take(MAX_OUTPUT).read_to_end(&mut bytes)?;
        }
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    })
}

fn joined(reader: JoinHandle<io::Result<String>>) -> io::Result<String> {
    reader.join().unwrap_or_else(|_| Err(io::Error::other("the reader of its output failed")))
}

/// Kills the program unless it has ended, and reaps it.
fn stop(child: &mut Child) {
    if !matches!(child.try_wait(), Ok(Some(_))) {
        let _ = child.kill();
    }
    let _ = child.wait();
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;

    fn shell(script: &str, limit: Duration) -> Result<String> {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        output(command, Path::new("tool"), limit)
    }

    #[test]
    fn both_streams_are_read_whatever_the_exit_code() {
        let text = shell("echo one; echo two >&2; exit 3", Duration::from_mins(1)).unwrap();
        assert!(text.contains("one\n") && text.contains("two\n"), "{text}");
    }

    #[test]
    #[expect(clippy::disallowed_methods, reason = "the limit applies to the time of the machine")]
    fn a_program_that_hangs_is_ended() {
        let started = Instant::now();
        let limit = Duration::from_millis(200);
        assert!(matches!(shell("exec sleep 5", limit), Err(Error::TimedOut { .. })));
        // The limit also applies to a child process that holds the streams open.
        assert!(matches!(shell("sleep 5 & exit 0", limit), Err(Error::TimedOut { .. })));
        assert!(started.elapsed() < Duration::from_secs(4));
    }

    #[test]
    fn endless_output_is_cut() {
        let text = shell("yes", Duration::from_mins(1)).unwrap();
        assert!(text.len() as u64 <= MAX_OUTPUT + 2, "{}", text.len());
    }
}
