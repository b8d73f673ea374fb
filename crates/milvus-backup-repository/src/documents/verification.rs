//! `verification.json`: the outcomes of verifications.

use milvus_backup_core::VerificationRecord;
use serde::{Deserialize, Serialize};

/// `verification.json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct VerificationDocument {
    pub(crate) format_version: u32,
    /// The last one.
    pub(crate) verification: VerificationRecord,
    /// Those before it that still say something, newest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) earlier_verifications: Vec<VerificationRecord>,
}

impl VerificationDocument {
    /// All that is kept, newest first.
    pub(crate) fn into_records(self) -> Vec<VerificationRecord> {
        let mut records = self.earlier_verifications;
        records.insert(0, self.verification);
        records
    }
}
