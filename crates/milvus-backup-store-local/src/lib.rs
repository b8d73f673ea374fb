//! The logical backend: the rows of a backup as plain Parquet files in a repository.
//!
//! [`LocalStore`] implements [`milvus_backup_core::BackupStore`]. Its files are described in `docs/format.md`: any
//! tool that reads Parquet can read a backup, without this crate. The protocol of the repository is
//! `milvus-backup-repository`'s; this crate is what is in the data files.
//!
//! ```
//! use milvus_backup_core::BackupStore;
//! use milvus_backup_store_local::LocalStore;
//!
//! # let directory = std::env::temp_dir().join("milvus-backup-doc-example");
//! # let runtime = tokio::runtime::Builder::new_current_thread().build()?;
//! # runtime.block_on(async {
//! let store = LocalStore::open(directory.to_str().unwrap_or("backups"))?;
//! for backup in store.list(None).await?.backups {
//!     println!("{} {} rows", backup.backup_id, backup.row_count);
//! }
//! # Ok::<(), milvus_backup_core::Error>(())
//! # })?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod chunk;
mod decode;
mod encoding;
#[cfg(test)]
mod hostile;
#[cfg(test)]
mod open_uploads;
mod pages;
mod restore;
mod sample;
mod store;
mod vectors;
mod write;

pub use store::LocalStore;
