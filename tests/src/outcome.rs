//! What a run of the command left: its exit code, its two streams and how long it took.

use std::{process::Output, time::Duration};

use serde_json::Value;

/// How a run ended.
#[derive(Debug)]
pub struct Outcome {
    /// The arguments, for messages.
    pub arguments: Vec<String>,
    /// The exit code, or `None` when a signal killed it.
    pub exit_code: Option<i32>,
    /// Standard output.
    pub stdout: String,
    /// Standard error.
    pub stderr: String,
    /// Wall time.
    pub elapsed: Duration,
}

impl Outcome {
    /// Of a process that has ended.
    pub fn new(arguments: &[&str], output: Output, elapsed: Duration) -> Self {
        Self {
            arguments: arguments.iter().map(|&argument| argument.to_owned()).collect(),
            exit_code: output.status.code(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
            elapsed,
        }
    }

    /// Asserts the exit code.
    pub fn code(self, expected: i32) -> Self {
        assert!(
            self.exit_code == Some(expected),
            "{:?} ended with {:?}, not with {expected}, after {:?}\nstandard output: {}\nstandard error: {}",
            self.arguments,
            self.exit_code,
            self.elapsed,
            self.stdout,
            self.stderr
        );
        self
    }

    /// Asserts that standard error contains every one of `texts`.
    pub fn says(self, texts: &[&str]) -> Self {
        for text in texts {
            assert!(self.stderr.contains(text), "no `{text}` in the standard error of {self:#?}");
        }
        self
    }

    /// The one JSON document on standard output.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("not JSON: {error}: {self:#?}"))
    }

    /// The error of a failure document, after a look at its shape: the contract of every `--json` failure.
    pub fn error(&self) -> Value {
        let document = self.json();
        assert_eq!(document["success"], false, "{self:#?}");
        let error = document["error"].clone();
        assert!(error["kind"].as_str().is_some_and(|kind| !kind.is_empty()), "{self:#?}");
        assert!(error["message"].as_str().is_some_and(|message| !message.is_empty()), "{self:#?}");
        assert_eq!(error["exit_code"].as_i64(), self.exit_code.map(i64::from), "{self:#?}");
        error
    }
}
