//! The findings of a verification.

use std::collections::{BTreeMap, BTreeSet};

use super::progress::{Progress, ProgressEvent};
use crate::error::{Error, Result};
use crate::model::{BackupState, Finding, FindingKind, VerificationResult, VerificationType};
use crate::names::BackupId;

/// Collects findings and the files that were checked, and reports progress.
#[derive(Debug)]
pub struct Findings<'a> {
    progress: &'a dyn Progress,
    planned: bool,
    fail_fast: bool,
    found: Vec<Finding>,
    files: BTreeSet<String>,
    bytes: u64,
    row_groups: u64,
}

impl<'a> Findings<'a> {
    /// Creates an empty collection. With `fail_fast`, [`Findings::enough`] is true after the first finding.
    pub fn new(fail_fast: bool, progress: &'a dyn Progress) -> Self {
        Self { progress, planned: false, fail_fast, found: Vec::new(), files: BTreeSet::new(), bytes: 0, row_groups: 0 }
    }

    /// Announces how many bytes will be checked. Bytes that were checked before are not reported.
    pub fn planned(&mut self, total_bytes: u64) {
        self.planned = true;
        self.progress.event(ProgressEvent::Planned {
            state: BackupState::Verifying,
            total_rows: 0,
            total_bytes,
            partition_rows: BTreeMap::new(),
        });
    }

    /// Records that a number of bytes of a file was checked.
    pub fn checked(&mut self, file: &str, bytes: u64) {
        self.files.insert(file.to_owned());
        self.bytes += bytes;
        self.advanced(file, bytes);
    }

    /// Records that a row group was decoded, whose size in the file is given in bytes.
    pub fn decoded(&mut self, file: &str, bytes: u64) {
        self.files.insert(file.to_owned());
        self.row_groups += 1;
        self.advanced(file, bytes);
    }

    fn advanced(&self, file: &str, bytes: u64) {
        if self.planned && bytes > 0 {
            self.progress.event(ProgressEvent::Advanced { partition: file.to_owned(), rows: 0, bytes });
        }
    }

    /// Adds the error of a file that could not be read.
    ///
    /// # Errors
    /// Returns [`Error::Internal`] unchanged, because it does not concern the file.
    pub fn add_error(&mut self, file: &str, expected: &str, error: Error) -> Result<()> {
        let kind = match error {
            Error::Internal { .. } => return Err(error),
            Error::Corrupted { .. } | Error::LogDamaged { .. } | Error::Encoding { .. } => FindingKind::Malformed,
            _ => FindingKind::Unreadable,
        };
        self.checked(file, 0);
        self.add(file, kind, expected, "", error.full_message());
        Ok(())
    }

    /// Adds a finding about a file.
    pub fn add(&mut self, file: &str, kind: FindingKind, expected: &str, actual: &str, message: String) {
        self.found.push(Finding {
            file: file.to_owned(),
            kind,
            expected: expected.to_owned(),
            actual: actual.to_owned(),
            message,
        });
    }

    /// Returns whether the verification should stop.
    pub fn enough(&self) -> bool {
        self.fail_fast && !self.found.is_empty()
    }

    /// Returns the findings as the result of a verification.
    pub fn into_result(
        self,
        backup_id: BackupId,
        verification_type: VerificationType,
        verified_at: jiff::Timestamp,
    ) -> VerificationResult {
        let failed: BTreeSet<&str> = self.found.iter().map(|finding| finding.file.as_str()).collect();
        VerificationResult {
            success: self.found.is_empty(),
            backup_id,
            verification_type,
            checksum_valid: self.found.is_empty(),
            files_verified: self.files.len() as u64,
            files_failed: failed.len() as u64,
            bytes_verified: self.bytes,
            row_groups_verified: self.row_groups,
            seed: None,
            compared: Vec::new(),
            errors: self.found,
            warnings: Vec::new(),
            verified_at,
            verification_time_ms: 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::traits::Silent;

    #[test]
    fn a_machine_without_threads_damages_no_backup() {
        let mut findings = Findings::new(true, &Silent);
        let error = || Error::Internal { action: "start threads".to_owned(), source: "none are left".into() };
        assert!(matches!(findings.add_error("data/p.parquet", "", error()), Err(Error::Internal { .. })));
        assert!(!findings.enough() && findings.files.is_empty());
        let error = Error::Encoding { action: "decode".to_owned(), source: "bad page".into() };
        findings.add_error("data/p.parquet", "", error).unwrap();
        assert_eq!(findings.found[0].kind, FindingKind::Malformed);
    }
}
