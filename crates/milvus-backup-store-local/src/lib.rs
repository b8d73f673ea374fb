//! A backup repository of plain Parquet, over `object_store`.
//!
//! [`LocalStore`] implements [`milvus_backup_core::BackupStore`]. Its files are described in `docs/format.md`: any
//! tool that reads Parquet can read a backup, without this crate.
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

mod buffers;
mod chunk;
mod commit;
mod decode;
#[cfg(target_os = "linux")]
mod direct;
mod documents;
mod error;
#[cfg(test)]
mod hostile;
mod layout;
mod leftovers;
mod links;
mod lock;
mod objects;
mod process;
mod read;
mod restore;
mod retrying;
mod root;
mod store;
mod vectors;
mod verify;
mod window;
mod write;

pub use store::LocalStore;
