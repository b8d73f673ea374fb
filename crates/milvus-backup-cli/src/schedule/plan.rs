//! The plan of a run, from the settings of its job.

use std::num::NonZeroUsize;
use std::time::Duration;

use milvus_backup_core::{BackupParams, BackupRecoveryConfig, CopyParams, Result, RetentionRules, VerificationType};
use milvus_backup_engine::{CopyTarget, JobPlan, Selection};
use milvus_backup_retention::RetentionPolicy;

use crate::context::Context;
use crate::settings::{Depth, JobRetention, JobSettings, JobVerification};

/// Number of collections that a job backs up concurrently by default.
const DEFAULT_PARALLEL: usize = 8;

/// Returns what a run of the job does.
pub(super) fn plan(job: &JobSettings, context: &Context) -> Result<JobPlan> {
    let config = &context.config;
    let mut backup = BackupParams::full();
    backup.tags.clone_from(&job.tags);
    backup.timeout = context.timeout();
    let copies = job.copies.iter().map(|copy| {
        let repository = context.repository_at(&copy.root)?;
        let retention = copy.retention.as_ref().map(|retention| rules(retention, config));
        Ok(CopyTarget { repository, params: CopyParams::default(), retention })
    });
    Ok(JobPlan {
        selection: Selection::parse(&job.collections, &job.exclude)?,
        at_once: job.parallel.map_or(DEFAULT_PARALLEL, NonZeroUsize::get),
        backup,
        verification: job.verification.map(|verification| repeated(verification, config)),
        copies: copies.collect::<Result<_>>()?,
        retention: job.retention.as_ref().map(|retention| rules(retention, config)),
    })
}

fn repeated(verification: JobVerification, config: &BackupRecoveryConfig) -> (VerificationType, Duration) {
    let depth = match verification.mode {
        Depth::Checksum => VerificationType::Checksum,
        Depth::Quick => VerificationType::Quick,
        Depth::Deep => VerificationType::Deep,
    };
    let days = verification.interval_days.unwrap_or(config.deep_verification_interval_days);
    (depth, Duration::from_hours(24 * u64::from(days)))
}

fn rules(retention: &JobRetention, config: &BackupRecoveryConfig) -> Box<dyn RetentionRules> {
    Box::new(RetentionPolicy {
        retention_count: retention.count.unwrap_or(config.retention_count),
        retention_days: retention.days.unwrap_or(config.retention_days),
        min_backups_to_keep: retention.min_keep.unwrap_or(config.min_backups_to_keep),
        min_rows_ratio: retention.min_rows_ratio.or(config.min_rows_ratio),
        keep: retention.keep.clone().unwrap_or_else(|| config.keep.clone()),
    })
}
