//! The order in which the backups of a repository are verified again.

use std::time::Duration;

use jiff::Timestamp;
use milvus_backup_core::{BackupId, BackupMetadata, CollectionRef, VerificationRecord, VerificationType};

/// A backup whose last verification is too long ago.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unverified {
    /// The collection of the backup.
    pub collection: CollectionRef,
    /// The identifier of the backup.
    pub backup_id: BackupId,
    /// The end of the last verification that compared as much; `None` if there was none.
    pub last: Option<Timestamp>,
}

/// Returns the backups that no verification of this depth, or a deeper one, has examined within `older_than`: those that
/// never were first, newest first, and then those whose verification is the longest ago. A round that ends early is
/// therefore continued by the next one, and all backups have their turn.
///
/// Verifications that are dated in the future do not count: a clock was wrong.
pub fn unverified(
    backups: &[BackupMetadata],
    depth: VerificationType,
    older_than: Duration,
    now: Timestamp,
) -> Vec<Unverified> {
    let limit = now.saturating_sub(older_than).unwrap_or(Timestamp::MIN);
    let mut found: Vec<(&BackupMetadata, Unverified)> = backups
        .iter()
        .filter_map(|metadata| {
            let (collection, backup_id) = (metadata.collection().ok()?, metadata.backup_id.clone());
            let last = last_verification(metadata, depth, now);
            let is_due = last.is_none_or(|last| last <= limit);
            is_due.then_some((metadata, Unverified { collection, backup_id, last }))
        })
        .collect();
    found.sort_by(|(one, first), (other, second)| {
        (first.last, std::cmp::Reverse(one.created_at)).cmp(&(second.last, std::cmp::Reverse(other.created_at)))
    });
    found.into_iter().map(|(_, unverified)| unverified).collect()
}

/// Returns the end of the last verification that compared at least as much as `depth`.
pub(super) fn last_verification(
    metadata: &BackupMetadata,
    depth: VerificationType,
    now: Timestamp,
) -> Option<Timestamp> {
    let counts = |record: &&VerificationRecord| {
        let is_deep_enough = record.verification_type == depth || record.verification_type == VerificationType::Deep;
        is_deep_enough && record.verified_at <= now
    };
    let records = metadata.verification.iter().chain(&metadata.earlier_verifications);
    records.filter(counts).map(|record| record.verified_at).max()
}
