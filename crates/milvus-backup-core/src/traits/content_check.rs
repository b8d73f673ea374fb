//! The check of the contents of data files.

use std::collections::HashSet;
use std::fmt::Debug;

use async_trait::async_trait;

use super::findings::Findings;
use crate::error::Result;
use crate::model::StoredBackup;
use crate::params::VerificationParams;

/// A row group whose rows are checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SampledGroup {
    /// The data file, by its path in the backup.
    pub file: String,
    /// The position of the row group in its file, from 0.
    pub index: usize,
    /// Its share of the size of the file, in bytes.
    pub bytes: u64,
}

/// Checks the contents of data files, which requires the format that wrote them.
#[async_trait]
pub trait ContentCheck: Send + Sync + Debug {
    /// Selects the row groups to check. `present` are the files that exist with their recorded size.
    fn sample(&self, backup: &StoredBackup, params: &VerificationParams, present: &HashSet<&str>) -> Vec<SampledGroup>;

    /// Checks the data files and the rows of the sampled row groups, and adds their damage to `findings`.
    ///
    /// # Errors
    /// Errors that prevent the check from continuing; damage is a finding.
    async fn check(&self, backup: &StoredBackup, sample: &[SampledGroup], findings: &mut Findings<'_>) -> Result<()>;
}
