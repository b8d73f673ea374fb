//! Running a program to completion: with input, a time limit, and its output in the error of a failure.
//!
//! Input and output go through unnamed temporary files, so nothing can deadlock on a full pipe and no thread is needed.

use std::{
    fs::File,
    io::{Read, Seek, SeekFrom, Write},
    process::{Child, Command, ExitStatus, Stdio},
    thread,
    time::{Duration, Instant},
};

use crate::error::{Attempt, Error};

const POLL: Duration = Duration::from_millis(20);
const TAIL: usize = 6_000;

/// Runs `command` with `input` on its standard input and returns its standard output.
pub(crate) fn run(mut command: Command, input: &[u8], limit: Duration) -> Result<String, Error> {
    let program = describe(&command);
    let io = |action: &'static str| {
        let program = program.clone();
        move || format!("{action} {program}")
    };
    let mut stdin = tempfile::tempfile().attempt(io("prepare the input of"))?;
    let mut stdout = tempfile::tempfile().attempt(io("prepare the output of"))?;
    let mut stderr = tempfile::tempfile().attempt(io("prepare the output of"))?;
    stdin.write_all(input).and_then(|()| stdin.seek(SeekFrom::Start(0))).attempt(io("prepare the input of"))?;
    command
        .stdin(Stdio::from(stdin))
        .stdout(stdout.try_clone().attempt(io("prepare the output of"))?)
        .stderr(stderr.try_clone().attempt(io("prepare the output of"))?);
    let mut child = command.spawn().attempt(io("run"))?;
    let status = wait(&mut child, limit).attempt(io("wait for"))?;
    let printed = content(&mut stdout);
    match status {
        Some(status) if status.success() => Ok(printed),
        Some(status) => {
            Err(Error::Command { program, status: status.to_string(), output: both(&mut stderr, &printed) })
        }
        None => Err(Error::Timeout { program, limit, output: both(&mut stderr, &printed) }),
    }
}

/// Waits for `child` up to `limit`; kills it and returns `None` after that.
fn wait(child: &mut Child, limit: Duration) -> std::io::Result<Option<ExitStatus>> {
    let started = Instant::now();
    while started.elapsed() < limit {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        thread::sleep(POLL);
    }
    child.kill()?;
    child.wait()?;
    Ok(None)
}

fn describe(command: &Command) -> String {
    let arguments = command.get_args().map(|argument| argument.to_string_lossy());
    std::iter::once(command.get_program().to_string_lossy()).chain(arguments).collect::<Vec<_>>().join(" ")
}

fn content(file: &mut File) -> String {
    let mut bytes = Vec::new();
    // Output that cannot be read is treated as empty: the status of the program is decisive.
    drop(file.seek(SeekFrom::Start(0)).and_then(|_| file.read_to_end(&mut bytes)));
    String::from_utf8_lossy(&bytes).into_owned()
}

fn both(stderr: &mut File, stdout: &str) -> String {
    let stderr = content(stderr);
    match (tail(stdout).trim(), tail(&stderr).trim()) {
        ("", error) => error.to_owned(),
        (output, "") => output.to_owned(),
        (output, error) => format!("{error}\n--- standard output ---\n{output}"),
    }
}

/// Returns the end of `text`, at most a few thousand bytes.
pub(crate) fn tail(text: &str) -> &str {
    let start = text.len().saturating_sub(TAIL);
    let start = (start..=text.len()).find(|&at| text.is_char_boundary(at)).unwrap_or(text.len());
    &text[start..]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sh(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        command
    }

    #[test]
    fn input_reaches_the_program_and_output_comes_back() {
        let printed = run(sh("cat"), b"to and fro", Duration::from_secs(5)).unwrap();
        assert_eq!(printed, "to and fro");
    }

    #[test]
    fn a_failure_carries_what_was_printed() {
        let error = run(sh("echo out; echo err >&2; exit 3"), b"", Duration::from_secs(5)).unwrap_err();
        let text = error.to_string();
        assert!(text.contains("exit status: 3") && text.contains("err") && text.contains("out"), "{text}");
    }

    #[test]
    fn a_program_that_does_not_end_is_killed() {
        let started = Instant::now();
        let error = run(sh("exec sleep 60"), b"", Duration::from_millis(200)).unwrap_err();
        assert!(matches!(error, Error::Timeout { .. }));
        assert!(started.elapsed() < Duration::from_secs(10));
    }

    #[test]
    fn a_tail_never_splits_a_character() {
        let text = "ü".repeat(TAIL);
        assert!(tail(&text).chars().all(|c| c == 'ü'));
    }
}
