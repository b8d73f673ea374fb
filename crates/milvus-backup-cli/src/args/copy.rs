//! Options of `milvus-br copy`.

use clap::{ArgGroup, Args};
use clap_complete::ArgValueCompleter;

use crate::completion::{backups, collections};

use crate::sizes::parse_size;

/// Arguments of the command `copy`.
#[derive(Debug, Clone, Args)]
#[command(group = ArgGroup::new("selection").required(true).multiple(true).args(["backups", "all", "collections", "tags"]))]
pub(crate) struct CopyArgs {
    /// Backups to copy: identifiers, unique prefixes, names, or COLLECTION@latest
    #[arg(value_name = "BACKUP", add = ArgValueCompleter::new(backups), conflicts_with_all = ["all", "collections", "tags"])]
    pub(crate) backups: Vec<String>,
    /// Root that the backups are copied to; it is created if it does not exist
    #[arg(long, value_name = "ROOT")]
    pub(crate) to: String,
    /// Root that the backups are copied from, instead of the one of the global option
    #[arg(long, value_name = "ROOT")]
    pub(crate) from: Option<String>,
    /// Copy all backups of the root
    #[arg(long, conflicts_with_all = ["collections", "tags"])]
    pub(crate) all: bool,
    /// Copy the backups of this collection; repeat it for more
    #[arg(long = "collection", value_name = "COLLECTION", add = ArgValueCompleter::new(collections))]
    pub(crate) collections: Vec<String>,
    /// Copy the backups with this tag; repeat it for more. With --collection, only those of these collections
    #[arg(long = "tag", value_name = "TAG")]
    pub(crate) tags: Vec<String>,
    /// Maximum number of bytes per second, such as 50MB [default: unlimited]
    #[arg(long, value_name = "SIZE", value_parser = parse_size, env = "MILVUS_BR_BANDWIDTH")]
    pub(crate) bandwidth: Option<u64>,
    /// Number of files that are copied at the same time, from 1 to 64
    #[arg(long, value_name = "N", default_value_t = 4, env = "MILVUS_BR_COPY_CONCURRENCY")]
    pub(crate) concurrency: usize,
}
