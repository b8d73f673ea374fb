//! Options of `milvus-br config`.

use clap::{Args, Subcommand};

/// Arguments of the command `config`.
#[derive(Debug, Clone, Args)]
pub(crate) struct ConfigArgs {
    #[command(subcommand)]
    pub(crate) action: ConfigAction,
}

/// What to do with the configuration.
#[derive(Debug, Clone, Subcommand)]
pub(crate) enum ConfigAction {
    /// Print the values that apply, without secrets
    Show(ConfigShowArgs),
    /// Check the configuration, and the files that it names
    Check,
    /// Print the JSON Schema of configuration files
    Schema,
}

/// Arguments of the command `config show`.
#[derive(Debug, Clone, Args)]
pub(crate) struct ConfigShowArgs {
    /// Print where each value comes from: an option, a variable, a line of a file, or the defaults
    #[arg(long)]
    pub(crate) origin: bool,
}
