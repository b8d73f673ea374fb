//! Options of `milvus-br export`.

use clap::Args;

use super::encoding::EncodingArgs;

/// Arguments of the command `export`.
#[derive(Debug, Clone, Args)]
pub(crate) struct ExportArgs {
    /// Native backup to export: an identifier, a unique prefix, a name, or COLLECTION@latest
    pub(crate) backup: String,
    /// Root of the new backup; it is created if it does not exist
    #[arg(long, value_name = "ROOT")]
    pub(crate) to: String,
    /// Name of the new backup [default: that of the native backup]
    #[arg(long)]
    pub(crate) name: Option<String>,
    /// Tag to record with the new backup (repeatable) [default: those of the native backup]
    #[arg(long = "tag", value_name = "TAG")]
    pub(crate) tags: Vec<String>,
    #[command(flatten)]
    pub(crate) encoding: EncodingArgs,
    /// Do not verify the new backup after it is written
    #[arg(long)]
    pub(crate) no_verify: bool,
}
