//! Options of `milvus-br completions` and `milvus-br man`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

/// Arguments of the command `completions`.
#[derive(Debug, Clone, Args)]
pub(crate) struct CompletionsArgs {
    /// Shell that runs the script
    #[arg(value_name = "SHELL")]
    pub(crate) shell: Shell,
}

/// The shells with completions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Shell {
    Bash,
    Zsh,
    Fish,
    Powershell,
}

/// Arguments of the command `man`.
#[derive(Debug, Clone, Args)]
pub(crate) struct ManArgs {
    /// Directory of the manual pages; it is created if it does not exist
    #[arg(value_name = "DIR")]
    pub(crate) directory: PathBuf,
}
