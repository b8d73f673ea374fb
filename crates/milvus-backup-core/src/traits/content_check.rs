//! A check of what is in data files.

use std::collections::HashSet;
use std::fmt::Debug;

use async_trait::async_trait;

use super::findings::Findings;
use crate::error::Result;
use crate::model::StoredBackup;
use crate::params::VerificationParams;

/// Checks what is in the data files, which only the format that wrote them can.
#[async_trait]
pub trait ContentCheck: Send + Sync + Debug {
    /// Returns the number of bytes that [`ContentCheck::check`] will report as checked. `present` are the files that are
    /// there in their recorded size.
    fn planned_bytes(&self, backup: &StoredBackup, params: &VerificationParams, present: &HashSet<&str>) -> u64;

    /// Checks the data files, and adds what is wrong with them to `findings`.
    ///
    /// # Errors
    /// What keeps the check from going on; damage is a finding.
    async fn check(
        &self,
        backup: &StoredBackup,
        params: &VerificationParams,
        present: &HashSet<&str>,
        findings: &mut Findings<'_>,
    ) -> Result<()>;
}
