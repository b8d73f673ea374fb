//! Options of every command.

use std::path::PathBuf;
use std::time::Duration;

use clap::{ArgAction, Args, ValueEnum};

use crate::sizes::{parse_duration, parse_size};

/// Options of every command, accepted before and after its name.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Global options")]
pub(crate) struct Global {
    /// Address of Milvus, whose path may name a database, or the path of a Milvus Lite database (*.db)
    /// [default: `http://localhost:19530`, or as configured]
    #[arg(long, global = true, env = "MILVUS_URI", hide_env_values = true)]
    pub(crate) uri: Option<String>,
    /// File that contains the token: user:password or an API key (alternative: the variable `MILVUS_TOKEN`)
    #[arg(long, global = true, value_name = "FILE", env = "MILVUS_BR_TOKEN_FILE")]
    pub(crate) token_file: Option<PathBuf>,
    /// Database of the collections [default: the one in the address, or `default`]
    #[arg(long, global = true, env = "MILVUS_DB")]
    pub(crate) db: Option<String>,
    /// Root of the backups: a directory, or `s3://bucket/prefix`, `az://container/prefix` or `gs://bucket/prefix`
    /// [default: `./milvus_backups`, or as configured]
    #[arg(long, global = true, env = "MILVUS_BR_ROOT")]
    pub(crate) root: Option<String>,
    /// Storage backend of the backups [default: local, or as configured]
    #[arg(long, global = true, env = "MILVUS_BR_STORAGE")]
    pub(crate) storage: Option<Storage>,
    /// Root of the storage in which Milvus keeps its own data, which has the directory `insert_log`: a directory, or a URL
    /// like that of the root. Backups then read segment files, see `create --source`
    #[arg(long, global = true, value_name = "DIR|URL", env = "MILVUS_BR_MILVUS_STORAGE")]
    pub(crate) milvus_storage: Option<String>,
    /// Executable of the milvus-backup tool, 0.5.15 or newer, for native backups [default: `milvus-backup` on the `PATH`]
    #[arg(long, global = true, value_name = "FILE", env = "MILVUS_BR_NATIVE_TOOL", hide_short_help = true)]
    pub(crate) native_tool: Option<PathBuf>,
    /// Start a repository even on an object store that ignores conditional puts, or lists objects late: locks then
    /// protect nothing, and two operations at the same time can destroy each other's backups
    #[arg(long, global = true, env = "MILVUS_BR_ALLOW_UNSAFE_STORAGE", hide_short_help = true, value_parser = clap::builder::FalseyValueParser::new())]
    pub(crate) allow_unsafe_storage: bool,
    /// Configuration file, in TOML format [default: `./milvus-br.toml` above `~/.config/milvus-br/config.toml`]
    #[arg(long, global = true, value_name = "FILE", env = "MILVUS_BR_CONFIG")]
    pub(crate) config: Option<PathBuf>,
    /// Profile of the configuration files whose values are above the others
    #[arg(long, global = true, value_name = "NAME", env = "MILVUS_BR_PROFILE")]
    pub(crate) profile: Option<String>,
    /// Print the result as one JSON document
    #[arg(long, global = true, env = "MILVUS_BR_JSON", value_parser = clap::builder::FalseyValueParser::new())]
    pub(crate) json: bool,
    /// Do not ask for confirmation before deleting
    #[arg(long, short = 'y', global = true, env = "MILVUS_BR_YES", value_parser = clap::builder::FalseyValueParser::new())]
    pub(crate) yes: bool,
    /// Format of the progress on standard error
    #[arg(long, global = true, value_name = "FORMAT", env = "MILVUS_BR_PROGRESS", default_value = "text")]
    pub(crate) progress: ProgressFormat,
    /// Memory limit for rows in flight [default: 512MB, or as configured]
    #[arg(long, global = true, value_name = "SIZE", value_parser = parse_size, env = "MILVUS_BR_MEMORY_LIMIT")]
    pub(crate) memory_limit: Option<u64>,
    /// Time limit, such as 30s, 10m or 1h, including the connection; each deletion and each copy is limited separately
    /// [default: 1h for create, restore and copy, 30m for the others, or as configured]
    #[arg(long, global = true, value_name = "TIME", value_parser = parse_duration, env = "MILVUS_BR_TIMEOUT")]
    pub(crate) timeout: Option<Duration>,
    /// Do not print progress as text; warnings and errors remain
    #[arg(long, short = 'q', global = true, env = "MILVUS_BR_QUIET", value_parser = clap::builder::FalseyValueParser::new())]
    pub(crate) quiet: bool,
    /// File that is replaced with metrics of the command and of the repository, for the textfile collector of Prometheus
    #[arg(long, global = true, value_name = "FILE", env = "MILVUS_BR_METRICS_FILE", hide_short_help = true)]
    pub(crate) metrics_file: Option<PathBuf>,
    /// Format of the log on standard error
    #[arg(
        long,
        global = true,
        value_name = "FORMAT",
        env = "MILVUS_BR_LOG_FORMAT",
        default_value = "text",
        hide_short_help = true
    )]
    pub(crate) log_format: LogFormat,
    /// Increase the verbosity of the log (repeat for more)
    #[arg(long, short = 'v', global = true, action = ArgAction::Count)]
    pub(crate) verbose: u8,
    /// PEM file with the certificate of the authority that signed the server's certificate
    #[arg(long, global = true, value_name = "FILE", env = "MILVUS_BR_TLS_CA", hide_short_help = true)]
    pub(crate) tls_ca: Option<PathBuf>,
    /// PEM file with the client certificate, for mutual TLS
    #[arg(long, global = true, value_name = "FILE", env = "MILVUS_BR_TLS_CERT", hide_short_help = true)]
    pub(crate) tls_cert: Option<PathBuf>,
    /// PEM file with the private key of the client certificate
    #[arg(long, global = true, value_name = "FILE", env = "MILVUS_BR_TLS_KEY", hide_short_help = true)]
    pub(crate) tls_key: Option<PathBuf>,
    /// Name in the server's certificate, if it differs from the host
    #[arg(long, global = true, value_name = "NAME", env = "MILVUS_BR_TLS_SERVER_NAME", hide_short_help = true)]
    pub(crate) tls_server_name: Option<String>,
}

/// The formats of the progress.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ProgressFormat {
    /// A progress bar on a terminal, otherwise periodic lines
    Text,
    /// One JSON document per line
    Json,
}

/// The formats of the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum LogFormat {
    /// One line of text per event
    Text,
    /// One JSON document per line, with its time
    Json,
}

/// The storage backends of backups.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Storage {
    /// Plain Parquet files in a directory or an object store
    Local,
    /// Copies of the segments of Milvus, made by the milvus-backup tool
    Native,
}
