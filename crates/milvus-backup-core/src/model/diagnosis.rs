//! Diagnoses: whether what operations rely on is as they need it.

use serde::Serialize;

use crate::error::{Error, ErrorKind, Hint};

/// The part of a system that a diagnosis is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum DiagnosisArea {
    /// The configuration and the files that it names.
    Configuration,
    /// The store of the repository.
    Storage,
    /// The Milvus server, and what the user may do there.
    Milvus,
}

/// The outcome of a diagnosis.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum DiagnosisStatus {
    /// It is as operations need it.
    Passed,
    /// Operations work, with a restriction that the message describes.
    Warning,
    /// Some operations fail, or lose their guarantees.
    Failed,
    /// It could not be checked.
    Unknown,
}

/// One diagnosis, with its outcome.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Diagnosis {
    /// The part of the system that it is about.
    pub area: DiagnosisArea,
    /// The name of the check, in snake case.
    pub check: String,
    /// The outcome of the check.
    pub status: DiagnosisStatus,
    /// The outcome in human-readable form.
    pub message: String,
    /// The kind of the failure, of a diagnosis that failed.
    pub failure: Option<ErrorKind>,
    /// What to do about it.
    pub hint: Option<Hint>,
}

impl Diagnosis {
    /// Returns a diagnosis with this outcome.
    pub fn new(
        area: DiagnosisArea,
        check: impl Into<String>,
        status: DiagnosisStatus,
        message: impl Into<String>,
    ) -> Self {
        Self { area, check: check.into(), status, message: message.into(), failure: None, hint: None }
    }

    /// Returns a diagnosis that passed.
    pub fn passed(area: DiagnosisArea, check: impl Into<String>, message: impl Into<String>) -> Self {
        Self::new(area, check, DiagnosisStatus::Passed, message)
    }

    /// Sets the kind of the failure.
    #[must_use]
    pub fn with_failure(self, kind: ErrorKind) -> Self {
        Self { failure: Some(kind), ..self }
    }

    /// Returns a diagnosis that failed with this error.
    pub fn failed(area: DiagnosisArea, check: impl Into<String>, error: &Error) -> Self {
        let failed = Self::new(area, check, DiagnosisStatus::Failed, error.full_message());
        Self { failure: Some(error.kind()), hint: error.hint(), ..failed }
    }
}
