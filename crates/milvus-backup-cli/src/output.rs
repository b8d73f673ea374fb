//! Where things are written: data to standard output, everything else to standard error.

use std::io::{ErrorKind, IsTerminal, Write};

use serde::Serialize;

use crate::text::{printable, printable_lines};

/// Writes results.
#[derive(Debug, Clone)]
pub(crate) struct Output {
    json: bool,
}

impl Output {
    pub(crate) fn new(json: bool) -> Self {
        Self { json }
    }

    pub(crate) fn is_json(&self) -> bool {
        self.json
    }

    /// Prints `document` as JSON, or `text` for people.
    pub(crate) fn result(&self, document: &impl Serialize, text: impl FnOnce() -> String) {
        if self.json {
            let json = serde_json::to_string_pretty(document);
            stdout_line(&json.unwrap_or_else(|error| format!("{{\"success\": false, \"error\": \"{error}\"}}")));
        } else {
            stdout_line(&printable_lines(text().trim_end()));
        }
    }
}

/// Whether a person can be asked.
pub(crate) fn can_ask() -> bool {
    std::io::stdin().is_terminal() && std::io::stderr().is_terminal()
}

/// A line on standard output. A closed pipe is the reader's choice and no error of ours.
fn stdout_line(text: &str) {
    write_line(&mut std::io::stdout().lock(), text);
}

/// Writes text for people to standard error. Whatever could drive a terminal in it is escaped.
pub(crate) fn stderr_line(text: &str) {
    write_line(&mut std::io::stderr().lock(), &printable_lines(text));
}

/// Writes a line for programs to standard error, as it is.
pub(crate) fn stderr_document(text: &str) {
    write_line(&mut std::io::stderr().lock(), text);
}

/// Writes a warning of one line to standard error.
pub(crate) fn warning(text: &str) {
    stderr_line(&format!("warning: {}", printable(text)));
}

fn write_line(stream: &mut impl Write, text: &str) {
    if let Err(error) = writeln!(stream, "{text}").and_then(|()| stream.flush())
        && error.kind() != ErrorKind::BrokenPipe
    {
        tracing::warn!(%error, "cannot write");
    }
}
