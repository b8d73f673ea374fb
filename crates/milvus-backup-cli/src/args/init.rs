//! Options of `milvus-br init`.

use clap::Args;

/// Arguments of the command `init`. What is written comes from the options of every command, such as `--uri` and
/// `--root`, and `--config` names the file.
#[derive(Debug, Clone, Args)]
pub(crate) struct InitArgs {
    /// Write `~/.config/milvus-br/config.toml`, which applies in every directory, instead of `./milvus-br.toml`
    #[arg(long, conflicts_with = "config")]
    pub(crate) user: bool,
    /// Collection that a nightly job backs up (repeatable); without any, the job is only an example
    #[arg(long = "collection", value_name = "COLLECTION")]
    pub(crate) collections: Vec<String>,
}
