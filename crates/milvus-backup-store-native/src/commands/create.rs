//! The command line of `create`.

use super::{Commands, Invocation};
use crate::error::{Error, Result};
use crate::name::NativeBackupName;
use crate::namespace::Namespace;

/// The strategy for rows that are still in memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Strategy {
    /// Flush the collections sequentially. Works with every Milvus.
    SerialFlush,
    /// Flush all collections at once (Milvus 2.6.11 and later).
    BulkFlush,
    /// Flush nothing: rows that are not on disk are not in the backup.
    SkipFlush,
    /// Back up the definition of the collections, and no rows.
    MetaOnly,
}

impl Strategy {
    /// Returns the value of `--strategy`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SerialFlush => "serial_flush",
            Self::BulkFlush => "bulk_flush",
            Self::SkipFlush => "skip_flush",
            Self::MetaOnly => "meta_only",
        }
    }
}

/// The format that the tool writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum BackupFormat {
    /// Copies of the segment files. The only format before 0.6.
    Binlog,
    /// A snapshot of a Milvus 3.0 server.
    Snapshot,
}

/// The options of a create. `None` leaves the choice to the tool.
///
/// The tool chooses by the version that Milvus reports, and treats a version that it cannot parse as the newest: select
/// [`Strategy::SerialFlush`] and [`BackupFormat::Binlog`] for servers before 2.6.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct CreateOptions {
    /// The strategy for rows in memory.
    pub strategy: Option<Strategy>,
    /// The format of the backup.
    pub format: Option<BackupFormat>,
}

impl Commands {
    /// Returns the command line that creates a backup of `collections`.
    ///
    /// # Errors
    /// [`Error::NothingSelected`], and [`Error::Unsupported`] for an option that this version of the tool does not
    /// have.
    pub fn create(
        &self,
        name: &NativeBackupName,
        collections: &[Namespace],
        options: &CreateOptions,
    ) -> Result<Invocation> {
        if collections.is_empty() {
            return Err(Error::NothingSelected { action: "back up" });
        }
        let select = if self.features.filter { "--filter" } else { "--colls" };
        let names: Vec<String> = collections.iter().map(ToString::to_string).collect();
        let mut flags = vec![format!("--name={name}"), format!("{select}={}", names.join(","))];
        flags.extend(options.strategy.map(|strategy| self.strategy_flag(strategy)).transpose()?.flatten());
        flags.extend(options.format.map(|format| self.format_flag(format)).transpose()?.flatten());
        Ok(self.invocation("create", flags))
    }

    fn strategy_flag(&self, strategy: Strategy) -> Result<Option<String>> {
        if self.features.strategy {
            return Ok(Some(format!("--strategy={}", strategy.as_str())));
        }
        match strategy {
            // The default of older versions, which have no flag for it.
            Strategy::SerialFlush => Ok(None),
            Strategy::SkipFlush => Ok(Some("--force".to_owned())),
            Strategy::MetaOnly => Ok(Some("--meta_only".to_owned())),
            Strategy::BulkFlush => Err(Error::Unsupported { what: "strategy bulk_flush".to_owned() }),
        }
    }

    fn format_flag(&self, format: BackupFormat) -> Result<Option<String>> {
        match (self.features.format, format) {
            (true, BackupFormat::Binlog) => Ok(Some("--format=binlog".to_owned())),
            (true, BackupFormat::Snapshot) => Ok(Some("--format=snapshot".to_owned())),
            (false, BackupFormat::Binlog) => Ok(None),
            (false, BackupFormat::Snapshot) => Err(Error::Unsupported { what: "format snapshot".to_owned() }),
        }
    }
}
