//! Models, configuration, errors and traits of the Milvus backup system, and the [`BackupManager`] that composes them.
//!
//! This crate does no I/O. Milvus, the store, time and randomness come in through traits: [`Milvus`],
//! [`BackupStore`], [`Clock`] and [`Entropy`].
//!
//! ```
//! use milvus_backup_core::{BackupManager, BackupParams, CollectionName, Result};
//!
//! /// Backs up a collection under a name, and returns the identifier of the backup.
//! async fn before_migration(manager: &BackupManager, collection: &CollectionName) -> Result<String> {
//!     let params = BackupParams::full().with_name("pre_migration").with_tag("migration");
//!     let result = manager.create_backup(collection, &params).await?;
//!     println!("{} rows, {:.2} MB", result.row_count, result.size_mb());
//!     Ok(result.backup_id)
//! }
//! ```
//!
//! Without the default feature `manager` the crate is models, configuration and errors only.

#[cfg(feature = "manager")]
mod access;
mod config;
mod error;
mod identity;
mod model;
mod names;
mod params;
pub mod schema;

#[cfg(feature = "manager")]
mod environment;
#[cfg(feature = "manager")]
mod manager;
#[cfg(feature = "manager")]
mod milvus;
#[cfg(feature = "manager")]
mod progress;
mod retry;
#[cfg(feature = "manager")]
mod store;
mod wording;

#[cfg(feature = "manager")]
pub use access::Access;
pub use config::{BackupRecoveryConfig, validate_ratio};
#[cfg(feature = "manager")]
pub use environment::{Clock, Entropy, Environment, Interrupt, InterruptHandle};
pub use error::{Error, ErrorKind, Hint, Result, ServerLimit, Source};
pub use identity::{CollectionChange, CollectionMark, PinnedCollection};
#[cfg(feature = "manager")]
pub use manager::{BackupManager, BackupRepository, Leftover, LeftoverKind, RetentionPlan, SAFETY_AGE};
#[cfg(feature = "manager")]
pub use milvus::{
    ALLOW_INSERT_AUTO_ID, Capabilities, Catalog, CollectionDescription, KeyCensus, KeyRange, LoadState, Milvus,
    PreserveAutoId, ReadPoint, RowSink, RowSource, ScanRequest, TTL_SECONDS,
};
pub use model::*;
pub use names::{
    BackupId, CollectionName, CollectionRef, DEFAULT_DATABASE, MAX_NAME_LENGTH, path_segment, validate_name,
    validate_new_collection_name,
};
pub use params::{AutoIdPolicy, BackupParams, LoadPolicy, RestoreMethod, RestoreParams, VerificationParams};
#[cfg(feature = "manager")]
pub use progress::{BackupProgress, Operation, Progress, ProgressEvent, ProgressTracker, Silent};
pub use retry::RetryPolicy;
#[cfg(feature = "manager")]
pub use store::{
    BackedUpDefinition, BackupPlan, BackupStore, BrokenBackup, CollectionLock, Completion, IncompleteBackup,
    InterruptedBackup, Listing, OwnerState, PartitionPlan, PendingBackup, RestorePlan, RestoredPartition,
    RowComparison, UnfinishedCollection,
};
