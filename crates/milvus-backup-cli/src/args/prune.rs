//! Options of `milvus-br prune`.

use clap::Args;
use clap_complete::ArgValueCompleter;

use crate::completion::collections;

use super::keep::{KeepArgs, RULES};

/// Arguments of the command `prune`.
#[derive(Debug, Clone, Args)]
pub(crate) struct PruneArgs {
    /// Consider only the backups of this collection
    #[arg(value_name = "COLLECTION", add = ArgValueCompleter::new(collections))]
    pub(crate) collection: Option<String>,
    /// Keep the newest N full backups of each collection, and the newest N of each set of partitions; 0 disables the rule
    #[arg(long, value_name = "N", env = "MILVUS_BR_KEEP_COUNT")]
    pub(crate) keep_count: Option<u32>,
    /// Keep backups that are younger than N days; 0 disables the rule
    #[arg(long, value_name = "N", env = "MILVUS_BR_KEEP_DAYS")]
    pub(crate) keep_days: Option<u32>,
    /// Always keep at least N full backups of a collection, and N of each set of partitions
    #[arg(long, value_name = "N", env = "MILVUS_BR_MIN_KEEP")]
    pub(crate) min_keep: Option<u32>,
    /// Do not let a full backup displace others if it has fewer rows than this fraction (0 to 1) of the previous one; 0
    /// disables the check
    #[arg(long, value_name = "R", env = "MILVUS_BR_MIN_ROWS_RATIO")]
    pub(crate) min_rows_ratio: Option<f64>,
    /// Remove incomplete backups, and the temporary collections of interrupted operations, instead
    #[arg(long, conflicts_with_all = ["collection", "keep_count", "keep_days", "min_keep"], conflicts_with_all = RULES)]
    pub(crate) incomplete: bool,
    /// Only report what would be deleted
    #[arg(long)]
    pub(crate) dry_run: bool,
    #[command(flatten)]
    pub(crate) keep: KeepArgs,
}
