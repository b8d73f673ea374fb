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
//! - No value is interpreted by a shell, nor as a flag: every one follows `--flag=`.
//! - Secrets are in the configuration file of an invocation, in a directory that only this user may enter, and in no
//!   argument, variable or message.
//! - No success that the tool reports is believed: what it wrote is compared with the server.
//! - No process of the tool outlives the call that started it, nor this process.
//! - The child process receives the variables of [`child_environment`] and the explicit ones, and no others.
//! - An empty selection is an error. The tool would interpret it as "everything".
//! - No output makes a parser panic.
//!
//! # Limitations
//!
//! - The storage of Milvus and that of the backups are directories, or buckets with the protocol of S3.
//! - Partitions, roles, and collections with other names than letters, digits and `_` are not backed up.
//! - A server that keeps its data in a directory imports from a directory only, under the same path.
//! - It does not support `check`, `server`, `migrate`, `l0compact`, `restore secondary` and the REST interface.
//!
//! # Verification
//!
//! Flags, configuration, output and files follow what `milvus-backup` 0.5.16 and the line of 0.6 did on a real Milvus 2.3.5.
//! The tests have a stand-in for it that is compared with the tool itself wherever that is installed.

mod backend;
mod commands;
mod configuration;
mod content;
mod directory;
mod error;
mod failure;
mod foreign;
mod name;
mod namespace;
mod output;
mod process;
mod rows;
mod tool;

pub use backend::{NativeBackend, NativeBackendParts};
pub use commands::{BackupFormat, Commands, CreateOptions, Invocation, RestoreOptions, RestoredCollection, Strategy};
pub use configuration::{MilvusServer, ServerTls, ToolSettings};
pub use directory::ToolDirectory;
pub use error::{Error, Result};
pub use foreign::ToolRoot;
pub use name::NativeBackupName;
pub use namespace::Namespace;
pub use output::{BackupBrief, BackupList, CollectionBrief, IndexBrief};
pub use rows::NativeFormat;
pub use tool::{EXECUTABLE, Features, Tool, ToolVersion, child_environment};
