//! Options of `milvus-br restore`.

use std::num::NonZeroUsize;

use clap::{Args, ValueEnum};
use clap_complete::ArgValueCompleter;

use crate::completion::backups;

/// Arguments of the command `restore`.
#[derive(Debug, Clone, Args)]
pub(crate) struct RestoreArgs {
    /// Backup to restore: an identifier, a unique prefix, a name, or COLLECTION@latest; or a set, by its identifier, a unique
    /// prefix or its name
    #[arg(value_name = "BACKUP", add = ArgValueCompleter::new(backups))]
    pub(crate) backup: String,
    /// Name of the restored collection [default: its original name]
    #[arg(long, value_name = "NAME")]
    pub(crate) to: Option<String>,
    /// Of a set, restore only the collections with this name, or that match this pattern (repeatable)
    #[arg(long, value_name = "PATTERN")]
    pub(crate) only: Vec<String>,
    /// Restore collections of a set to other databases or names, such as `prod.*=staging.*` or `*=*_copy` (repeatable; the
    /// first one that applies counts)
    #[arg(long, value_name = "FROM=TO", conflicts_with = "to")]
    pub(crate) map: Vec<String>,
    /// Maximum number of collections of a set to restore concurrently
    #[arg(long, value_name = "N", default_value = "4", env = "MILVUS_BR_PARALLEL")]
    pub(crate) parallel: NonZeroUsize,
    /// Restore only this partition (repeatable)
    #[arg(long = "partition", value_name = "PARTITION")]
    pub(crate) partitions: Vec<String>,
    /// Replace an existing collection, after the new rows are inserted and counted
    #[arg(long)]
    pub(crate) drop_existing: bool,
    /// Allow --drop-existing to replace a whole collection with some of its partitions; all others are lost
    #[arg(long, requires = "drop_existing")]
    pub(crate) replace_with_part: bool,
    /// Load the collection into memory afterwards
    #[arg(long)]
    pub(crate) load: bool,
    /// Do not create the indexes
    #[arg(long)]
    pub(crate) no_indexes: bool,
    /// Do not verify the backup before restoring it
    #[arg(long)]
    pub(crate) no_verify: bool,
    /// Continue with the remaining partitions if one fails; the exit code is then 3
    #[arg(long)]
    pub(crate) skip_failed_partitions: bool,
    /// Restore the aliases of the collection, except those that another collection has
    #[arg(long, conflicts_with = "into_existing")]
    pub(crate) with_aliases: bool,
    /// Insert into an existing collection with a compatible schema, whose rows are kept
    #[arg(long, conflicts_with = "drop_existing")]
    pub(crate) into_existing: bool,
    /// Create the target database, with the properties in the backup, if it does not exist; of a set, each of them
    #[arg(long)]
    pub(crate) create_database: bool,
    /// What to do with primary keys that the server generated
    #[arg(long, value_name = "POLICY", default_value = "preserve", env = "MILVUS_BR_AUTO_ID")]
    pub(crate) auto_id: AutoId,
    /// How to write the rows to Milvus
    #[arg(long, value_name = "METHOD", default_value = "auto", env = "MILVUS_BR_METHOD")]
    pub(crate) method: Method,
    /// Number of batches to insert, or of files to import, concurrently
    #[arg(long, value_name = "N", env = "MILVUS_BR_CONCURRENCY")]
    pub(crate) concurrency: Option<usize>,
}

/// The methods of writing rows to Milvus.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Method {
    /// `tool` for a native backup that milvus-backup can restore into this Milvus, `insert` for all others
    Auto,
    /// Read the rows, compare them with their digests, and insert them
    Insert,
    /// Let Milvus import the files itself, from the same path (bulk import; experimental)
    Import,
    /// Let milvus-backup restore a native backup
    Tool,
}

/// The policies for generated primary keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum AutoId {
    /// Keep the keys and autoID; refused if the server cannot do that
    Preserve,
    /// Let the server generate new keys
    Regenerate,
    /// Keep the keys in a collection without autoID
    Plain,
}
