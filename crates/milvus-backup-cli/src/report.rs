//! Errors, in human-readable and machine-readable form.

use std::error::Error as _;

use milvus_backup_core::{Error, ErrorKind};
use serde::Serialize;

use crate::command_error::CommandError;
use crate::exit_code;
use crate::output::{Output, stderr_line};
use crate::text::printable;

/// An error with its causes, a hint and an exit code.
#[derive(Debug, Serialize)]
pub(crate) struct Report {
    kind: &'static str,
    message: String,
    causes: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<String>,
    exit_code: u8,
    retryable: bool,
    #[serde(flatten)]
    facts: Facts,
}

/// Facts that help the caller to react, by kind of error.
#[derive(Debug, Default, Serialize)]
struct Facts {
    #[serde(skip_serializing_if = "Option::is_none")]
    required_bytes: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    available_bytes: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    available_collections: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    available_partitions: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    candidates: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    failed_files: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    missing_privileges: Option<Vec<String>>,
}

#[derive(Serialize)]
struct Failure<'a> {
    success: bool,
    error: &'a Report,
}

impl From<&CommandError> for Report {
    fn from(error: &CommandError) -> Self {
        Self { hint: error.hint(), ..Self::from(error.error()) }
    }
}

impl From<&Error> for Report {
    fn from(error: &Error) -> Self {
        let mut causes = Vec::new();
        let mut cause = error.source();
        while let Some(error) = cause {
            causes.push(error.to_string());
            cause = error.source();
        }
        // Libraries often wrap an error in another one with the same message.
        causes.dedup();
        let kind = error.kind();
        Self {
            kind: kind.as_str(),
            message: error.to_string(),
            causes,
            hint: error.hint().as_ref().map(crate::hints::words),
            exit_code: exit_code::of(kind),
            retryable: error.retryable(),
            facts: Facts::of(error),
        }
    }
}

impl Facts {
    fn of(error: &Error) -> Self {
        match error {
            Error::Backup { source, .. } | Error::Restore { source, .. } => Self::of(source),
            Error::InsufficientStorage { required_bytes, available_bytes, .. } => Self {
                required_bytes: Some(*required_bytes),
                available_bytes: Some(*available_bytes),
                ..Self::default()
            },
            Error::CollectionNotFound { available, .. } | Error::NoBackups { available, .. } => {
                Self { available_collections: Some(available.clone()), ..Self::default() }
            }
            Error::PartitionNotFound { available, .. } => {
                Self { available_partitions: Some(available.clone()), ..Self::default() }
            }
            Error::AmbiguousBackup { candidates, .. } => {
                Self { candidates: Some(candidates.clone()), ..Self::default() }
            }
            Error::PermissionDenied { privileges, .. } => {
                Self { missing_privileges: Some(privileges.clone()), ..Self::default() }
            }
            Error::Corrupted { failed_files, .. } => {
                Self { failed_files: Some(failed_files.clone()), ..Self::default() }
            }
            Error::LogDamaged { file, .. } => Self { failed_files: Some(vec![file.clone()]), ..Self::default() },
            _ => Self::default(),
        }
    }
}

impl Report {
    /// Returns the report with another exit code: the kind of an interruption does not identify the signal.
    pub(crate) fn with_exit_code(self, exit_code: u8) -> Self {
        Self { exit_code, ..self }
    }

    /// Prints the error, and returns its exit code.
    pub(crate) fn print(&self, output: &Output) -> u8 {
        if output.is_json() {
            output.result(&Failure { success: false, error: self }, String::new);
        }
        self.print_text();
        self.exit_code
    }

    /// Prints the error in human-readable form only.
    pub(crate) fn print_text(&self) {
        stderr_line(&format!("error: {}", printable(&self.message)));
        for cause in &self.causes {
            stderr_line(&format!("caused by: {}", printable(cause)));
        }
        if let Some(hint) = &self.hint {
            stderr_line(&format!("hint: {}", printable(hint)));
        }
    }
}

/// Prints a message of clap, and returns the exit code.
pub(crate) fn usage(error: &clap::Error, json: bool) -> u8 {
    let is_error = error.use_stderr();
    if json && is_error {
        let report = Report {
            kind: ErrorKind::InvalidParameter.as_str(),
            message: error.to_string().trim_end().to_owned(),
            causes: Vec::new(),
            hint: None,
            exit_code: exit_code::USAGE,
            retryable: false,
            facts: Facts::default(),
        };
        Output::new(true).result(&Failure { success: false, error: &report }, String::new);
    }
    // Help and version go to standard output, errors to standard error.
    let _ = error.print();
    if is_error { exit_code::USAGE } else { exit_code::DONE }
}
