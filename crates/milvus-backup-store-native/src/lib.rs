//! The `milvus-backup` tool from outside: the names it takes, its command lines, and what its answers mean.
//!
//! ```
//! use milvus_backup_core::BackupId;
//! use milvus_backup_store_native::{
//!     BackupList, Commands, CreateOptions, Features, Namespace, NativeBackupName, Strategy,
//! };
//!
//! let id: BackupId = "20261122T073015Z-4f9c2a7e".parse()?;
//! let name = NativeBackupName::from(&id);
//! assert_eq!(name.as_str(), "mbr_20261122T073015Z_4f9c2a7e");
//! assert_eq!(name.backup_id(), Some(id));
//!
//! let options = CreateOptions { strategy: Some(Strategy::SerialFlush), ..CreateOptions::default() };
//! let commands = Commands::new(Features::of_release(0, 6, 0)).with_config("backup.yaml");
//! let create = commands.create(&name, &[Namespace::new("default", "articles")?], &options)?;
//! assert_eq!(create.arguments()[2], "--name=mbr_20261122T073015Z_4f9c2a7e");
//! assert_eq!(create.arguments()[3], "--filter=default.articles");
//!
//! let list = BackupList::parse(">> Backups:\nmbr_20261122T073015Z_4f9c2a7e\n")?;
//! assert_eq!(list.names, [name]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! What must always hold:
//!
//! - No shell is involved, and no value can be taken for a flag: every one stands behind `--flag=`.
//! - The child sees the variables of [`child_environment`] and those it was given, and no others.
//! - An empty selection is an error. The tool takes it for "everything".
//! - No output makes a parser panic.
//!
//! # What it does not do yet
//!
//! - The engine does not use it yet, and `milvus-br --storage native` is refused.
//! - Of the commands it runs none but `create --help`, in [`Tool::probe`]. Progress, stopping a run, watching for one that
//!   hangs, and cleaning up after one that was killed are to come.
//! - It writes no configuration file for the tool, and does not read the directories that the tool writes.
//! - It knows nothing of `check`, `server`, `migrate`, `l0compact`, `restore secondary`, roles and the REST interface.
//!
//! # What it was checked against
//!
//! Flags, banner and output are those in the source of `milvus-backup` 0.5 and in notes on 0.6. It has not been run against
//! the tool itself: the tests use a script that prints what the source prints.

mod commands;
mod error;
mod name;
mod namespace;
mod output;
mod tool;

pub use commands::{BackupFormat, Commands, CreateOptions, Invocation, RestoreOptions, RestoredCollection, Strategy};
pub use error::{Error, Result};
pub use name::NativeBackupName;
pub use namespace::Namespace;
pub use output::{BackupBrief, BackupList, CollectionBrief, IndexBrief};
pub use tool::{EXECUTABLE, Features, Tool, ToolVersion, child_environment};
