//! [`Medium`]: the properties in which a directory and an object store differ.

use std::fmt;
use std::path::Path;
use std::time::SystemTime;

use async_trait::async_trait;
use milvus_backup_core::Result;

/// The properties of the place that holds the objects, beyond reading and writing them. Each method documents its
/// behaviour for an object store.
#[async_trait]
pub(crate) trait Medium: fmt::Debug + Send + Sync {
    /// Returns the root as a local path; `None` for an object store.
    fn local_root(&self) -> Option<&Path>;

    /// Returns whether the root exists. The root of an object store always does: a bucket that is missing is an error
    /// of each call to it.
    fn exists(&self) -> Result<bool>;

    /// Creates the root. An object store needs none.
    fn create(&self) -> Result<()>;

    /// Returns the number of free bytes; `None` for an object store, which reports no limit.
    fn available_bytes(&self) -> Result<Option<u64>>;

    /// Checks that there is no symbolic link on the path from the root to `directory`, nor below it. An object store
    /// has no links.
    async fn refuse_links(&self, directory: &str) -> Result<()>;

    /// Checks that there is no symbolic link on the path from the root to an object, which need not exist. An object
    /// store has no links.
    async fn refuse_links_to(&self, object: &str) -> Result<()>;

    /// Makes removals from a directory durable. Those from an object store are durable when they return.
    async fn sync(&self, directory: &str) -> Result<()>;

    /// Removes a directory whose objects were deleted. An object store has no directories.
    async fn remove_directory(&self, directory: &str) -> Result<()>;

    /// Removes a directory and its parents below the root, as far as they are empty. An object store has no
    /// directories.
    fn remove_empty(&self, directory: &str);

    /// Removes temporary files of interrupted writes of documents: those that have not been modified since a time, or
    /// all. An object store has none.
    fn remove_temporary_files(&self, directory: &str, unchanged_since: Option<SystemTime>);

    /// Lists the files of interrupted uploads below a directory, as paths from the root. A directory has none: its
    /// uploads are temporary files.
    async fn open_uploads(&self, directory: &str) -> Result<Vec<String>>;

    /// Aborts the interrupted uploads below a directory, and removes the parts that were sent.
    async fn abort_uploads(&self, directory: &str) -> Result<()>;

    /// Returns whether this is an object store to which each call is a request over a network.
    fn is_remote(&self) -> bool;

    /// Returns the time of the store at its last response, if it reported one. A directory has the time of this
    /// machine.
    fn store_time(&self) -> Option<jiff::Timestamp>;
}
