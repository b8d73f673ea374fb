//! The vocabulary of the Milvus backup system: names, schemas, metadata, parameters, results, configuration and errors,
//! and the traits that separate its parts.
//!
//! Every other crate of the system uses it. This crate does no I/O: Milvus, stores, time and randomness are supplied
//! through traits, [`Milvus`], [`Repository`], [`RowFormat`], [`Clock`] and [`Entropy`]. The crate
//! `milvus-backup-engine` composes them.
//!
//! ```
//! use milvus_backup_core::{BackupParams, CollectionName, Error, Result};
//!
//! /// Returns the checked parameters of a nightly job.
//! fn nightly(collection: &str) -> Result<(CollectionName, BackupParams)> {
//!     let params = BackupParams::full().with_tag("nightly");
//!     params.validate()?;
//!     Ok((collection.parse()?, params))
//! }
//!
//! let (collection, params) = nightly("products")?;
//! assert_eq!((collection.as_str(), params.tags.as_slice()), ("products", ["nightly".to_owned()].as_slice()));
//! assert!(matches!(nightly(""), Err(Error::InvalidParameter { .. })));
//! # Ok::<(), Error>(())
//! ```
//!
//! Without the default feature `traits` the crate contains only data, and is built without Arrow and without anything
//! asynchronous.

mod config;
mod error;
mod identity;
mod keep;
mod model;
mod names;
mod params;
mod retry;
pub mod schema;
mod set_id;
mod storage_settings;
#[cfg(feature = "traits")]
mod traits;
pub mod wording;

pub use config::{BackupRecoveryConfig, validate_ratio};
pub use error::{Error, ErrorKind, Hint, Result, ServerLimit, Source};
pub use identity::{CollectionChange, CollectionMark, PinnedCollection};
pub use keep::{CalendarDuration, KeepRules, TagSet, TimeZoneName};
pub use model::*;
pub use names::{
    BackupId, CollectionName, CollectionRef, DEFAULT_DATABASE, MAX_NAME_LENGTH, path_segment, validate_name,
    validate_new_collection_name,
};
pub use params::{
    AutoIdPolicy, BackupParams, CopyParams, LoadPolicy, RestoreMethod, RestoreParams, SourceChoice, VerificationParams,
};
pub use retry::RetryPolicy;
pub use set_id::SetId;
pub use storage_settings::StorageSettings;
#[cfg(feature = "traits")]
pub use traits::*;
