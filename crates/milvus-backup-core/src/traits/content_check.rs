//! The check of the contents of data files.

use std::collections::HashSet;
use std::fmt::Debug;

use async_trait::async_trait;

use super::findings::Findings;
use crate::error::Result;
use crate::model::StoredBackup;
use crate::params::VerificationParams;

/// Checks the contents of data files, which requires the format that wrote them.
#[async_trait]
pub trait ContentCheck: Send + Sync + Debug {
    /// Returns the number of bytes that [`ContentCheck::check`] will report as checked. `present` are the files that
    /// exist with their recorded size.
    fn planned_bytes(&self, backup: &StoredBackup, params: &VerificationParams, present: &HashSet<&str>) -> u64;

    /// Checks the data files, and adds their damage to `findings`.
    ///
    /// # Errors
    /// Errors that prevent the check from continuing; damage is a finding.
    async fn check(
        &self,
        backup: &StoredBackup,
        params: &VerificationParams,
        present: &HashSet<&str>,
        findings: &mut Findings<'_>,
    ) -> Result<()>;
}
