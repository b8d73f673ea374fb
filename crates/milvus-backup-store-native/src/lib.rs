//! The interface of the `milvus-backup` tool: the names it accepts, its command lines, and the meaning of its output.
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
//! Must always hold:
//!
//! - No shell is involved, and no value can be interpreted as a flag: every one follows `--flag=`.
//! - The child process receives the variables of [`child_environment`] and the explicit ones, and no others.
//! - An empty selection is an error. The tool would interpret it as "everything".
//! - No output makes a parser panic.
//!
//! # Limitations
//!
//! - The engine does not use the crate yet, and `milvus-br --storage native` is rejected.
//! - It runs only the command `create --help`, in [`Tool::probe`]. Progress, stopping an invocation, detecting one that
//!   hangs, and cleaning up after one that was killed are not implemented yet.
//! - It writes no configuration file for the tool, and does not read the directories that the tool writes.
//! - It does not support `check`, `server`, `migrate`, `l0compact`, `restore secondary`, roles and the REST interface.
//!
//! # Verification
//!
//! Flags, banner and output follow the source of `milvus-backup` 0.5 and notes on 0.6. The crate has not been run
//! against the tool itself: the tests use a script that prints the output found in the source.

mod commands;
mod content;
mod directory;
mod error;
mod foreign;
mod name;
mod namespace;
mod output;
mod rows;
mod tool;

pub use commands::{BackupFormat, Commands, CreateOptions, Invocation, RestoreOptions, RestoredCollection, Strategy};
pub use directory::ToolDirectory;
pub use error::{Error, Result};
pub use foreign::ToolRoot;
pub use name::NativeBackupName;
pub use namespace::Namespace;
pub use output::{BackupBrief, BackupList, CollectionBrief, IndexBrief};
pub use rows::NativeFormat;
pub use tool::{EXECUTABLE, Features, Tool, ToolVersion, child_environment};
