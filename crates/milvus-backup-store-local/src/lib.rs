//! The logical backend's data files: the rows of a backup as plain Parquet in a repository.
//!
//! [`ParquetFormat`] implements [`milvus_backup_core::RowFormat`]. Its files are described in `docs/format.md`: any
//! tool that reads Parquet can read a backup, without this crate. The crate is responsible only for the contents of
//! data files: `milvus-backup-repository` implements the protocol of the repository, and the engine moves the rows.
//!
//! ```
//! use milvus_backup_core::{Repository, RowFormat};
//! use milvus_backup_repository::RepositoryHandle;
//! use milvus_backup_storage::Storage;
//! use milvus_backup_store_local::ParquetFormat;
//!
//! # let directory = std::env::temp_dir().join("milvus-backup-doc-example");
//! # let runtime = tokio::runtime::Builder::new_current_thread().build()?;
//! # runtime.block_on(async {
//! let repository = RepositoryHandle::new(Storage::open(directory.to_str().unwrap_or("backups"))?);
//! let format = ParquetFormat::new(repository.clone());
//! for backup in repository.list(None).await?.backups {
//!     println!("{} {} rows, {}", backup.backup_id, backup.row_count, format.storage_type());
//! }
//! # Ok::<(), milvus_backup_core::Error>(())
//! # })?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod chunk;
mod chunk_files;
mod decode;
mod encoding;
#[cfg(test)]
mod every_type;
mod format;
#[cfg(test)]
mod open_uploads;
mod pages;
mod quick_check;
#[cfg(test)]
mod untrusted_input;
mod vectors;
mod write;

pub use format::ParquetFormat;
