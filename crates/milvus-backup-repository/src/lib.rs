//! The protocol of a backup repository, as described in `docs/format.md`: the paths of files, the commit of a backup,
//! the exclusion of concurrent changes, and the comparison of files with their recorded digests.
//!
//! It depends neither on Arrow nor on Parquet: the contents of data files belong to the backend that writes them. The
//! stores use a [`RepositoryHandle`] to find their directories and to commit the files that they wrote.
//!
//! ```
//! use milvus_backup_repository::RepositoryHandle;
//! use milvus_backup_storage::Storage;
//!
//! # let root = std::env::temp_dir().join("milvus-backup-repository-example");
//! # let runtime = tokio::runtime::Builder::new_current_thread().build()?;
//! # runtime.block_on(async {
//! let repository = RepositoryHandle::new(Storage::open(root.to_str().unwrap_or("backups"))?);
//! for backup in repository.list_backups(None).await?.backups {
//!     println!("{} {} rows", backup.backup_id, backup.row_count);
//! }
//! # Ok::<(), milvus_backup_core::Error>(())
//! # })?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod archive;
mod catalogue;
mod commit;
mod copy;
mod described;
mod diagnosis;
mod documents;
mod handle;
mod incomplete;
mod journal;
pub mod layout;
mod lease;
mod listing;
mod marker;
mod pins;
mod process;
mod removal;
mod repository;
mod sets;
mod staging;
mod stored_sizes;
#[cfg(test)]
mod test_environment;
mod transaction;
#[cfg(test)]
mod untrusted_input;
mod verify;

pub use copy::copy_object;
pub use handle::RepositoryHandle;
pub use transaction::BackupTransaction;
pub use verify::{choose_sample, digest_object};
