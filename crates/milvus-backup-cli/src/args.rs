//! The command line.

use std::path::PathBuf;
use std::time::Duration;

use clap::builder::styling::{AnsiColor, Styles};
use clap::{ArgAction, Args, Parser, Subcommand, ValueEnum};

use crate::sizes::{parse_duration, parse_size};

const STYLES: Styles =
    Styles::styled().header(AnsiColor::Green.on_default().bold()).literal(AnsiColor::Cyan.on_default().bold());

const AFTER_HELP: &str = "\
Examples:
  milvus-br create articles                        back up a collection
  milvus-br create articles --partition p2026_01   back up one partition
  milvus-br list                                   all backups, newest first
  milvus-br verify articles@latest                 check every byte of the newest full backup
  milvus-br restore articles@latest --to articles_copy

BACKUP is an identifier, a unique prefix of one, a backup name, or COLLECTION@latest: its newest
complete full backup. A collection of another database is DATABASE.COLLECTION, as list prints it.

Exit codes: 0 done; 1 failed; 2 usage; 3 finished with something left out; 10 not found; 11 locked;
12 authentication; 13 integrity check failed; 14 Milvus unreachable or unsupported; 15 refused by a
safety rule; 16 not enough space; 17 storage failed; 18 deadline passed; 130 and 143 signals.";

/// Back up, verify and restore Milvus collections.
#[derive(Debug, Parser)]
#[command(name = "milvus-br", version, styles = STYLES, after_help = AFTER_HELP, max_term_width = 100)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// Options of every command, accepted before and after its name.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Global options")]
pub(crate) struct Global {
    /// Address of Milvus, whose path may name the database, or a path ending in .db for Milvus Lite
    #[arg(long, global = true, env = "MILVUS_URI", hide_env_values = true, default_value = "http://localhost:19530")]
    pub(crate) uri: String,
    /// File that holds the token (user:password or an API key); or set `MILVUS_TOKEN`
    #[arg(long, global = true, value_name = "FILE", env = "MILVUS_BR_TOKEN_FILE")]
    pub(crate) token_file: Option<PathBuf>,
    /// Database of the collections; default: the one in the address, else `default`
    #[arg(long, global = true, env = "MILVUS_DB")]
    pub(crate) db: Option<String>,
    /// Where the backups are: a directory
    #[arg(long, global = true, env = "MILVUS_BR_ROOT")]
    pub(crate) root: Option<String>,
    /// Backend that holds the backups
    #[arg(long, global = true, env = "MILVUS_BR_STORAGE")]
    pub(crate) storage: Option<Storage>,
    /// TOML file with settings
    #[arg(long, global = true, value_name = "FILE", env = "MILVUS_BR_CONFIG")]
    pub(crate) config: Option<PathBuf>,
    /// Print one JSON document
    #[arg(long, global = true, env = "MILVUS_BR_JSON", value_parser = clap::builder::FalseyValueParser::new())]
    pub(crate) json: bool,
    /// Do not ask before deleting
    #[arg(long, short = 'y', global = true, env = "MILVUS_BR_YES", value_parser = clap::builder::FalseyValueParser::new())]
    pub(crate) yes: bool,
    /// Form of the progress, on standard error
    #[arg(long, global = true, value_name = "FORM", env = "MILVUS_BR_PROGRESS", default_value = "text")]
    pub(crate) progress: ProgressForm,
    /// Memory for rows on their way
    #[arg(long, global = true, value_name = "SIZE", value_parser = parse_size, env = "MILVUS_BR_MEMORY_LIMIT")]
    pub(crate) memory_limit: Option<u64>,
    /// Deadline, such as 30s, 10m or 1h, connecting included; each deletion has its own
    #[arg(long, global = true, value_name = "TIME", value_parser = parse_duration, env = "MILVUS_BR_TIMEOUT")]
    pub(crate) timeout: Option<Duration>,
    /// No progress
    #[arg(long, short = 'q', global = true, env = "MILVUS_BR_QUIET", value_parser = clap::builder::FalseyValueParser::new())]
    pub(crate) quiet: bool,
    /// Say more; twice for everything
    #[arg(long, short = 'v', global = true, action = ArgAction::Count)]
    pub(crate) verbose: u8,
    /// PEM file of the authority that signed the server's certificate
    #[arg(long, global = true, value_name = "FILE", env = "MILVUS_BR_TLS_CA", hide_short_help = true)]
    pub(crate) tls_ca: Option<PathBuf>,
    /// PEM file of this client's certificate
    #[arg(long, global = true, value_name = "FILE", env = "MILVUS_BR_TLS_CERT", hide_short_help = true)]
    pub(crate) tls_cert: Option<PathBuf>,
    /// PEM file of this client's private key
    #[arg(long, global = true, value_name = "FILE", env = "MILVUS_BR_TLS_KEY", hide_short_help = true)]
    pub(crate) tls_key: Option<PathBuf>,
    /// Name in the server's certificate, where it differs from the host
    #[arg(long, global = true, value_name = "NAME", env = "MILVUS_BR_TLS_SERVER_NAME", hide_short_help = true)]
    pub(crate) tls_server_name: Option<String>,
}

/// How progress is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ProgressForm {
    /// A bar on a terminal, a line now and then elsewhere
    Text,
    /// One JSON document a line
    Json,
}

/// The backends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Storage {
    /// Plain Parquet on any object store root
    Local,
    /// The milvus-backup tool
    Native,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Back up collections
    Create(CreateArgs),
    /// List backups, newest first
    List(ListArgs),
    /// Show everything about one backup
    Show(ShowArgs),
    /// Check a backup against its checksums
    Verify(VerifyArgs),
    /// Bring a backup back as a collection
    Restore(RestoreArgs),
    /// Delete backups
    Delete(DeleteArgs),
    /// Delete the backups that no retention rule keeps, or what dead operations left
    Prune(PruneArgs),
}

/// Arguments of `create`.
#[derive(Debug, Clone, Args)]
pub(crate) struct CreateArgs {
    /// The collections
    #[arg(required_unless_present = "resume", value_name = "COLLECTION")]
    pub(crate) collections: Vec<String>,
    /// Go on with a backup that was cut off, from the data files that are complete
    #[arg(long, value_name = "BACKUP")]
    pub(crate) resume: Option<String>,
    /// Back up only this partition; may be given several times
    #[arg(long = "partition", value_name = "PARTITION")]
    pub(crate) partitions: Vec<String>,
    /// Name of the backup; default `COLLECTION_YYYYMMDD_HHMMSS`
    #[arg(long)]
    pub(crate) name: Option<String>,
    /// Label of the backup; may be given several times
    #[arg(long = "tag", value_name = "TAG")]
    pub(crate) tags: Vec<String>,
    /// Size at which a data file is closed and the next one begun
    #[arg(long, value_name = "SIZE", value_parser = parse_size, env = "MILVUS_BR_CHUNK_SIZE")]
    pub(crate) chunk_size: Option<u64>,
    /// Partitions, and ranges of large ones, that are read at the same time
    #[arg(long, value_name = "N", env = "MILVUS_BR_CONCURRENCY")]
    pub(crate) concurrency: Option<usize>,
    /// Compression inside the Parquet files
    #[arg(long, env = "MILVUS_BR_COMPRESSION")]
    pub(crate) compression: Option<Compression>,
    /// Compression level: 1 is fast, 9 is small
    #[arg(long, value_name = "1..9", value_parser = clap::value_parser!(u8).range(1..=9), env = "MILVUS_BR_LEVEL")]
    pub(crate) level: Option<u8>,
    /// Digest over the files
    #[arg(long, env = "MILVUS_BR_CHECKSUM")]
    pub(crate) checksum: Option<Checksum>,
    /// Do not save index definitions
    #[arg(long)]
    pub(crate) no_indexes: bool,
    /// Do not verify the backup once it is written
    #[arg(long)]
    pub(crate) no_verify: bool,
    /// Go on with the other partitions when one fails; the backup is then partial, and the exit code 3
    #[arg(long)]
    pub(crate) skip_failed_partitions: bool,
    /// What to do with a collection, or with partitions, that are not loaded
    #[arg(long, value_name = "POLICY", default_value = "auto", env = "MILVUS_BR_LOAD")]
    pub(crate) load: Load,
    /// Fail if rows may be missing: if Milvus stores or counts other rows than it returns, and nothing explains it
    #[arg(long, env = "MILVUS_BR_STRICT")]
    pub(crate) strict: bool,
}

/// The codecs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Compression {
    Zstd,
    Snappy,
    Gzip,
    None,
}

/// The digests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Checksum {
    Sha256,
    Blake2b,
    Md5,
}

/// What to do with a collection that is not loaded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Load {
    /// Load it, and release it afterwards
    Auto,
    /// Refuse
    Never,
}

/// Arguments of `list`.
#[derive(Debug, Clone, Args)]
pub(crate) struct ListArgs {
    /// Only the backups of this collection
    #[arg(value_name = "COLLECTION")]
    pub(crate) collection: Option<String>,
}

/// Arguments of `show`.
#[derive(Debug, Clone, Args)]
pub(crate) struct ShowArgs {
    /// The backup
    #[arg(value_name = "BACKUP")]
    pub(crate) backup: String,
}

/// Arguments of `verify`.
#[derive(Debug, Clone, Args)]
pub(crate) struct VerifyArgs {
    /// The backup
    #[arg(value_name = "BACKUP")]
    pub(crate) backup: String,
    /// How deep to go
    #[arg(long, default_value = "checksum", env = "MILVUS_BR_MODE")]
    pub(crate) mode: Mode,
    /// Percentage of the row groups that a quick verification decodes
    #[arg(long, value_name = "PERCENT", default_value_t = 10.0, env = "MILVUS_BR_SAMPLE")]
    pub(crate) sample: f64,
    /// Choose the same sample as an earlier quick verification
    #[arg(long, value_name = "N", env = "MILVUS_BR_SEED")]
    pub(crate) seed: Option<u64>,
    /// List everything that is wrong, instead of stopping at the first finding
    #[arg(long)]
    pub(crate) no_fail_fast: bool,
}

/// The depths of verification.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Mode {
    /// Presence, size and digest of every file
    Checksum,
    /// Digests of the small files, the footer of every data file, and a sample of the rows decoded
    Quick,
    /// Everything of checksum, and a restore into a temporary collection that is read back
    Deep,
}

/// Arguments of `restore`.
#[derive(Debug, Clone, Args)]
pub(crate) struct RestoreArgs {
    /// The backup
    #[arg(value_name = "BACKUP")]
    pub(crate) backup: String,
    /// Name of the restored collection; default: the name it had
    #[arg(long, value_name = "NAME")]
    pub(crate) to: Option<String>,
    /// Restore only this partition; may be given several times
    #[arg(long = "partition", value_name = "PARTITION")]
    pub(crate) partitions: Vec<String>,
    /// Replace an existing collection, once the new rows are in place and counted
    #[arg(long)]
    pub(crate) drop_existing: bool,
    /// Let --drop-existing replace a collection by some of its partitions; the others are lost
    #[arg(long, requires = "drop_existing")]
    pub(crate) replace_with_part: bool,
    /// Load the collection into memory afterwards
    #[arg(long)]
    pub(crate) load: bool,
    /// Do not create the indexes
    #[arg(long)]
    pub(crate) no_indexes: bool,
    /// Do not verify the backup first
    #[arg(long)]
    pub(crate) no_verify: bool,
    /// Go on with the other partitions when one fails
    #[arg(long)]
    pub(crate) skip_failed_partitions: bool,
    /// Give the collection the aliases it had; one that another collection has is never taken
    #[arg(long, conflicts_with = "into_existing")]
    pub(crate) with_aliases: bool,
    /// Insert into an existing collection whose schema fits; its rows stay
    #[arg(long, conflicts_with = "drop_existing")]
    pub(crate) into_existing: bool,
    /// Make the database named by --db, with the properties it had, if it does not exist
    #[arg(long)]
    pub(crate) create_database: bool,
    /// What happens to primary keys that the server had generated
    #[arg(long, value_name = "POLICY", default_value = "preserve", env = "MILVUS_BR_AUTO_ID")]
    pub(crate) auto_id: AutoId,
    /// How rows get into Milvus
    #[arg(long, value_name = "METHOD", default_value = "insert", env = "MILVUS_BR_METHOD")]
    pub(crate) method: Method,
    /// Batches that are inserted, or files that are imported, at the same time
    #[arg(long, value_name = "N", env = "MILVUS_BR_CONCURRENCY")]
    pub(crate) concurrency: Option<usize>,
}

/// How rows get into Milvus.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Method {
    /// They are read here, compared with their digests, and inserted
    Insert,
    /// Milvus reads the files by itself, under the same path (bulk import; experimental)
    Import,
}

/// What happens to generated primary keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum AutoId {
    /// Keep them, and keep autoID on; refused where the server cannot do it
    Preserve,
    /// Let the server make new ones
    Regenerate,
    /// Keep them in a collection that has autoID off
    Plain,
}

/// Arguments of `delete`.
#[derive(Debug, Clone, Args)]
pub(crate) struct DeleteArgs {
    /// The backups
    #[arg(required = true, value_name = "BACKUP")]
    pub(crate) backups: Vec<String>,
}

/// Arguments of `prune`.
#[derive(Debug, Clone, Args)]
pub(crate) struct PruneArgs {
    /// Only the backups of this collection
    #[arg(value_name = "COLLECTION")]
    pub(crate) collection: Option<String>,
    /// Keep the newest N full backups of each collection, and N of each set of partitions; 0 switches the rule off
    #[arg(long, value_name = "N", env = "MILVUS_BR_KEEP_COUNT")]
    pub(crate) keep_count: Option<u32>,
    /// Keep backups that are younger than N days; 0 switches the rule off
    #[arg(long, value_name = "N", env = "MILVUS_BR_KEEP_DAYS")]
    pub(crate) keep_days: Option<u32>,
    /// Never go below N full backups of a collection, nor N of a set of partitions
    #[arg(long, value_name = "N", env = "MILVUS_BR_MIN_KEEP")]
    pub(crate) min_keep: Option<u32>,
    /// Full backups with fewer rows than this share (0 to 1) of the last one before them do not displace others; 0 switches
    /// the warning off
    #[arg(long, value_name = "R", env = "MILVUS_BR_MIN_ROWS_RATIO")]
    pub(crate) min_rows_ratio: Option<f64>,
    /// Remove what dead operations left instead: backups without a commit, and temporary collections in Milvus
    #[arg(long, conflicts_with_all = ["collection", "keep_count", "keep_days", "min_keep"])]
    pub(crate) incomplete: bool,
    /// Only say what would be deleted
    #[arg(long)]
    pub(crate) dry_run: bool,
}
