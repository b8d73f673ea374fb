//! `verification.json`: the outcomes of verifications.

use milvus_backup_core::VerificationRecord;
use serde::{Deserialize, Serialize};

/// The content of the document `verification.json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct VerificationDocument {
    pub(crate) format_version: u32,
    /// The outcome of the last verification.
    pub(crate) verification: VerificationRecord,
    /// The earlier ones that are not superseded, newest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) earlier_verifications: Vec<VerificationRecord>,
}

impl VerificationDocument {
    /// Returns all records, newest first.
    pub(crate) fn into_records(self) -> Vec<VerificationRecord> {
        let mut records = self.earlier_verifications;
        records.insert(0, self.verification);
        records
    }
}
