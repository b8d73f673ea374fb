//! Options of `milvus-br import`.

use clap::Args;

use crate::sizes::parse_size;

/// Arguments of the command `import`.
#[derive(Debug, Clone, Args)]
pub(crate) struct ImportArgs {
    /// Archive that `export --archive` wrote, or `-` for standard input
    #[arg(value_name = "FILE")]
    pub(crate) archive: String,
    /// Maximum number of uncompressed bytes per second, such as 50MB [default: unlimited]
    #[arg(long, value_name = "SIZE", value_parser = parse_size, env = "MILVUS_BR_BANDWIDTH")]
    pub(crate) bandwidth: Option<u64>,
}
