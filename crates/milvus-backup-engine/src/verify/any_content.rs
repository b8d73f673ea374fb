//! [`AnyContent`]: the check of the contents of backups of every kind.

use std::collections::HashSet;

use async_trait::async_trait;
use milvus_backup_core::{
    ContentCheck, Error, Findings, PayloadKind, Result, SampledGroup, StoredBackup, VerificationParams,
};

/// Checks the contents of a backup by its kind.
#[derive(Debug)]
pub(super) struct AnyContent<'a> {
    /// The check of files with rows of this program.
    pub(super) rows: &'a dyn ContentCheck,
    /// The check of files that another program wrote, if they can be read.
    pub(super) physical: Option<&'a dyn ContentCheck>,
}

impl AnyContent<'_> {
    fn of(&self, backup: &StoredBackup) -> Option<&dyn ContentCheck> {
        match backup.manifest.kind {
            PayloadKind::MilvusBackup => self.physical,
            _ => Some(self.rows),
        }
    }
}

#[async_trait]
impl ContentCheck for AnyContent<'_> {
    fn sample(&self, backup: &StoredBackup, params: &VerificationParams, present: &HashSet<&str>) -> Vec<SampledGroup> {
        self.of(backup).map_or_else(Vec::new, |content| content.sample(backup, params, present))
    }

    async fn check(&self, backup: &StoredBackup, sample: &[SampledGroup], findings: &mut Findings<'_>) -> Result<()> {
        let unreadable = || Error::Unsupported { what: "reading the rows of backups by milvus-backup".to_owned() };
        self.of(backup).ok_or_else(unreadable)?.check(backup, sample, findings).await
    }
}
