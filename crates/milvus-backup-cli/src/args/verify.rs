//! Options of `milvus-br verify`.

use clap::{Args, ValueEnum};
use clap_complete::ArgValueCompleter;

use crate::completion::backups;

/// Arguments of the command `verify`.
#[derive(Debug, Clone, Args)]
pub(crate) struct VerifyArgs {
    /// Backup to verify: an identifier, a unique prefix, a name, or COLLECTION@latest
    #[arg(value_name = "BACKUP", add = ArgValueCompleter::new(backups))]
    pub(crate) backup: String,
    /// How thorough the check is
    #[arg(long, default_value = "checksum", env = "MILVUS_BR_MODE")]
    pub(crate) mode: Mode,
    /// Percentage of the row groups to decode in quick mode
    #[arg(long, value_name = "PERCENT", default_value_t = 10.0, env = "MILVUS_BR_SAMPLE")]
    pub(crate) sample: f64,
    /// Seed of the sample in quick mode, to repeat an earlier verification
    #[arg(long, value_name = "N", env = "MILVUS_BR_SEED")]
    pub(crate) seed: Option<u64>,
    /// Report all damage instead of stopping at the first finding
    #[arg(long)]
    pub(crate) no_fail_fast: bool,
}

/// The modes of verification.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Mode {
    /// Check the presence, size and digest of every file
    Checksum,
    /// Check the digests of the small files and the footer of every data file, and decode a sample of the rows
    Quick,
    /// In addition to checksum, restore into a temporary collection and compare its rows
    Deep,
}
