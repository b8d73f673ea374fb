//! Options of `milvus-br adopt`.

use clap::Args;

/// Arguments of the command `adopt`.
#[derive(Debug, Clone, Args)]
pub(crate) struct AdoptArgs {
    /// Name by which milvus-backup knows the backup, as `list --foreign` prints it
    #[arg(value_name = "NAME")]
    pub(crate) foreign: String,
    /// Root in which milvus-backup keeps its backups: a directory or a URL
    #[arg(long, value_name = "ROOT")]
    pub(crate) from: String,
    /// Take only this collection, written COLLECTION or DATABASE.COLLECTION (repeatable) [default: all of the backup]
    #[arg(long = "collection", value_name = "COLLECTION")]
    pub(crate) collections: Vec<String>,
    /// Name of the backup here [default: the same]
    #[arg(long)]
    pub(crate) name: Option<String>,
    /// Tag to record with the backup (repeatable)
    #[arg(long = "tag", value_name = "TAG")]
    pub(crate) tags: Vec<String>,
}
