//! Object stores for backups: opened by location, with retries, and with the properties of their medium.
//!
//! A [`Storage`] is the root of a repository. It creates [`Directory`] values, through which documents are read,
//! created and deleted, and [`Window`] values, through which large objects are read. It is used by the crates that
//! maintain a repository, write data files or read Milvus' own files; none of them depends on the location of the
//! objects.
//!
//! ```
//! use milvus_backup_storage::Storage;
//!
//! # let root = std::env::temp_dir().join("milvus-backup-storage-example");
//! # let runtime = tokio::runtime::Builder::new_current_thread().build()?;
//! # runtime.block_on(async {
//! let storage = Storage::open(root.to_str().unwrap_or("backups"))?;
//! let directory = storage.directory("items");
//! assert_eq!(directory.read_document("notes.json", 1 << 20).await?, None);
//! # Ok::<(), milvus_backup_core::Error>(())
//! # })?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! A root is a directory, or a prefix in a bucket or container of an object store (`s3://`, `az://`, `gs://`), whose
//! client is configured by [`StoreOptions`]. Operations that only one of them supports (synchronising a directory,
//! rejecting symbolic links, measuring free space, aborting uploads) are methods of [`Storage`], each of which documents
//! its behaviour for the other.

mod directory;
pub mod error;
mod local;
mod location;
mod medium;
mod options;
mod place;
mod pool;
mod probe;
mod remote;
mod retrying;
mod service_error;
mod storage;
#[cfg(test)]
mod test_environment;
mod transfer_rules;
mod upload;
mod versioned;
mod window;

pub use directory::{Directory, Entry};
pub use options::StoreOptions;
pub use place::{Bucket, BucketCredentials, Endpoint, Place};
pub use pool::{ALIGNMENT, BufferPool, PooledBuffer};
pub use probe::{Check, Outcome, ProbeExtent, ProbeReport, Promise};
pub use storage::Storage;
pub use upload::{AbandonedUploads, Upload};
pub use versioned::VersionedObject;
pub use window::{Window, WindowReader, split};
