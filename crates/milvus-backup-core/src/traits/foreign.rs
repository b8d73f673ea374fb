//! Backups that another program made, outside of any repository.

use std::fmt::Debug;

use async_trait::async_trait;
use serde::Serialize;

use super::catalog::CollectionDescription;
use super::physical::{Payload, PayloadRequest};
use super::progress::Progress;
use crate::error::Result;
use crate::names::CollectionRef;

/// A backup that another program made, outside of any repository.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ForeignBackup {
    /// The name by which the program knows it.
    pub name: String,
    /// The collections in it, with their databases.
    pub collections: Vec<String>,
    /// Bytes of all its files.
    pub size_bytes: u64,
    /// Version string of the server; empty if it is not recorded.
    pub milvus_version: String,
    /// The reason why it cannot be read; `None` if its metadata can be.
    pub problem: Option<String>,
}

/// A collection in a backup that another program made.
#[derive(Debug, Clone, PartialEq)]
pub struct ForeignCollection {
    /// The definition of the collection when the backup was made.
    pub description: CollectionDescription,
    /// Version string of the server.
    pub milvus_version: String,
    /// Time at which the backup was made (UTC), if it is recorded.
    pub created_at: Option<jiff::Timestamp>,
    /// Whether the collection was in memory.
    pub was_loaded: bool,
}

/// The backups that another program made at one place, which are untrusted input.
///
/// # Errors
/// Every method fails with [`crate::Error::Storage`] if the place cannot be read.
#[async_trait]
pub trait ForeignBackups: Send + Sync + Debug {
    /// Returns the place, human-readable and without credentials.
    fn location(&self) -> &str;

    /// Lists the backups, in ascending order of names. Those that cannot be read are listed with the reason.
    async fn list(&self) -> Result<Vec<ForeignBackup>>;

    /// Returns one backup, without reading the others.
    ///
    /// # Errors
    /// [`crate::Error::BackupNotFound`], [`crate::Error::Corrupted`] if its metadata cannot be read, and
    /// [`crate::Error::InvalidParameter`] for a name that the program would not take.
    async fn find(&self, name: &str) -> Result<ForeignBackup>;

    /// Describes a collection of a backup.
    ///
    /// # Errors
    /// [`crate::Error::BackupNotFound`], [`crate::Error::Corrupted`] if the collection is not in the backup, and
    /// [`crate::Error::Unsupported`] for a definition that cannot be kept.
    async fn describe(&self, name: &str, collection: &CollectionRef) -> Result<ForeignCollection>;

    /// Copies the files of a collection into the directory of an uncommitted backup, computes their digests, and decodes
    /// all rows.
    ///
    /// # Errors
    /// [`crate::Error::Corrupted`] for damage.
    async fn take(&self, name: &str, request: &PayloadRequest<'_>, progress: &dyn Progress) -> Result<Payload>;
}
