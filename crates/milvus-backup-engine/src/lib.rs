//! The engine of the Milvus backup system: the operations on backups, composed of a Milvus server and a repository.
//!
//! [`BackupManager`] creates, restores, verifies, prunes and deletes backups. [`BackupRepository`] has the operations that
//! do not need Milvus. The command `milvus-br` is a thin layer over both, and services use them in the same way. The
//! engine contains no network, file format or clock: they are injected through the traits of `milvus-backup-core`.
//!
//! ```
//! use milvus_backup_core::{BackupParams, CollectionName, Result};
//! use milvus_backup_engine::BackupManager;
//!
//! /// Backs up a collection under a name, and returns the identifier of the backup.
//! async fn before_migration(manager: &BackupManager, collection: &CollectionName) -> Result<String> {
//!     let params = BackupParams::full().with_name("pre_migration").with_tag("migration");
//!     let result = manager.create_backup(collection, &params).await?;
//!     println!("{} rows, {:.2} MB", result.row_count, result.size_mb());
//!     Ok(result.backup_id)
//! }
//! ```

mod adopt;
mod archive;
mod builder;
mod copy;
mod create;
mod diagnosis;
mod export;
mod identity;
mod instance;
mod known_issues;
mod lease;
mod maintain;
mod manager;
mod repository;
mod restore;
mod schedule;
mod selection;
mod transfer;
mod uncommitted;
mod undo_stack;
mod verify;
mod watchdog;

pub use builder::BackupManagerBuilder;
pub use instance::{
    Chosen, CollectionPattern, Databases, Instance, MemberRestore, NameMapping, Selection, SetCreation, SetOutcome,
    SetRestoration,
};
pub use maintain::{Orphan, OrphanKind, RetentionPlan, SAFETY_AGE};
pub use manager::BackupManager;
pub use repository::BackupRepository;
pub use schedule::{
    CLOCK_TOLERANCE, CopyTarget, Freshness, JobOutcome, JobPlan, JobState, LATENESS, MissedRuns, NextStep, RunRecord,
    RunStart, StepFailure, Timetable, Timing, Unverified, VerificationRound, freshness, next_step, unverified,
};
pub use selection::{FoundBackup, MIN_PREFIX};
pub use verify::{RowComparison, compare_rows};
