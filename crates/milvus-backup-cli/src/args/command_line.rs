//! The command line as a whole: the global options and one command.

use clap::builder::styling::{AnsiColor, Styles};
use clap::{Parser, Subcommand};

use super::{
    AdoptArgs, CompletionsArgs, ConfigArgs, CopyArgs, CreateArgs, DeleteArgs, DoctorArgs, ExportArgs, Global,
    ImportArgs, InitArgs, ListArgs, ManArgs, PinArgs, PruneArgs, RestoreArgs, ScheduleAction, ScheduleArgs, ShowArgs,
    UnpinArgs, VerifyArgs,
};

const STYLES: Styles =
    Styles::styled().header(AnsiColor::Green.on_default().bold()).literal(AnsiColor::Cyan.on_default().bold());

const AFTER_HELP: &str = "\
Examples:
  milvus-br create articles                        back up a collection
  milvus-br create articles --partition p2026_01   back up one partition
  milvus-br create --all --exclude 'tmp_*'         back up all collections of all databases, as a set
  milvus-br list                                   list all backups, newest first
  milvus-br verify articles@latest                 check every byte of the newest full backup
  milvus-br restore articles@latest --to articles_copy
  milvus-br copy articles@latest --to /mnt/other   copy a backup to another root
  milvus-br export articles@latest --archive articles.tar.zst

BACKUP is an identifier, a unique prefix of an identifier, a backup name, or COLLECTION@latest,
which selects the newest complete full backup of a collection. A collection of another database is
written DATABASE.COLLECTION, as in the output of list. Several collections are backed up as a set, which
show, verify, restore, delete, pin and unpin accept in place of BACKUP.

Exit codes: 0 success; 1 failure; 2 usage; 3 finished, but incomplete; 10 not found; 11 locked;
12 authentication; 13 integrity check failed; 14 Milvus unreachable or unsupported; 15 refused by a
safety rule; 16 not enough space; 17 storage failure; 18 deadline exceeded; 19 stale backups; 130 and 143 signals.";

/// Back up, verify and restore Milvus collections.
#[derive(Debug, Parser)]
#[command(name = "milvus-br", version, styles = STYLES, after_help = AFTER_HELP, max_term_width = 100)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Command,
}

impl Cli {
    /// Returns the verbosity of the log. The scheduler logs its runs, because no one reads its output.
    pub(crate) fn verbosity(&self) -> u8 {
        let is_scheduler = matches!(&self.command, Command::Schedule(ScheduleArgs { action: ScheduleAction::Run }));
        self.global.verbose.max(u8::from(is_scheduler))
    }
}

/// The commands with their arguments.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    #[command(flatten)]
    Backups(Box<BackupCommand>),
    /// Run the jobs of the configuration
    Schedule(ScheduleArgs),
    #[command(flatten)]
    Tool(ToolCommand),
}

/// The commands about backups, which need a valid configuration.
#[derive(Debug, Subcommand)]
pub(crate) enum BackupCommand {
    /// Back up one or more collections
    Create(CreateArgs),
    /// List backups, newest first
    List(ListArgs),
    /// Show the details of a backup or a set
    Show(ShowArgs),
    /// Check the integrity of a backup or a set
    Verify(VerifyArgs),
    /// Restore a backup into a collection, or a set of backups into several
    Restore(RestoreArgs),
    /// Copy backups to another root
    Copy(CopyArgs),
    /// Add a backup that milvus-backup wrote on its own to the repository
    Adopt(AdoptArgs),
    /// Write a backup into an archive, or the rows of a native backup as Parquet files
    Export(ExportArgs),
    /// Create the backup that is in an archive
    Import(ImportArgs),
    /// Delete one or more backups
    Delete(DeleteArgs),
    /// Protect backups from deletion, by name as well as by the retention rules
    Pin(PinArgs),
    /// End the protection of backups from deletion
    Unpin(UnpinArgs),
    /// Delete backups by the retention rules, or clean up after interrupted operations
    Prune(PruneArgs),
    /// Check the root, Milvus and the privileges before they are relied on
    Doctor(DoctorArgs),
}

/// The commands about the command itself.
#[derive(Debug, Subcommand)]
pub(crate) enum ToolCommand {
    /// Write a first configuration, with comments
    Init(InitArgs),
    /// Show and check the configuration
    Config(ConfigArgs),
    /// Print the script with which a shell completes command lines
    Completions(CompletionsArgs),
    /// Write the manual pages into a directory
    Man(ManArgs),
}
