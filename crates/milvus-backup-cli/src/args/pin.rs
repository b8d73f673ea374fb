//! Arguments of `milvus-br pin` and `milvus-br unpin`.

use clap::Args;
use clap_complete::ArgValueCompleter;

use crate::completion::backups;

/// Arguments of the command `pin`.
#[derive(Debug, Clone, Args)]
pub(crate) struct PinArgs {
    /// Backups or sets to pin: identifiers, unique prefixes, names, or COLLECTION@latest; of a set, all its backups
    #[arg(required = true, value_name = "BACKUP", add = ArgValueCompleter::new(backups))]
    pub(crate) backups: Vec<String>,
    /// Reason to record, which `list --json`, `show` and `prune` print
    #[arg(long, value_name = "TEXT")]
    pub(crate) reason: Option<String>,
}

/// Arguments of the command `unpin`.
#[derive(Debug, Clone, Args)]
pub(crate) struct UnpinArgs {
    /// Backups or sets to unpin: identifiers, unique prefixes, names, or COLLECTION@latest; of a set, all its backups
    #[arg(required = true, value_name = "BACKUP", add = ArgValueCompleter::new(backups))]
    pub(crate) backups: Vec<String>,
}
