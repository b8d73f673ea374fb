//! Retention: which backups are kept or deleted, and for which reasons.
//!
//! ```
//! use milvus_backup_core::{BackupId, BackupState, BackupType, BackupVersion, DecisionAction, RetentionResult};
//! use milvus_backup_retention::RetentionPolicy;
//!
//! let backup = |date: &str| -> Result<BackupVersion, Box<dyn std::error::Error>> {
//!     let created_at = date.parse()?;
//!     Ok(BackupVersion {
//!         backup_id: BackupId::new(created_at, [0; 4]),
//!         backup_name: date.to_owned(),
//!         database: "default".to_owned(),
//!         collection_name: "items".to_owned(),
//!         created_at,
//!         backup_type: BackupType::FullCollection,
//!         partition_names: ["_default".to_owned()].into(),
//!         is_partial: false,
//!         row_count: 1000,
//!         size_bytes: 1 << 30,
//!         state: BackupState::Completed,
//!         is_verified: false,
//!         tags: vec![],
//!         set_id: None,
//!         pin: None,
//!     })
//! };
//! let backups = [backup("2026-09-01T00:00:00Z")?, backup("2026-11-01T00:00:00Z")?];
//! let policy = RetentionPolicy { retention_count: 1, retention_days: 30, ..RetentionPolicy::OFF };
//!
//! let decisions = policy.decide(&backups, "2026-11-22T00:00:00Z".parse()?);
//! assert_eq!(decisions[0].action, DecisionAction::Keep);
//! assert_eq!(decisions[1].reasons, ["no rule keeps it: 2nd newest full backup (keep 1), 82 days old (keep 30 days)"]);
//! assert_eq!(RetentionResult::new(&backups, decisions, true, vec![]).storage_to_free_gb, 1.0);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Pure policy: no clock, no files, no runtime, and no errors. The same input results in the same decisions, in any
//! order. Deleting is left to the caller, who must decide again whenever the list of backups has changed.

mod calendar;
mod decide;
mod keep;
mod numbers;
mod policy;
mod position;
mod rules;
mod sets;
mod summary;
mod track;
mod warnings;

pub use milvus_backup_core::calculate_storage_savings;
pub use policy::RetentionPolicy;
