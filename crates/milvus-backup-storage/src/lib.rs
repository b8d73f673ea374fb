//! Object stores for backups: opened by location, with retries, and with the features that only a local disk has.
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
//! Operations that only a local disk supports (synchronising a directory, rejecting symbolic links, removing empty
//! directories, measuring free space) are methods of [`Storage`], each of which documents its behaviour for an object
//! store.

mod directory;
pub mod error;
mod local;
mod pool;
mod retrying;
mod storage;
mod upload;
mod window;

pub use directory::Directory;
pub use pool::{ALIGNMENT, BufferPool, PooledBuffer};
pub use storage::Storage;
pub use upload::{AbandonedUploads, Upload};
pub use window::{Window, WindowReader};
