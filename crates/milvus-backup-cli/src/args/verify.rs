//! Options of `milvus-br verify`.

use std::time::Duration;

use clap::{Args, ValueEnum};
use clap_complete::ArgValueCompleter;

use crate::completion::backups;
use crate::sizes::parse_duration;

/// Arguments of the command `verify`.
#[derive(Debug, Clone, Args)]
pub(crate) struct VerifyArgs {
    /// Backup or set to verify: an identifier, a unique prefix, a name, or COLLECTION@latest
    #[arg(value_name = "BACKUP", add = ArgValueCompleter::new(backups), required_unless_present = "all")]
    pub(crate) backup: Option<String>,
    /// Verify all backups of the root, those whose last verification is the longest ago first
    #[arg(long, conflicts_with = "backup")]
    pub(crate) all: bool,
    /// With --all, only those whose last verification, in this mode or a deeper one, is longer ago than this, such as 7d
    /// [default: `deep_verification_interval_days` in deep mode, otherwise all]
    #[arg(long, value_name = "TIME", value_parser = parse_duration, requires = "all", conflicts_with = "backup")]
    pub(crate) older_than: Option<Duration>,
    /// With --all, start no further verification after this time, such as 2h; the next one continues
    #[arg(long, value_name = "TIME", value_parser = parse_duration, requires = "all", conflicts_with = "backup")]
    pub(crate) budget: Option<Duration>,
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
