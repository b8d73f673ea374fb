//! Arguments of the commands that only select backups: `list`, `show` and `delete`.

use clap::Args;
use clap_complete::ArgValueCompleter;

use crate::completion::{backups, collections};

/// Arguments of the command `list`.
#[derive(Debug, Clone, Args)]
pub(crate) struct ListArgs {
    /// List only the backups of this collection
    #[arg(value_name = "COLLECTION", add = ArgValueCompleter::new(collections))]
    pub(crate) collection: Option<String>,
    /// List the sets of backups that one command made of several collections
    #[arg(long, conflicts_with_all = ["collection", "foreign"])]
    pub(crate) sets: bool,
    /// List the backups below this root that milvus-backup wrote on its own: a directory or a URL
    #[arg(long, value_name = "ROOT", conflicts_with = "collection")]
    pub(crate) foreign: Option<String>,
}

/// Arguments of the command `show`.
#[derive(Debug, Clone, Args)]
pub(crate) struct ShowArgs {
    /// Backup or set to show: an identifier, a unique prefix, a name, or COLLECTION@latest
    #[arg(value_name = "BACKUP", add = ArgValueCompleter::new(backups))]
    pub(crate) backup: String,
}

/// Arguments of the command `delete`.
#[derive(Debug, Clone, Args)]
pub(crate) struct DeleteArgs {
    /// Backups or sets to delete: identifiers, unique prefixes, names, or COLLECTION@latest; a set with all its backups
    #[arg(required = true, value_name = "BACKUP", add = ArgValueCompleter::new(backups))]
    pub(crate) backups: Vec<String>,
}
