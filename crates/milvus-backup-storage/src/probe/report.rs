//! The report of a probe.

use std::fmt;

use milvus_backup_core::{Error, Result};

/// A promise of a store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Promise {
    /// An object can be created.
    Write,
    /// A conditional create of an object that exists fails.
    ConditionalCreate,
    /// Of several conditional creates at once, one succeeds.
    OneCreateWins,
    /// An object can be read, as it was written, right after it was written.
    ReadAfterWrite,
    /// A part of an object can be read.
    RangeRead,
    /// An object is listed right after it was written.
    ListAfterWrite,
    /// An upload that was started and aborted is never visible as an object.
    UploadsInvisible,
    /// An object can be deleted, and is gone then.
    Delete,
    /// The clock of the store agrees with that of this machine.
    Clock,
}

impl Promise {
    /// Returns the name in snake case.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Write => "write",
            Self::ConditionalCreate => "conditional_create",
            Self::OneCreateWins => "one_create_wins",
            Self::ReadAfterWrite => "read_after_write",
            Self::RangeRead => "range_read",
            Self::ListAfterWrite => "list_after_write",
            Self::UploadsInvisible => "uploads_invisible",
            Self::Delete => "delete",
            Self::Clock => "clock",
        }
    }

    /// Returns whether two operations at once can destroy each other's data if the promise is broken.
    pub const fn is_vital(self) -> bool {
        !matches!(self, Self::Clock | Self::UploadsInvisible | Self::RangeRead)
    }
}

impl fmt::Display for Promise {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Write => "write",
            Self::ConditionalCreate => "conditional create",
            Self::OneCreateWins => "race of conditional creates",
            Self::ReadAfterWrite => "read after write",
            Self::RangeRead => "read of a range",
            Self::ListAfterWrite => "list after write",
            Self::UploadsInvisible => "aborted upload",
            Self::Delete => "delete",
            Self::Clock => "clock",
        })
    }
}

/// The outcome of the check of one promise.
#[derive(Debug)]
#[non_exhaustive]
pub enum Outcome {
    /// The promise was kept. This does not prove that it always is.
    Kept,
    /// The promise was broken, with a description.
    Broken(String),
    /// The store refused or failed a call, so that nothing is known.
    Failed(Error),
    /// Nothing could be checked, with the reason.
    Skipped(String),
}

/// One promise, and the outcome of its check.
#[derive(Debug)]
pub struct Check {
    /// The promise that was checked.
    pub promise: Promise,
    /// The outcome of the check.
    pub outcome: Outcome,
}

/// The extent of a probe.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProbeExtent {
    /// The promises that every backup relies on, in five requests.
    Vital,
    /// All promises that can be checked.
    All,
}

/// The outcomes of a probe.
#[derive(Debug, Default)]
pub struct ProbeReport {
    /// The checks in the order in which they were made.
    pub checks: Vec<Check>,
}

impl ProbeReport {
    pub(super) fn add(&mut self, promise: Promise, outcome: Outcome) {
        self.checks.push(Check { promise, outcome });
    }

    /// Returns descriptions of the vital promises that were broken.
    ///
    /// # Errors
    /// The error of the first check that the store refused or failed.
    pub fn broken(self) -> Result<Vec<String>> {
        let mut broken = Vec::new();
        for Check { promise, outcome } in self.checks {
            match outcome {
                Outcome::Broken(description) if promise.is_vital() => broken.push(description),
                Outcome::Failed(error) => return Err(error),
                _ => {}
            }
        }
        Ok(broken)
    }
}
