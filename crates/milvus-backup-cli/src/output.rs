//! Output streams: results go to standard output, everything else to standard error.

use std::io::{ErrorKind, IsTerminal, Write};

use serde::Serialize;

use crate::text::{printable, printable_lines};

/// Writes results as text or JSON.
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

    /// Prints `document` as JSON, or `text` if the output is human-readable.
    pub(crate) fn result(&self, document: &impl Serialize, text: impl FnOnce() -> String) {
        if self.json {
            let json = serde_json::to_string_pretty(document);
            stdout_line(&json.unwrap_or_else(|error| format!("{{\"success\": false, \"error\": \"{error}\"}}")));
        } else {
            stdout_line(&printable_lines(text().trim_end()));
        }
    }
}

/// Returns whether the user can be prompted.
pub(crate) fn can_ask() -> bool {
    std::io::stdin().is_terminal() && std::io::stderr().is_terminal()
}

/// Writes a line to standard output. A closed pipe is the reader's choice, not an error.
fn stdout_line(text: &str) {
    write_line(&mut std::io::stdout().lock(), text);
}

/// Writes human-readable text to standard error. Everything in it that could control a terminal is escaped.
pub(crate) fn stderr_line(text: &str) {
    write_line(&mut std::io::stderr().lock(), &printable_lines(text));
}

/// Writes a machine-readable line to standard error, unchanged.
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
