//! Options of `milvus-br export`.

use clap::{ArgGroup, Args, ValueEnum};
use clap_complete::ArgValueCompleter;

use super::encoding::EncodingArgs;
use crate::completion::backups;
use crate::sizes::parse_size;

/// Arguments of the command `export`.
#[derive(Debug, Clone, Args)]
#[command(group = ArgGroup::new("destination").required(true).args(["to", "archive"]))]
pub(crate) struct ExportArgs {
    /// Backup to export: an identifier, a unique prefix, a name, or COLLECTION@latest
    #[arg(add = ArgValueCompleter::new(backups))]
    pub(crate) backup: String,
    /// Root of a new backup with the rows of a native backup; it is created if it does not exist
    #[arg(long, value_name = "ROOT")]
    pub(crate) to: Option<String>,
    /// Archive of any backup as it is, for `import`: a new file that ends in .tar.zst, .tar.lz4 or .tar.gz, or `-` for
    /// standard output
    #[arg(long, value_name = "FILE", conflicts_with_all = ["name", "tags", "no_verify"])]
    pub(crate) archive: Option<String>,
    /// Compression of an archive on standard output [default: zstd]
    #[arg(long, value_name = "CODEC", requires = "archive")]
    pub(crate) archive_codec: Option<ArchiveCodec>,
    /// Maximum number of bytes per second of an archive before compression, such as 50MB [default: unlimited]
    #[arg(long, value_name = "SIZE", value_parser = parse_size, env = "MILVUS_BR_BANDWIDTH")]
    pub(crate) bandwidth: Option<u64>,
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

/// The compressions of archives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ArchiveCodec {
    Zstd,
    Lz4,
    Gzip,
}
