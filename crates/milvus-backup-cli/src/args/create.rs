//! Options of `milvus-br create`.

use std::num::NonZeroUsize;

use clap::{Args, ValueEnum};
use clap_complete::ArgValueCompleter;

use crate::completion::collections;

use super::encoding::EncodingArgs;

/// Arguments of the command `create`.
#[derive(Debug, Clone, Args)]
pub(crate) struct CreateArgs {
    /// Names or aliases of the collections to back up, or patterns such as `prod_*`, `shop.*` and `*.*` (in quotes)
    #[arg(required_unless_present_any = ["resume", "all"], value_name = "COLLECTION|PATTERN", add = ArgValueCompleter::new(collections))]
    pub(crate) collections: Vec<String>,
    /// Back up all collections of all databases
    #[arg(long, conflicts_with_all = ["collections", "resume"])]
    pub(crate) all: bool,
    /// Leave out the collections with this name, or that match this pattern, in any database (repeatable)
    #[arg(long, value_name = "PATTERN", conflicts_with = "resume")]
    pub(crate) exclude: Vec<String>,
    /// Maximum number of collections to back up concurrently; they share the memory limit
    #[arg(long, value_name = "N", default_value = "8", env = "MILVUS_BR_PARALLEL")]
    pub(crate) parallel: NonZeroUsize,
    /// Only report which collections would be backed up
    #[arg(long, conflicts_with = "resume")]
    pub(crate) dry_run: bool,
    /// Resume an interrupted backup, keeping its completed data files
    #[arg(long, value_name = "BACKUP")]
    pub(crate) resume: Option<String>,
    /// Back up only this partition (repeatable)
    #[arg(long = "partition", value_name = "PARTITION")]
    pub(crate) partitions: Vec<String>,
    /// Name of the backup, and of the set if there are several [default: `COLLECTION_YYYYMMDD_HHMMSS`, and none]
    #[arg(long)]
    pub(crate) name: Option<String>,
    /// Tag to record with the backup (repeatable)
    #[arg(long = "tag", value_name = "TAG")]
    pub(crate) tags: Vec<String>,
    #[command(flatten)]
    pub(crate) encoding: EncodingArgs,
    /// Do not save the index definitions
    #[arg(long)]
    pub(crate) no_indexes: bool,
    /// Do not verify the backup after it is written
    #[arg(long)]
    pub(crate) no_verify: bool,
    /// Continue with the remaining partitions if one fails; the backup is then partial and the exit code is 3
    #[arg(long)]
    pub(crate) skip_failed_partitions: bool,
    /// What to do if the collection, or a partition to back up, is not loaded
    #[arg(long, value_name = "POLICY", default_value = "auto", env = "MILVUS_BR_LOAD")]
    pub(crate) load: Load,
    /// What the rows are read from
    #[arg(long, value_name = "SOURCE", default_value = "auto", env = "MILVUS_BR_SOURCE")]
    pub(crate) source: Source,
    /// Fail if rows may be missing: if Milvus stores or counts a different number of rows than it returns, without a
    /// known reason
    #[arg(long, env = "MILVUS_BR_STRICT")]
    pub(crate) strict: bool,
    /// Protect the segments of the collection from compaction while they are read (Milvus 3.0.1 and later), so that rows
    /// that are deleted meanwhile are not missing
    #[arg(long, env = "MILVUS_BR_PROTECT_FROM_COMPACTION")]
    pub(crate) protect_from_compaction: bool,
}

/// The policies for a collection that is not loaded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Load {
    /// Load it, and release it afterwards
    Auto,
    /// Fail without loading anything
    Never,
}

/// The sources of the rows of a backup.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Source {
    /// Segment files if --milvus-storage is given and is the storage of this Milvus, otherwise queries
    Auto,
    /// Queries, which need the collection in memory
    Query,
    /// The segment files of Milvus in --milvus-storage, as they were at one moment
    Segments,
}
